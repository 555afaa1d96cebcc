"""The arithmetic against a slow walk, day by day, over random calendars."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Term, dues_of, end_of
from tests.unit.clock.days import ZONE

FIRST = date(2024, 11, 1)
ONE = timedelta(days=1)

exceptions = st.dictionaries(
    st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n)), st.booleans(), max_size=120
)
starts = st.integers(60, 300 * 24 * 60).map(
    lambda minutes: datetime(2024, 11, 1, tzinfo=ZONE) + timedelta(minutes=minutes)
)


def is_work(calendar: WorkCalendar, day: date) -> bool:
    return calendar.exceptions.get(day, day.isoweekday() <= 5)


def walk(calendar: WorkCalendar, start: date, amount: int, *, only_work: bool) -> date:
    """Ticks off one day after the other; the start's day is not counted."""
    day, ticked = start, 0
    while ticked < amount:
        day += ONE
        if not only_work or is_work(calendar, day):
            ticked += 1
    return day


@settings(max_examples=150, deadline=None)
@given(exceptions, starts, st.integers(0, 70), st.booleans(), st.booleans())
def test_days_and_working_days(
    days: dict[date, bool], start: datetime, amount: int, only_work: bool, rollover: bool
) -> None:
    calendar = WorkCalendar(days, frozenset({2024, 2025}), 1)
    kind = ClockKind.WORKING_DAYS if only_work else ClockKind.DAYS

    got = dues_of(Term(kind, amount, rollover=rollover), start, calendar, ZONE)

    raw = walk(calendar, start.date(), amount, only_work=only_work)
    legal = raw
    while rollover and not is_work(calendar, legal):
        legal += ONE
    target = raw
    while not is_work(calendar, target):
        target -= ONE
    assert got.raw_due == end_of(raw, ZONE)
    assert got.due_on == legal
    assert got.legal_due == end_of(legal, ZONE)
    assert got.target_due == (end_of(target, ZONE) if end_of(target, ZONE) > start else got.legal_due)
    assert got.provisional == (max(raw, legal).year > 2025)


@settings(max_examples=100, deadline=None)
@given(starts, st.integers(0, 24 * 40))
def test_hours(start: datetime, amount: int) -> None:
    got = dues_of(Term(ClockKind.HOURS, amount), start, WorkCalendar(), ZONE)
    assert got.legal_due - start == timedelta(hours=amount)


@settings(max_examples=100, deadline=None)
@given(exceptions, starts, st.integers(1, 60))
def test_a_longer_term_is_never_due_sooner(days: dict[date, bool], start: datetime, amount: int) -> None:
    calendar = WorkCalendar(days)
    for kind in (ClockKind.DAYS, ClockKind.WORKING_DAYS):
        shorter, longer = (dues_of(Term(kind, n), start, calendar, ZONE) for n in (amount, amount + 1))
        assert start < shorter.legal_due <= longer.legal_due
        assert shorter.target_due <= shorter.legal_due
