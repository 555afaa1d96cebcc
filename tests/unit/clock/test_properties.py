"""Every clock against the slow reckoning, over 2004 to 2030, on random calendars and the real one, with pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Term, dues_of, end_of, share_of
from engine.clock.lights import lights_of
from engine.clock.pause import Pause
from engine.clock.period import Period
from tests.unit.clock.days import ZONE, announced
from tests.unit.clock.slow import days_stood, is_work, slow_days, slow_hours

FIRST, LAST = date(2004, 1, 1), date(2030, 6, 30)
MINUTES = ((LAST - FIRST).days - 400) * 24 * 60
COUNTED = [ClockKind.HOURS, ClockKind.DAYS, ClockKind.WORKING_DAYS, ClockKind.PERIOD]


@st.composite
def calendars(draw: st.DrawFn, around: date) -> WorkCalendar:
    """The real one, or one with random exceptions in the year and a half after a day."""
    if draw(st.booleans()):
        return announced()
    days = st.integers(-30, 500).map(lambda n: around + timedelta(days=n))
    return WorkCalendar(draw(st.dictionaries(days, st.booleans(), max_size=80)), frozenset({2004, 2025}), 1)


starts = st.integers(30 * 24 * 60, MINUTES).map(
    lambda minutes: datetime(2004, 1, 1, tzinfo=ZONE) + timedelta(minutes=minutes)
)
periods = st.builds(
    Term, st.just(ClockKind.PERIOD), st.integers(1, 4), st.sampled_from(Period), rollover=st.booleans()
)
counted = st.builds(
    Term,
    st.sampled_from([ClockKind.DAYS, ClockKind.WORKING_DAYS]),
    st.integers(0, 70),
    rollover=st.booleans(),
    grace=st.sampled_from([0, 0, 30]),
)


@st.composite
def duties(draw: st.DrawFn) -> tuple[Term, datetime, WorkCalendar, list[Pause]]:
    """A term, its start, a calendar, and up to three pauses, each begun while the clock ran."""
    start = draw(starts)
    fixed = st.integers(0, 90).map(lambda n: Term(ClockKind.FIXED, fixed_on=start.date() + timedelta(days=n)))
    hours = st.integers(1, 30).map(lambda n: Term(ClockKind.HOURS, n))
    term = draw(st.one_of(counted, periods, fixed, hours))
    calendar = draw(calendars(start.date()))
    pauses: list[Pause] = []
    since = start
    for _ in range(draw(st.integers(0, 3))):
        due = dues_of(term, start, calendar, ZONE, pauses).legal_due
        span = int((due - since).total_seconds() // 60)
        if span <= 1:
            break
        begun = since + timedelta(minutes=draw(st.integers(0, span - 1)))
        longest = 200 if term.kind is ClockKind.HOURS else 40 * 24 * 60
        since = begun + timedelta(minutes=draw(st.integers(0, longest)))
        pauses.append(Pause(begun, since))
    return term, start, calendar, pauses


@settings(max_examples=250, deadline=None)
@given(duties())
def test_every_clock_says_what_the_slow_reckoning_says(
    duty: tuple[Term, datetime, WorkCalendar, list[Pause]],
) -> None:
    term, start, calendar, pauses = duty
    got = dues_of(term, start, calendar, ZONE, pauses)
    if term.kind is ClockKind.HOURS:
        assert got.raw_due == got.legal_due == slow_hours(term.amount, start, pauses)
        return
    raw, legal = slow_days(term, start, calendar, pauses)
    assert (got.raw_due, got.legal_due, got.due_on) == (end_of(raw, ZONE), end_of(legal, ZONE), legal)


@settings(max_examples=150, deadline=None)
@given(duties(), st.integers(1, 10), st.sampled_from(COUNTED))
def test_a_larger_amount_is_never_due_sooner(
    duty: tuple[Term, datetime, WorkCalendar, list[Pause]], more: int, kind: ClockKind
) -> None:
    term, start, calendar, pauses = duty
    shorter = replace(term, kind=kind, amount=max(term.amount, 1), period=term.period or Period.MONTH)
    less, longer = (
        dues_of(each, start, calendar, ZONE, pauses)
        for each in (shorter, replace(shorter, amount=shorter.amount + more))
    )
    assert less.raw_due <= longer.raw_due
    assert less.legal_due <= longer.legal_due
    assert less.target_due <= longer.target_due


@settings(max_examples=150, deadline=None)
@given(duties(), st.integers(0, 20), st.data())
def test_a_pause_of_n_working_days_moves_a_working_day_clock_by_exactly_n(
    duty: tuple[Term, datetime, WorkCalendar, list[Pause]], length: int, data: st.DataObject
) -> None:
    """However many rest days lie in the pause, wherever it begins after the start's day."""
    term, start, calendar, _ = duty
    term = Term(ClockKind.WORKING_DAYS, max(term.amount, 1))
    before = dues_of(term, start, calendar, ZONE)
    days = (before.due_on - start.date()).days
    begun = data.draw(st.integers(1, days))
    pause = Pause(
        start + timedelta(days=begun),
        start + timedelta(days=begun + length),
    )
    stood = sum(is_work(calendar, day) for day in days_stood([pause]))

    after = dues_of(term, start, calendar, ZONE, (pause,))

    assert after.due_on == calendar.count_on(before.due_on, stood)


@settings(max_examples=100, deadline=None)
@given(starts, st.integers(1, 60), st.integers(1, 50), st.integers(0, 40))
def test_a_pause_of_n_days_moves_a_calendar_day_clock_by_exactly_n(
    start: datetime, amount: int, begun: int, length: int
) -> None:
    begun = min(begun, amount)
    pause = Pause(start + timedelta(days=begun), start + timedelta(days=begun + length))
    term = Term(ClockKind.DAYS, amount, rollover=False)
    before, after = (dues_of(term, start, announced(), ZONE, given) for given in ((), (pause,)))
    assert after.legal_due - before.legal_due == timedelta(days=length)


@settings(max_examples=100, deadline=None)
@given(duties())
def test_a_pause_that_is_still_open_moves_nothing_yet(
    duty: tuple[Term, datetime, WorkCalendar, list[Pause]],
) -> None:
    term, start, calendar, pauses = duty
    closed = dues_of(term, start, calendar, ZONE, pauses)
    still = dues_of(term, start, calendar, ZONE, [*pauses, Pause(closed.legal_due, None)])
    assert still == closed


@settings(max_examples=100, deadline=None)
@given(duties(), st.floats(0, 1))
def test_lights_and_shares_keep_their_order(
    duty: tuple[Term, datetime, WorkCalendar, list[Pause]], share: float
) -> None:
    term, start, calendar, pauses = duty
    dues = dues_of(term, start, calendar, ZONE, pauses)
    lights = lights_of(term.kind, dues, calendar, ZONE)
    assert start <= lights.blue_at <= lights.yellow_at <= lights.red_at
    if dues.legal_due > start:
        assert dues.started_at <= share_of(dues, share) <= dues.legal_due + timedelta(seconds=1)
        assert (share_of(dues, 0), share_of(dues, 1)) == (dues.started_at, dues.legal_due)
