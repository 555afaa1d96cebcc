"""What was given up: who sees it, who sends it again, who puts it aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.cases.start import start_case
from engine.errors import DeliveryFailed, Forbidden, Message, NotFound
from engine.notifications import dead_letters as module
from engine.notifications.dead_letters import count_dead_letters, discard_letter, list_letters, retry_letters
from engine.notifications.deliver import DeliveryReport, deliver_notices
from engine.records.delivery import DeliveryState
from engine.records.org import Grant, Person
from engine.records.step import CaseUpdate
from engine.store.repositories.step_writer import update_case
from engine.store.statements import count_statements
from engine.store.unit_of_work import SqlStore
from tests.contract.test_schema import plans
from tests.usecases.notifying import Recorder, deliveries, states, tell
from tests.worlds import World

NO = DeliveryFailed(Message("查无此人", "no such user"), retryable=False)


def give_up(world: World, *levels: str, case_id: str | None = None) -> list[str]:
    """Dead letters, in the order of the levels; each a second after the one before."""
    dead = []
    for level in levels:
        (entry,) = tell(world, level, case_id=case_id)
        assert deliver_notices(world.engine, [Recorder(NO)]) == DeliveryReport(dead=1)
        world.clock.advance(timedelta(seconds=1))
        dead.append(entry)
    return dead


def test_they_are_listed_the_latest_first_with_what_went_wrong(either: World) -> None:
    first, second = give_up(either, "overdue", "urgent")
    admin = either.actor("admin")
    page = list_letters(either.engine, admin)
    assert [letter.delivery.entry_id for letter in page.letters] == [second, first]
    assert (page.dead, page.has_next) == (2, False)
    letter = page.letters[0]
    assert (letter.name, letter.entry.level, letter.delivery.attempts) == ("周雨", "urgent", 1)
    assert letter.delivery.error == "查无此人 (no such user)"
    assert count_dead_letters(either.engine, either.actor("duban")) == 2
    assert count_dead_letters(either.engine, either.actor("jiedai")) == 0


def test_one_or_all_go_out_again_from_the_first_attempt(either: World) -> None:
    first, second, third = give_up(either, "overdue", "overdue", "overdue")
    admin = either.actor("admin")
    assert retry_letters(either.engine, admin, entry_id=second, channel="recorder") == 1
    assert deliveries(either)[second].attempts == 0
    assert deliver_notices(either.engine, [Recorder()]) == DeliveryReport(sent=1)
    assert retry_letters(either.engine, admin) == 2
    assert deliver_notices(either.engine, [Recorder()]) == DeliveryReport(sent=2)
    assert set(states(either).values()) == {DeliveryState.SENT}
    with pytest.raises(NotFound):
        retry_letters(either.engine, admin, entry_id=first, channel="recorder")
    assert retry_letters(either.engine, admin) == 0
    assert third in states(either)


def test_what_is_put_aside_is_kept_and_never_sent(either: World) -> None:
    (entry,) = give_up(either, "overdue")
    admin = either.actor("admin")
    discard_letter(either.engine, admin, entry, "recorder")
    assert list_letters(either.engine, admin).letters == ()
    assert states(either) == {entry: DeliveryState.DISCARDED}
    with pytest.raises(NotFound):
        discard_letter(either.engine, admin, entry, "recorder")
    assert retry_letters(either.engine, admin) == 0
    with either.engine.store.read() as work:
        trail = [e.event for e in work.registers.audit_of(None)]
    assert trail[-2:] == ["DeliveryDiscarded", "DeliveriesRetried"]


def test_those_that_wait_are_listed_too(world: World) -> None:
    (entry,) = tell(world, "overdue")
    deliver_notices(world.engine, [Recorder(DeliveryFailed(Message("忙", "busy"), retryable=True))])
    (letter,) = list_letters(world.engine, world.actor("duban"), waiting=True).letters
    assert (letter.delivery.entry_id, letter.delivery.attempts) == (entry, 1)
    assert list_letters(world.engine, world.actor("duban")).letters == ()


def test_supervisors_read_and_nobody_but_admins_acts(world: World) -> None:
    (entry,) = give_up(world, "overdue")
    for name in ("duban", "shenji"):
        assert len(list_letters(world.engine, world.actor(name)).letters) == 1
        with pytest.raises(Forbidden):
            retry_letters(world.engine, world.actor(name))
        with pytest.raises(Forbidden):
            discard_letter(world.engine, world.actor(name), entry, "recorder")
    with pytest.raises(Forbidden):
        list_letters(world.engine, world.actor("jiedai"))
    assert states(world) == {entry: DeliveryState.DEAD}


def test_an_admin_of_an_accused_unit_neither_sees_nor_moves_what_belongs_to_the_case(two: World) -> None:
    with two.engine.store.write() as work:
        work.org.add_person(Person("p-zjadmin", "zjadmin", "管", "zjj", "-"), [Grant("process_admin", "zjj")])
    case = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "甲"})
    (entry,) = give_up(two, "overdue", case_id=case.case_id)
    assert isinstance(two.engine.store, SqlStore)
    with two.engine.store.write() as work:
        update_case(work.connection, CaseUpdate(case.case_id, accused_units=("zjj",)))
    accused = two.actor("zjadmin")
    assert list_letters(two.engine, accused).letters == ()
    assert count_dead_letters(two.engine, accused) == 0
    assert retry_letters(two.engine, accused) == 0
    with pytest.raises(NotFound):
        discard_letter(two.engine, accused, entry, "recorder")
    assert len(list_letters(two.engine, two.actor("admin")).letters) == 1


def test_long_lists_have_pages_and_the_badge_stops_counting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 2)
    monkeypatch.setattr(module, "MOST_COUNTED", 2)
    dead = give_up(world, *["overdue"] * 3)
    admin = world.actor("admin")
    first, second = (list_letters(world.engine, admin, page=page) for page in (1, 2))
    assert [letter.delivery.entry_id for letter in (*first.letters, *second.letters)] == dead[::-1]
    assert (first.has_next, second.has_next, first.dead) == (True, False, 2)
    assert list_letters(world.engine, admin, page=-7).page == 1


def test_the_lists_never_scan(world: World) -> None:
    give_up(world, "overdue")
    admin = replace(world.actor("admin"))
    assert isinstance(world.engine.store, SqlStore)
    with count_statements(world.engine.store) as statements:
        list_letters(world.engine, admin)
        list_letters(world.engine, admin, waiting=True)
    lines = plans(world.engine.store, [text for text in statements.texts if text.startswith("SELECT")])
    scans = [line for line in lines if line.startswith("SCAN")]
    assert [line for line in scans if "ix_delivery" not in line and "anon" not in line] == [], lines
