"""The outbox on its way out: fan-out, claims with a lease, outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.config import Settings
from engine.records.delivery import Delivery, DeliveryState
from engine.store import SqlStore, count_statements
from engine.store.rows import record_of
from engine.store.tables.exchange import delivery
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


def test_entries_are_dispatched_once_oldest_first_with_their_recipients(filled: SqlStore) -> None:
    with filled.write() as work:
        assert work.deliveries.has_undispatched()
        found = work.deliveries.undispatched(2)
        assert found == (
            (a_notice("n1"), replace(a_person(), password_hash="")),
            (a_notice("n2", "p-nobody"), None),
        )
        rows = [Delivery("o-n1", channel, retry_at=START) for channel in ("mail", "sms")]
        with count_statements(filled) as statements:
            work.deliveries.dispatch(["o-n1", "o-n2"], rows, START)
        assert statements.count == 2, str(statements)
    with filled.write() as work:
        assert [entry.entry_id for entry, _ in work.deliveries.undispatched(9)] == ["o-n3"]
        work.deliveries.dispatch(["o-n3"], (), START)
    with filled.read() as work:
        assert not work.deliveries.has_undispatched()
        assert work.deliveries.due("mail", START, 9) == ("o-n1",)
        assert work.deliveries.due("sms", START, 9) == ("o-n1",)


def test_of_two_who_dispatch_at_once_each_has_other_entries(
    tmp_path: Path, postgres_url: str, open_another: Opener
) -> None:
    settings = Settings(home=tmp_path, database_url=postgres_url)
    with fill(open_another(settings)).write() as first, open_another(settings).write() as second:
        assert [entry.entry_id for entry, _ in first.deliveries.undispatched(2)] == ["o-n1", "o-n2"]
        assert [entry.entry_id for entry, _ in second.deliveries.undispatched(2)] == ["o-n3"]


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
        assert (claimed.entry, claimed.person) == (a_notice("n1"), replace(a_person(), password_hash=""))
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
        work.deliveries.has_undispatched()
        work.deliveries.undispatched(9)
        work.deliveries.due("mail", START, 9)
        work.deliveries.claim("o-n1", "mail", START, LEASE_END)
        work.deliveries.settle(Delivery("o-n1", "mail"))
    lines = plans(sqlite_store, statements.texts)
    scans = [line for line in lines if line.startswith("SCAN") and not line.endswith("ix_outbox_undispatched")]
    assert scans == [], lines
    assert any("ix_delivery_due (channel=? AND retry_at<?)" in line for line in lines), lines
