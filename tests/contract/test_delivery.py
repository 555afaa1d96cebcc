"""The outbox on its way out: fan-out, claims with a lease, outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.config import Settings
from engine.records.delivery import Delivery, DeliveryState
from engine.records.reach import Preference, Recipient
from engine.store import SqlStore, count_statements
from engine.store.rows import record_of
from engine.store.tables.exchange import delivery
from engine.store.tables.org import preference
from tests.builders import a_notice, a_person, add_case, add_office
from tests.conftest import START
from tests.contract.test_schema import Opener, plans

LEASE_END = START + timedelta(minutes=10)
LATER = START + timedelta(hours=1)


NOTICES = (a_notice("n1"), a_notice("n2", "p-nobody"), a_notice("n3", "p-unknown"))


def fill(store: SqlStore) -> SqlStore:
    add_office(store)
    add_case(store, None, outbox=NOTICES)
    return store


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """Three messages, the first to somebody who exists."""
    return fill(store)


def enter(store: SqlStore, *deliveries_: Delivery) -> None:
    with store.write() as work:
        work.deliveries.dispatch([d.entry_id for d in deliveries_], deliveries_, START)


def stored(store: SqlStore) -> Delivery:
    """The only delivery."""
    with store.engine.connect() as connection:
        return record_of(Delivery, connection.execute(sa.select(delivery)).one(), delivery)


def test_entries_are_dispatched_once(filled: SqlStore) -> None:
    with filled.write() as work:
        assert work.deliveries.begin_dispatch()
        assert work.deliveries.has_ripe(START)
        assert [entry.entry_id for entry in work.deliveries.ripe(START, 2)] == ["o-n1", "o-n2"]
        rows = [Delivery("o-n1", channel, retry_at=START) for channel in ("mail", "sms")]
        with count_statements(filled) as statements:
            work.deliveries.dispatch(["o-n1", "o-n2"], rows, START)
        assert statements.count == 2, str(statements)
    with filled.write() as work:
        assert [entry.entry_id for entry in work.deliveries.ripe(START, 9)] == ["o-n3"]
        work.deliveries.dispatch(["o-n3"], (), START)
    with filled.read() as work:
        assert not work.deliveries.has_ripe(START)
        assert work.deliveries.due("mail", START, 9) == ("o-n1",)
        assert work.deliveries.due("sms", START, 9) == ("o-n1",)


def test_the_most_pressing_is_ripe_first_and_the_rest_only_after_its_time(store: SqlStore) -> None:
    add_office(store)
    entries = [a_notice(level, level=level) for level in ("info", "warning", "overdue", "urgent")]
    add_case(store, None, outbox=[*entries, a_notice("old", created_at=START - timedelta(minutes=1))])
    with store.read() as work:
        before = START - timedelta(microseconds=1)
        assert [e.entry_id for e in work.deliveries.ripe(before, 9)] == ["o-urgent", "o-overdue", "o-old"]
        assert [e.entry_id for e in work.deliveries.ripe(START, 4)] == [
            "o-urgent", "o-overdue", "o-warning", "o-old"
        ]  # fmt: skip
        gathered = work.deliveries.gathered(["p-jingban", "p-nobody"], 9)
    assert [e.level for e in gathered] == ["info", "warning", "overdue", "urgent", "info"], "as they came"


def test_recipients_come_with_their_units_and_what_they_have_chosen(filled: SqlStore) -> None:
    chosen = Preference("p-jingban", ("mail",), time(22, 30), time(7, 0), "wecombot://secret")
    with filled.write() as work:
        work.reach.save_preference(Preference("p-jingban", robot="feishu://before"))
        work.reach.save_preference(chosen)
    with filled.read() as work, count_statements(filled) as statements:
        found = work.deliveries.recipients(["p-jingban", "p-cgjd.banli", "p-unknown"])
    assert statements.count == 2
    assert found == {
        "p-jingban": Recipient(replace(a_person(), password_hash=""), chosen, frozenset({"xfj"})),
        "p-cgjd.banli": Recipient(
            replace(a_person("cgjd.banli", "cgjd"), password_hash=""),
            Preference("p-cgjd.banli"),
            frozenset({"cgjd"}),
        ),
    }
    with filled.engine.connect() as connection:
        (kept,) = connection.execute(sa.select(preference.c.robot)).scalars()
    assert b"secret" not in kept


def test_a_robots_address_put_under_another_person_is_none(filled: SqlStore) -> None:
    with filled.write() as work:
        work.reach.save_preference(Preference("p-jingban", robot="wecombot://secret"))
        work.connection.execute(sa.update(preference).values(person_id="p-cgjd.banli"))
    with filled.read() as work:
        assert work.reach.preference("p-cgjd.banli").robot == ""


def test_of_two_who_dispatch_at_once_one_does(tmp_path: Path, postgres_url: str, open_another: Opener) -> None:
    settings = Settings(home=tmp_path, database_url=postgres_url)
    with fill(open_another(settings)).write() as first, open_another(settings).write() as second:
        assert first.deliveries.begin_dispatch()
        assert not second.deliveries.begin_dispatch()
    with open_another(settings).write() as third:
        assert third.deliveries.begin_dispatch()


def test_due_ones_come_the_longest_due_first_up_to_the_limit(filled: SqlStore) -> None:
    enter(filled, *(Delivery(f"o-n{n}", "mail", retry_at=START + timedelta(minutes=n)) for n in (3, 1, 2)))
    with filled.read() as work:
        assert work.deliveries.due("mail", START + timedelta(minutes=2), 9) == ("o-n1", "o-n2")
        assert work.deliveries.due("mail", LATER, 1) == ("o-n1",)
        assert work.deliveries.due("sms", LATER, 9) == ()


def test_a_claimed_delivery_is_nobody_elses_until_its_lease_ends(filled: SqlStore) -> None:
    enter(filled, Delivery("o-n1", "mail", retry_at=START))
    with filled.write() as work:
        claimed = work.deliveries.claim("o-n1", "mail", START, LEASE_END)
        assert claimed is not None
        assert claimed.delivery == Delivery("o-n1", "mail", attempts=1, retry_at=LEASE_END)
        assert claimed.entry == a_notice("n1")
        assert claimed.recipient is not None
        assert claimed.recipient.person == replace(a_person(), password_hash="")
    with filled.write() as work:
        assert work.deliveries.claim("o-n1", "mail", LEASE_END - timedelta(microseconds=1), LATER) is None
        assert work.deliveries.due("mail", LEASE_END - timedelta(microseconds=1), 9) == ()
        again = work.deliveries.claim("o-n1", "mail", LEASE_END, LATER)
    assert again is not None
    assert again.delivery.attempts == 2, "a crash is an attempt too"


def test_a_settled_delivery_is_never_due_again(filled: SqlStore) -> None:
    enter(filled, *(Delivery(f"o-n{n}", "mail", retry_at=START) for n in (1, 2)))
    for entry_id, state in (("o-n1", DeliveryState.SENT), ("o-n2", DeliveryState.DEAD)):
        with filled.write() as work:
            assert work.deliveries.claim(entry_id, "mail", START, LEASE_END)
            work.deliveries.settle(Delivery(entry_id, "mail", state, 1, None, "why", START))
    with filled.write() as work:
        assert work.deliveries.due("mail", START + timedelta(days=999), 9) == ()
        assert work.deliveries.claim("o-n1", "mail", START + timedelta(days=999), LATER) is None
        assert work.deliveries.claim("o-n2", "mail", START + timedelta(days=999), LATER) is None


def test_who_comes_late_with_a_failure_changes_nothing_but_what_was_sent_is_sent(filled: SqlStore) -> None:
    enter(filled, Delivery("o-n1", "mail", retry_at=START))
    with filled.write() as work:
        first = work.deliveries.claim("o-n1", "mail", START, LEASE_END)
        second = work.deliveries.claim("o-n1", "mail", LEASE_END, LATER)
        assert first is not None
        assert second is not None
        work.deliveries.settle(replace(first.delivery, state=DeliveryState.DEAD, retry_at=None, error="late"))
    assert stored(filled) == replace(second.delivery, retry_at=LATER), "still the second one's"

    with filled.write() as work:
        work.deliveries.settle(replace(first.delivery, state=DeliveryState.SENT, retry_at=None, settled_at=LATER))
        work.deliveries.settle(replace(second.delivery, retry_at=LATER, error="refused"))
        assert work.deliveries.due("mail", START + timedelta(days=999), 9) == ()


def test_a_sweep_never_scans(sqlite_store: SqlStore) -> None:
    with count_statements(fill(sqlite_store)) as statements, sqlite_store.write() as work:
        work.deliveries.ripe(START, 9)
        work.deliveries.gathered(["p-jingban"], 9)
        work.deliveries.recipients(["p-jingban"])
        work.deliveries.accused(["c1"])
        work.deliveries.members(["o-n1"])
        work.deliveries.due("mail", START, 9)
        work.deliveries.claim("o-n1", "mail", START, LEASE_END)
        work.deliveries.settle(Delivery("o-n1", "mail"))
    lines = plans(sqlite_store, statements.texts)
    assert [line for line in lines if line.startswith("SCAN")] == [], lines
    assert any("ix_outbox_ripe (level=? AND created_at<?)" in line for line in lines), lines
    assert any("ix_outbox_gathering (recipient=?)" in line for line in lines), lines
    assert any("ix_delivery_due (channel=? AND retry_at<?)" in line for line in lines), lines
