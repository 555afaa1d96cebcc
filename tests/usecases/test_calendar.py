"""Changes of the working calendar: previewed, confirmed, followed by every open deadline."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine.deadlines.calendar_apply as applying
from engine.audit.verify import verify_all
from engine.cases import catch_up as catching_up
from engine.cases.catch_up import recompute_stale
from engine.cases.incidents import list_incidents, retry_incident
from engine.deadlines.calendar import calendar_at, load_calendar
from engine.deadlines.calendar_apply import apply_calendar_change
from engine.deadlines.calendar_change import CalendarChange, announce, one_day, read_sheet, whole_year
from engine.deadlines.calendar_preview import dates_of, preview_calendar_change
from engine.deadlines.calendar_read import missing_years, read_versions, read_year
from engine.deadlines.recompute import recompute
from engine.errors import Conflict, Forbidden, InvalidForm, InvalidState
from engine.ports.time import Around
from engine.records.case import CaseFile
from engine.records.step import CaseUpdate
from engine.records.time import CalendarDay, Deadline, TimerState
from engine.store.repositories.step_writer import update_case
from engine.store.statements import count_statements
from engine.store.unit_of_work import SqlUnitOfWork
from engine.tasks.complete import complete_task
from tests.usecases.calendar_office import change_calendar, open_deadlines, populate, preview
from tests.worlds import World

# Friday 2025-09-26 is the clock's start; 10-01 to 10-08 are holidays, 09-28 and 10-11 make-up days
SOME_WORKDAY = date(2025, 10, 9)


def test_a_local_holiday_moves_what_counts_over_it_and_tells_who_owes_it(world: World) -> None:
    cases = populate(world)
    before = open_deadlines(world, cases)
    seen = change_calendar(world, one_day(SOME_WORKDAY, "local", "县庆"))

    assert seen.moved
    after = open_deadlines(world, cases)
    for movement in seen.moved:
        assert after[movement.before.deadline_id].legal_due == movement.after.legal_due
        assert movement.before.legal_due == before[movement.before.deadline_id].legal_due
        assert movement.number == next(c for c in cases if c.case_id == movement.case_id).number
        assert movement.unit == "xfj"
    assert {d.rule for d in before.values()} >= {"T11"}
    assert not [m for m in seen.movements if m.before.clock == "H"]
    moved = [e for case in cases for e in world.view(case).audit if e.event == "DeadlineMoved"]
    assert {e.detail["deadline_id"] for e in moved} == {m.before.deadline_id for m in seen.moved}
    assert all(e.detail["calendar_version"] == seen.version + 1 and e.detail["from_due"] for e in moved)
    with world.engine.store.read() as work:
        told = work.registers.inbox_messages(world.actor("dengji").person_id, unread_only=True, limit=50)
    assert len([m for m in told if m.topic == "calendar"]) == 1
    assert verify_all(world.engine)[1] == []


def test_tasks_and_timers_move_along_also_those_without_a_deadline(world: World) -> None:
    cases = populate(world, rounds=1)
    free_before = {t.timer_id: t.due_at for c in cases for t in world.view(c).timers if t.element_id == "remind"}
    change_calendar(world, one_day(date(2025, 9, 29), "local"))

    for case in cases:
        view = world.view(case)
        task = world.task(case, "handle")
        (deadline,) = view.deadlines
        assert task.due_at == deadline.legal_due
        for timer in view.timers:
            assert not timer.stale
            if timer.element_id == "due" and timer.rung is None:
                assert timer.due_at == deadline.legal_due
            if timer.element_id == "remind" and timer.rung is None:
                # 09-28, 09-29 and 09-30 counted; without 09-29 the third is 10-09
                assert timer.due_at - free_before[timer.timer_id] == timedelta(days=9)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.dictionaries(
        st.dates(date(2025, 9, 20), date(2025, 12, 31)),
        st.sampled_from(["plain", "rest", "work", "local"]),
        max_size=6,
    ),
    year=st.sampled_from([None, 2027]),
)
def test_what_is_previewed_is_what_is_applied(
    populated: tuple[World, list[CaseFile]], days: dict[date, str], year: int | None
) -> None:
    world, cases = populated
    before = open_deadlines(world, cases)
    change = one_day(SOME_WORKDAY, "workday")
    for day, kind in days.items():
        plain = "weekend" if day.weekday() >= 5 else "workday"
        change = merged(change, one_day(day, plain if kind == "plain" else kind))
    if year is not None:
        change = merged(change, announce(year))
    seen = preview(world, change)
    if seen.is_empty:
        with pytest.raises(InvalidState):
            apply_calendar_change(world.engine, world.actor("admin"), change, seen.fingerprint)
        return
    apply_calendar_change(world.engine, world.actor("admin"), change, seen.fingerprint)

    after = open_deadlines(world, cases)
    predicted = {m.before.deadline_id: m.after for m in seen.movements}
    for deadline_id, was in before.items():
        expected = predicted.get(deadline_id, was)
        assert dates_of(after[deadline_id]) == dates_of(expected)
        assert after[deadline_id].provisional == expected.provisional
        assert not after[deadline_id].stale
    with world.engine.store.read() as work:
        calendar = load_calendar(world.engine, work)
        assert work.deadlines.stale_count() == 0
    zone = world.engine.settings.timezone
    # nothing was left out: all open deadlines are what the new calendar makes of them
    assert all(dates_of(recompute(d, calendar, zone)) == dates_of(d) for d in after.values())


def merged(first: CalendarChange, second: CalendarChange) -> CalendarChange:
    return CalendarChange({**first.days, **second.days}, first.announced | second.announced)


@pytest.fixture
def populated(world: World) -> tuple[World, list[CaseFile]]:
    return world, populate(world)


def test_a_preview_changes_nothing(world: World) -> None:
    cases = populate(world, rounds=1)
    before = open_deadlines(world, cases)
    with world.engine.store.read() as work:
        sheet = read_sheet(work)
    preview(world, one_day(SOME_WORKDAY, "local"))
    with world.engine.store.read() as work:
        assert read_sheet(work) == sheet
    assert open_deadlines(world, cases) == before


def test_a_preview_that_is_out_of_date_is_refused(world: World) -> None:
    cases = populate(world, rounds=1)
    change = one_day(SOME_WORKDAY, "local")
    mine, theirs = preview(world, change), preview(world, one_day(date(2025, 10, 10), "local"))
    admin = world.actor("admin")
    apply_calendar_change(world.engine, admin, one_day(date(2025, 10, 10), "local"), theirs.fingerprint)
    with pytest.raises(Conflict):
        apply_calendar_change(world.engine, admin, change, mine.fingerprint)

    fresh = preview(world, change)
    complete_task(world.engine, world.actor("dengji"), world.task(cases[1], "handle").task_id, {})
    with pytest.raises(Conflict):
        apply_calendar_change(world.engine, admin, change, fresh.fingerprint)
    with pytest.raises(Conflict):
        apply_calendar_change(world.engine, admin, change, "invented")


def test_a_crash_after_the_change_is_made_up_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = populate(world, rounds=1)
    change = one_day(date(2025, 9, 29), "local")
    seen = preview(world, change)
    monkeypatch.setattr(applying, "recompute_stale", lambda *_: 0)
    apply_calendar_change(world.engine, world.actor("admin"), change, seen.fingerprint)

    with world.engine.store.read() as work:
        assert work.deadlines.stale_count() == len(cases)
    with world.engine.store.write() as work:
        # nothing of them fires on the old dates
        assert work.timers.claim_due(world.clock.now() + timedelta(days=400), 100) == ()
    # a step on one of them runs on the new dates
    w = next(m for m in seen.moved if m.before.rule == "T9")
    case = next(c for c in cases if c.case_id == w.case_id)
    world.clock.move_to(w.before.legal_due + timedelta(hours=1))
    complete_task(world.engine, world.actor("dengji"), world.task(case, "handle").task_id, {})
    assert [d.state.value for d in world.view(case).deadlines if d.rule == "T9"] == ["met"]

    progress: list[tuple[int, int]] = []
    assert recompute_stale(world.engine, 2) == 2
    assert recompute_stale(world.engine, None, lambda done, total: progress.append((done, total))) == len(cases) - 3
    assert progress[-1] == (len(cases) - 3, len(cases) - 3)
    assert recompute_stale(world.engine) == 0
    after = open_deadlines(world, cases)
    assert all(after[m.before.deadline_id].legal_due == m.after.legal_due for m in seen.moved if m is not w)


def test_a_case_whose_dates_cannot_be_computed_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = populate(world, rounds=1)
    seen = preview(world, one_day(date(2025, 9, 29), "local"))
    poisoned = next(m for m in seen.moved if m.before.rule == "T9")
    real = catching_up.recompute

    def broken(deadline: Deadline, *rest: Any) -> Deadline:
        if deadline.deadline_id == poisoned.before.deadline_id:
            raise KeyError("term")
        return real(deadline, *rest)

    monkeypatch.setattr(catching_up, "recompute", broken)
    change = one_day(date(2025, 9, 29), "local")
    apply_calendar_change(world.engine, world.actor("admin"), change, seen.fingerprint)

    after = open_deadlines(world, cases)
    assert after[poisoned.before.deadline_id].legal_due == poisoned.before.legal_due
    assert all(after[m.before.deadline_id].legal_due == m.after.legal_due for m in seen.moved if m is not poisoned)
    (incident,) = list_incidents(world.engine, world.actor("admin"))
    assert "仍按原来的日期" in incident.reason_zh
    assert recompute_stale(world.engine) == 0

    monkeypatch.undo()
    retry_incident(world.engine, world.actor("admin"), incident.incident_id)
    assert open_deadlines(world, cases)[poisoned.before.deadline_id].legal_due == poisoned.after.legal_due
    assert list_incidents(world.engine, world.actor("admin")) == ()


def test_what_becomes_overdue_fires_once(world: World) -> None:
    cases = populate(world, rounds=1)
    case = cases[3]
    (deadline,) = world.view(case).deadlines
    assert deadline.rule == "T9"
    # the 8-day holiday is cancelled while 10-03 passes: three working days from 09-26 are long over
    world.clock.move_to(deadline.legal_due - timedelta(hours=2))
    fired_before = [t for t in world.view(case).timers if t.state is TimerState.FIRED]
    change_calendar(world, one_day(date(2025, 9, 27), "work"))
    complete_task(world.engine, world.actor("dengji"), world.task(case, "handle").task_id, {})

    timers = {t.element_id: t for t in world.view(case).timers if t.rung is None}
    assert not fired_before
    assert (timers["due"].state, timers["remind"].state) == (TimerState.FIRED, TimerState.FIRED)
    assert len(world.tasks(case, element="urge")) == 1


def test_only_admins_and_every_refusal_is_audited(world: World) -> None:
    stranger, change = world.actor("jingban"), one_day(SOME_WORKDAY, "local")
    for attempt in (
        lambda: preview_calendar_change(world.engine, stranger, change),
        lambda: apply_calendar_change(world.engine, stranger, change, "x"),
    ):
        with pytest.raises(Forbidden):
            attempt()
    with pytest.raises(Forbidden):
        read_year(world.engine, stranger, 2025)
    with world.engine.store.read() as work:
        refused = [e.detail["attempted"] for e in work.registers.audit_of(None) if e.event == "AccessRefused"]
    assert refused == ["preview_calendar_change", "apply_calendar_change"]


def test_marking_takes_as_many_statements_for_many_deadlines_as_for_few(world: World) -> None:
    def statements() -> int:
        now, month = world.clock.now(), timedelta(days=30)
        with count_statements(world.engine.store) as counted, world.engine.store.write() as work:
            work.deadlines.mark_stale(Around(now - month, now + month))
        recompute_stale(world.engine)
        return counted.count

    populate(world, rounds=1)
    few = statements()
    populate(world, rounds=3)
    assert (few, statements()) == (3, 3)


def test_a_year_that_is_imported_ends_what_was_provisional(world: World) -> None:
    world.clock.move_to(world.clock.now().replace(year=2026, month=11, day=20))
    cases = populate(world, rounds=1)
    before = open_deadlines(world, cases)
    assert {d.rule for d in before.values() if d.provisional} == {"T4"}
    with world.engine.store.read() as work:
        sheet = read_sheet(work)
    rows = [CalendarDay(date(2027, 1, 1), "rest", "元旦"), CalendarDay(date(2027, 1, 19), "local", "")]
    seen = change_calendar(world, whole_year(sheet, 2027, rows, is_announced=True))

    after = open_deadlines(world, cases)
    assert not any(d.provisional for d in after.values())
    (moved,) = seen.moved
    # 60 days from 2026-11-20: 2027-01-19, now a local holiday
    assert (moved.after.legal_due - moved.before.legal_due) == timedelta(days=1)
    assert read_year(world.engine, world.actor("admin"), 2027).is_announced


def test_earlier_versions_can_be_read_again(world: World) -> None:
    with world.engine.store.read() as work:
        first = load_calendar(world.engine, work)
    change_calendar(world, one_day(SOME_WORKDAY, "local", "县庆"))
    change_calendar(world, one_day(SOME_WORKDAY, "workday"))
    change_calendar(world, one_day(date(2025, 10, 1), "workday"))
    change_calendar(world, announce(2027))
    with world.engine.store.read() as work:
        assert [calendar_at(world.engine, work, first.version + n).is_workday(SOME_WORKDAY) for n in range(3)] == [
            True,
            False,
            True,
        ]
        assert calendar_at(world.engine, work, first.version) == first
        assert 2027 not in calendar_at(world.engine, work, first.version + 3).announced
        assert 2027 in calendar_at(world.engine, work, first.version + 4).announced
    newest = read_versions(world.engine, world.actor("admin"))[0]
    assert (newest.by, newest.changes) == (world.actor("admin").person_id, {"2027": [None, {}]})


def test_what_is_no_day_of_the_calendar_is_refused() -> None:
    for day, kind, note in (
        (date(1999, 1, 1), "rest", ""),
        (SOME_WORKDAY, "weekend", ""),
        (SOME_WORKDAY, "holiday", ""),
        (SOME_WORKDAY, "rest", "长" * 61),
        (SOME_WORKDAY, "rest", "两\n行"),
    ):
        with pytest.raises(InvalidForm):
            one_day(day, kind, note)


def test_the_next_year_is_missed_from_october_on() -> None:
    known = frozenset({2025, 2026})
    assert missing_years(known, date(2026, 9, 30)) == ()
    assert missing_years(known, date(2026, 10, 1)) == (2027,)
    assert missing_years(known, date(2027, 2, 1)) == (2027,)
    assert missing_years(known, date(2028, 11, 1)) == (2028, 2029)


def test_an_admin_of_an_accused_unit_hears_of_no_such_case(world: World) -> None:
    cases = populate(world, rounds=1)
    change = one_day(SOME_WORKDAY, "local")
    whole = preview(world, change)
    with world.engine.store.write() as work:
        assert isinstance(work, SqlUnitOfWork)
        update_case(work.connection, CaseUpdate(cases[1].case_id, accused_units=("xfj",)))
    narrowed = preview(world, change)
    assert cases[1].case_id in {m.before.case_id for m in whole.movements}
    assert cases[1].case_id not in {m.before.case_id for m in narrowed.movements}
    assert narrowed.fingerprint == whole.fingerprint
