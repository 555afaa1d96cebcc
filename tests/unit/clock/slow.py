"""A second, slow reckoning of due dates: one day after the other, one minute after the other. Shares no code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Term
from engine.clock.pause import Pause
from engine.clock.period import Period
from tests.unit.clock.days import ZONE

ONE = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LAST_MONTHS = {Period.QUARTER: (3, 6, 9, 12), Period.HALF_YEAR: (6, 12), Period.YEAR: (12,)}


def is_work(calendar: WorkCalendar, day: date) -> bool:
    return calendar.exceptions.get(day, day.isoweekday() <= 5)


def days_stood(pauses: list[Pause]) -> set[date]:
    """Each local day from that of a pause up to the day before that of its end."""
    stood = set()
    for pause in pauses:
        if pause.until_at is not None:
            day = pause.from_at.astimezone(ZONE).date()
            while day < pause.until_at.astimezone(ZONE).date():
                stood.add(day)
                day += ONE
    return stood


def slow_days(term: Term, start: datetime, calendar: WorkCalendar, pauses: list[Pause]) -> tuple[date, date]:
    """The raw and the legal due day of a clock that counts days."""
    stood = days_stood(pauses)
    first = start.astimezone(ZONE).date()
    if term.kind in {ClockKind.PERIOD, ClockKind.FIXED}:
        raw = _target(term, first)
        for _ in stood:
            raw += ONE
        for _ in range(term.grace):
            raw += ONE
    else:
        raw = _ticked(first, term.amount, calendar, stood, only_work=term.kind is ClockKind.WORKING_DAYS)
        raw = _ticked(raw, term.grace, calendar, stood, only_work=False)
    legal = raw
    while term.rollover and (not is_work(calendar, legal) or legal in stood):
        legal += ONE
    return raw, legal


def slow_hours(amount: int, start: datetime, pauses: list[Pause]) -> datetime:
    """Minute by minute; all instants are whole minutes."""
    at, run = start, 0
    while run < amount * 60:
        if not any(p.until_at is not None and p.from_at <= at < p.until_at for p in pauses):
            run += 1
        at += MINUTE
    return at


def _ticked(day: date, amount: int, calendar: WorkCalendar, stood: set[date], *, only_work: bool) -> date:
    def counts() -> bool:
        return day not in stood and (not only_work or is_work(calendar, day))

    if amount == 0 and day in stood:
        while not counts():
            day += ONE
    ticked = 0
    while ticked < amount:
        day += ONE
        ticked += counts()
    return day


def _target(term: Term, first: date) -> date:
    if term.kind is ClockKind.FIXED:
        assert term.fixed_on is not None
        return term.fixed_on
    ends = 0
    for day in _from(first):
        ends += _is_end(day, term.period or Period.MONTH)
        if ends == term.amount:
            return day
    raise AssertionError


def _from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += ONE


def _is_end(day: date, period: Period) -> bool:
    is_month_end = (day + ONE).day == 1
    if period is Period.HALF_MONTH:
        return is_month_end or day.day == 15
    return is_month_end and day.month in LAST_MONTHS.get(period, range(1, 13))
