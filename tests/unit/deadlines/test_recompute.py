"""Deadlines computed again from what was stored: the same, until something moves them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Term, dues_of
from engine.clock.fixed import ManualClock
from engine.clock.lights import lights_of
from engine.clock.moment import Moment, parse_moment
from engine.clock.pause import Pause
from engine.config import Settings
from engine.deadlines.recompute import instant_of, recompute
from engine.deadlines.terms import TermLights, lights_in, term_data, term_of
from engine.records.time import Deadline, DeadlineState
from engine.store import SqlStore, open_store
from engine.values import dumps, loads
from tests.builders import a_deadline, add_case, add_office, next_step
from tests.conftest import START
from tests.unit.clock.days import ZONE, announced, at
from tests.unit.clock.test_properties import duties

Duty = tuple[Term, datetime, WorkCalendar, list[Pause]]

moments = st.sampled_from([None, *map(parse_moment, ("share 0.4", "before 2 W", "before 3 D", "before 90 M"))])


def recorded(duty: Duty, blue: Moment | None = None, yellow: Moment | None = None, **given: object) -> Deadline:
    """The record of a duty, as a step would have stored it after its pauses."""
    term, start, calendar, pauses = duty
    dues = dues_of(term, start, calendar, ZONE, pauses)
    lights = lights_of(term.kind, dues, calendar, ZONE, blue=blue, yellow=yellow)
    return replace(
        a_deadline(
            clock=term.kind.value,
            started_at=dues.started_at,
            raw_due=dues.raw_due,
            legal_due=dues.legal_due,
            target_due=dues.target_due,
            blue_at=lights.blue_at,
            yellow_at=lights.yellow_at,
            red_at=lights.red_at,
            calendar_version=calendar.version,
            provisional=dues.provisional,
            term=term_data(term, TermLights(blue, yellow), ("supplement",)),
            pauses=tuple({"from": p.from_at, "until": p.until_at, "reason": "supplement"} for p in pauses),
        ),
        **given,  # type: ignore[arg-type]
    )


@settings(max_examples=120, deadline=None)
@given(duties(), moments, moments)
def test_a_term_survives_being_written_as_text(duty: Duty, blue: Moment | None, yellow: Moment | None) -> None:
    written = term_data(duty[0], TermLights(blue, yellow), ("hearing",))
    read = loads(dumps(written))
    assert read == written
    assert term_of(read) == duty[0]
    assert lights_in(read) == TermLights(blue, yellow)


@settings(max_examples=120, deadline=None)
@given(duties(), moments, moments)
def test_computing_again_changes_nothing(duty: Duty, blue: Moment | None, yellow: Moment | None) -> None:
    deadline = recorded(duty, blue, yellow)
    assert recompute(deadline, duty[2], ZONE) == deadline


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One case with a running instance, at version 1."""
    home = tmp_path_factory.mktemp("recompute")
    store = open_store(Settings(home=home), ManualClock(START))
    add_office(store)
    add_case(store)
    store.close()
    return home


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(duties(), moments, moments), min_size=5, max_size=25))
def test_computing_again_what_a_database_kept_changes_nothing(
    database: Path, tmp_path_factory: pytest.TempPathFactory, kept: list[tuple[Duty, Moment | None, Moment | None]]
) -> None:
    home = tmp_path_factory.mktemp("kept")
    shutil.copytree(database, home, dirs_exist_ok=True)
    deadlines = {f"l{n}": recorded(*one, deadline_id=f"l{n}") for n, one in enumerate(kept)}
    calendars = {f"l{n}": one[0][2] for n, one in enumerate(kept)}
    store = open_store(Settings(home=home), ManualClock(START))
    try:
        _save(store, tuple(deadlines.values()))
        with store.read() as work:
            read = work.instances.open_deadlines("i1")
    finally:
        store.close()
    assert {d.deadline_id: d for d in read} == deadlines
    for deadline in read:
        assert recompute(deadline, calendars[deadline.deadline_id], ZONE) == deadline


def _save(store: SqlStore, deadlines: tuple[Deadline, ...]) -> None:
    with store.write() as work:
        locked = work.instances.lock("i1")
        assert locked is not None
        work.instances.save_step(next_step(locked[0], deadlines=deadlines))


def test_a_changed_calendar_moves_what_rests_on_it() -> None:
    duty = (Term(ClockKind.WORKING_DAYS, 5), at("2025-10-09 10:00"), announced(), [])
    before = recorded(duty)
    closed = WorkCalendar(
        {**announced().exceptions, at("2025-10-11 12:00").date(): False}, announced().announced, 2
    )
    after = recompute(before, closed, ZONE)
    assert (before.legal_due, after.legal_due) == (at("2025-10-15 24:00"), at("2025-10-16 24:00"))
    assert (after.calendar_version, after.stale) == (2, False)
    assert after.history == before.history


@pytest.mark.parametrize("given", [{"ended_at": at("2025-10-10 09:00"), "state": DeadlineState.MET}, {"term": {}}])
def test_what_has_ended_or_kept_no_term_keeps_its_dates(given: dict[str, object]) -> None:
    duty = (Term(ClockKind.WORKING_DAYS, 5), at("2025-10-09 10:00"), announced(), [])
    deadline = recorded(duty, stale=True, **given)
    assert recompute(deadline, WorkCalendar(), ZONE) == replace(deadline, stale=False)


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("working days", 3, "2025-10-13 24:00"),
        ("calendar days", 2, "2025-10-11 24:00"),
        ("end of month", None, "2025-10-31 24:00"),
    ],
)
def test_a_timer_on_the_calendar_alone_is_computed_again(kind: str, amount: int | None, expected: str) -> None:
    basis = {"kind": kind, "amount": amount, "start": at("2025-10-09 10:00"), "share": 1.0}
    assert instant_of(basis, None, announced(), ZONE) == at(expected)


def test_a_timer_on_a_deadline_follows_it() -> None:
    pause = Pause(at("2025-10-10 09:00"), at("2025-10-14 09:00"))
    term = Term(ClockKind.WORKING_DAYS, 5)
    plain, stood = (recorded((term, at("2025-10-09 10:00"), announced(), given)) for given in ([], [pause]))
    basis = {"rule": "forward", "share": 0.5, "term": term_data(term), "start": plain.started_at}
    moved = instant_of(basis, stood, announced(), ZONE)
    unmoved = instant_of(basis, plain, announced(), ZONE)
    assert moved is not None
    assert unmoved is not None
    assert instant_of(basis, None, announced(), ZONE) == unmoved
    assert timedelta(days=4) <= moved - unmoved <= timedelta(days=5)
    assert instant_of({**basis, "share": 1.0}, stood, announced(), ZONE) == stood.legal_due
