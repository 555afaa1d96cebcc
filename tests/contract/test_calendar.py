"""The calendar and what it moves, on both databases: statements, races, and the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest

from engine.cases.catch_up import recompute_stale
from engine.cases.start import start_case
from engine.config import Settings
from engine.deadlines.calendar import load_calendar
from engine.deadlines.calendar_apply import apply_calendar_change
from engine.deadlines.calendar_change import one_day
from engine.deadlines.recompute import recompute
from engine.errors import Conflict
from engine.ports.time import Around
from engine.records.time import DutyState, TimerState
from engine.store import SqlStore, count_statements
from tests.builders import a_case, a_deadline, a_timer, add_case, add_office
from tests.conftest import START
from tests.usecases.calendar_office import open_deadlines, populate, preview, under
from tests.worlds import World, a_world

DAY = timedelta(days=1)
BASIS = {"kind": "working days", "amount": 3, "start": START, "share": 1.0}


@pytest.fixture
def office(settings: Settings) -> Iterator[World]:
    world = a_world(settings.home, database_url=settings.database_url)
    yield world
    world.close()


def stale_ids(store: SqlStore, span: Around) -> set[str]:
    with store.read() as work:
        return {d.deadline_id for d in work.deadlines.around(span) if d.stale}


def test_open_deadlines_around_a_day_are_marked_and_no_others(store: SqlStore) -> None:
    add_office(store)
    due = START + 15 * DAY
    kinds = {
        "c1": a_deadline("over", "c1", "i1", ended_at=START),
        "c2": a_deadline("inside", "c2", "i2"),
        "c3": a_deadline("later", "c3", "i3", started_at=due + 10 * DAY, legal_due=due + 20 * DAY),
        "c4": a_deadline("before", "c4", "i4", legal_due=START + 2 * DAY),
        "c5": a_deadline("overdue", "c5", "i5", legal_due=START + 2 * DAY),
    }
    rung = a_timer("overdue:r:1", "c5", "i5", deadline_id="overdue", rung="r", basis={"moment": "after 9 W"})
    for case_id, deadline in kinds.items():
        timers = (rung.__class__(**{**rung.__dict__, "due_at": START + 14 * DAY}),) if case_id == "c5" else ()
        add_case(store, a_case(case_id), deadlines=(deadline,), timers_armed=timers)
    span = Around(START + 5 * DAY, START + 6 * DAY)

    with count_statements(store) as counted, store.write() as work:
        work.deadlines.mark_stale(span)

    assert counted.count == 3
    assert stale_ids(store, span) == {"inside", "overdue"}
    with store.read() as work:
        assert work.deadlines.stale_instances(10) == ("i2", "i5")
        assert work.deadlines.stale_instances(10, after="i2") == ("i5",)
        assert work.deadlines.stale_count() == 2
    with store.write() as work:
        assert work.timers.claim("overdue:r:1") is None
        work.deadlines.freshen("i5")
        fresh = work.timers.claim("overdue:r:1")
        assert fresh is not None
        assert (fresh.stale, fresh.due_at) == (False, START + 14 * DAY)
        assert work.deadlines.stale_count() == 1


def test_timers_on_the_calendar_alone_are_marked_from_the_day_on(store: SqlStore) -> None:
    add_office(store)
    timers = (
        a_timer("early", due_at=START + DAY, basis=BASIS),
        a_timer("late", due_at=START + 9 * DAY, basis=BASIS),
        a_timer("fixed", due_at=START + 9 * DAY),
        a_timer("fired", due_at=START + 9 * DAY, basis=BASIS, state=TimerState.FIRED),
    )
    add_case(store, timers_armed=timers)
    with store.write() as work:
        work.deadlines.mark_stale(Around(START + 5 * DAY, START + 6 * DAY))
        assert [t.timer_id for t in work.deadlines.stale_timers("i1")] == ["late"]
        # whoever steps on the instance sees at once that something of it is to be done first
        assert [(t.timer_id, t.stale) for t in work.timers.due_of_instance("i1", START)] == [("late", True)]
        assert [t.timer_id for t in work.timers.due(START + 99 * DAY, 10)] == ["early", "fixed"]
        work.deadlines.freshen("i1")
        assert work.timers.due_of_instance("i1", START) == ()


def test_duties_are_claimed_by_one(
    store: SqlStore, settings: Settings, open_another: Callable[..., SqlStore]
) -> None:
    other = open_another(settings)
    with store.write() as work:
        work.duties.save([DutyState("b", START, "2025-09-16"), DutyState("a", START - DAY, "2025-09-16")])
        work.duties.save([DutyState("a", START + DAY, "2025-10-01", START, 0.0, "w1")])
    with store.read() as work:
        assert [state.duty_id for state in work.duties.due(START, 10)] == ["b"]
        assert [state.duty_id for state in work.duties.all()] == ["b", "a"]
    if settings.database_url:
        with store.write() as mine, other.write() as theirs:
            assert mine.duties.claim("b", START) is not None
            assert theirs.duties.claim("b", START) is None
    with store.write() as work:
        assert work.duties.claim("b", START - DAY) is None
        work.duties.remove(["b"])
        assert [state.duty_id for state in work.duties.all()] == ["a"]


def test_of_two_admins_one_is_first(office: World) -> None:
    populate(office, rounds=1)
    admin = office.actor("admin")
    changes = [one_day(date(2025, 10, 9 + n), "local") for n in range(2)]
    prints = [preview(office, change).fingerprint for change in changes]

    def apply(n: int) -> bool:
        try:
            apply_calendar_change(office.engine, admin, changes[n], prints[n])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(apply, range(2))) == [False, True]
    with office.engine.store.read() as work:
        assert work.calendar.version() == 2
        assert len(work.calendar.versions(after=1)) == 1


def test_cases_that_start_while_the_calendar_changes_are_counted_on_the_new_one(office: World) -> None:
    cases = populate(office, rounds=1)
    office.deploy(under("T2"))
    dengji, go_on = office.actor("dengji"), Event()

    def register() -> list[object]:
        started = []
        while not go_on.is_set():
            try:
                started.append(start_case(office.engine, dengji, "under_T2", {}))
            except Conflict:
                # told to submit once more: nothing was written
                continue
        return started

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(register) for _ in range(2)]
        try:
            for n in range(2):
                for _ in range(30):
                    change = one_day(date(2025, 10, 9 + n), "local")
                    seen = preview(office, change)
                    try:
                        apply_calendar_change(office.engine, office.actor("admin"), change, seen.fingerprint)
                        break
                    except Conflict:
                        continue
        finally:
            go_on.set()
        cases += [case for one in working for case in one.result()]  # type: ignore[misc]
    recompute_stale(office.engine)

    with office.engine.store.read() as work:
        calendar = load_calendar(office.engine, work)
    zone = office.engine.settings.timezone
    wrong = [
        deadline
        for deadline in open_deadlines(office, cases).values()
        if recompute(deadline, calendar, zone).legal_due != deadline.legal_due
    ]
    assert wrong == []
    assert calendar.version >= 2
