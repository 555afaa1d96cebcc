"""The timer ledger and the working calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.records.time import CalendarDay, CalendarVersion, TimerSettlement, TimerState
from engine.store import SqlStore, count_statements
from tests.builders import a_case, a_task, a_timer, add_case, add_office, next_step
from tests.conftest import START

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)


def test_due_timers_come_oldest_first_up_to_the_limit(store: SqlStore) -> None:
    timers = tuple(a_timer(f"m{n}", due_at=START + n * HOUR) for n in (3, 1, 2, 5))
    add_case(store, None, timers_armed=timers)
    with store.read() as work:
        assert [t.timer_id for t in work.timers.due(START + 3 * HOUR, 10)] == ["m1", "m2", "m3"]
        assert [t.timer_id for t in work.timers.due(START + 3 * HOUR, 2)] == ["m1", "m2"]
        assert work.timers.due(START + HOUR - timedelta(microseconds=1), 10) == ()
        assert work.timers.next_due_at() == START + HOUR


def test_one_instance_is_asked_for_its_own_timers_only(store: SqlStore) -> None:
    add_case(store, None, timers_armed=(a_timer("m1", due_at=START), a_timer("m2", due_at=START + HOUR)))
    add_case(store, a_case("c2"), timers_armed=(a_timer("m3", "c2", "i2", due_at=START),))
    with store.read() as work, count_statements(store) as statements:
        assert [t.timer_id for t in work.timers.due_of_instance("i1", START)] == ["m1"]
    assert statements.count == 1


def test_a_failed_timer_waits_until_it_may_be_tried_again(store: SqlStore) -> None:
    add_case(store, None, timers_armed=(a_timer("m1", due_at=START),))
    with store.write() as work:
        work.timers.fail("m1", attempts=1, retry_at=START + HOUR)
    with store.read() as work:
        assert work.timers.due(START + HOUR - timedelta(microseconds=1), 10) == ()
        (again,) = work.timers.due(START + HOUR, 10)
        assert (again.attempts, again.retry_at, again.due_at) == (1, START + HOUR, START)
        assert work.timers.next_due_at() == START + HOUR
        assert work.timers.due_of_instance("i1", START) != (), "a step itself asks for what is due by law"


def test_settled_timers_are_no_longer_due_and_stay_in_the_ledger(store: SqlStore) -> None:
    instance = add_case(store, None, timers_armed=tuple(a_timer(f"m{n}", due_at=START) for n in (1, 2, 3)))
    with store.write() as work:
        settled = (
            TimerSettlement("m1", TimerState.FIRED, START, 0.0, False, "w1"),
            TimerSettlement("m2", TimerState.CANCELLED, None, None, False, None),
        )
        work.instances.save_step(next_step(instance, timers_settled=settled))
    with store.write() as work:
        assert work.timers.claim("m1") is None
        assert work.timers.claim("m-unknown") is None
        assert [t.timer_id for t in work.timers.due(START, 10)] == ["m3"]
        assert [t.timer_id for t in work.timers.list(state="cancelled", limit=10)] == ["m2"]
        assert len(work.timers.list(state=None, limit=2)) == 2


def test_the_calendar_grows_by_versions(store: SqlStore) -> None:
    holiday, make_up, new_year = date(2025, 10, 1), date(2025, 9, 28), date(2026, 1, 1)
    days = (CalendarDay(make_up, "work"), CalendarDay(holiday, "rest", "国庆"), CalendarDay(new_year, "rest"))
    first, second = (CalendarVersion(n, START, "p-admin", "", {"2025-10-01": [None, n]}) for n in (1, 2))
    with store.write() as work:
        assert (work.calendar.version(), work.calendar.announced_years()) == (0, frozenset())
        work.calendar.add_version(first, changed=days, removed=(), announced=[2025, 2026])
    add_case(store, None, tasks_opened=(a_task(),))
    with store.write() as work, count_statements(store) as statements:
        assert work.instances.lock_by_task("t1") is not None
        assert (work.calendar.version(), work.tables.revision()) == (1, 0)
        assert statements.count == 1, "read along with the lock"
    renamed = CalendarDay(holiday, "rest", "国庆节")
    with store.write() as work:
        assert work.calendar.days() == days
        work.calendar.add_version(second, changed=[renamed], removed=[make_up], announced=[])
        assert work.calendar.version() == 2
    with store.read() as work:
        assert work.calendar.days() == (renamed, days[2])
        assert work.calendar.versions(after=1) == (second,)
        assert work.calendar.announced_years() == frozenset({2025, 2026})
