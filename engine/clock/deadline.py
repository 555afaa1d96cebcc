"""Due-date arithmetic for the five kinds of clock. Pure: values in, instants out.

The start's day is never counted, nor a day on which the clock stood (`engine.clock.pause`). A duty is due at
24:00 of its last day, kept as 00:00 of the next day.
Source: 民法典 §§ 201–203 by analogy; 信访工作条例 (日 and 工作日 as the text says).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from engine.clock.calendar import ONE_DAY, ImpossibleTime, WorkCalendar, out_of_range
from engine.clock.pause import NEVER, Pause, Stood, stood_since
from engine.clock.period import Period, period_end
from engine.errors import Message

HOURS_A_YEAR = 366 * 24
MOST_DAYS = 36_600
"""A century: more is a slip of the pen."""


class ClockKind(Enum):
    """What a deadline counts."""

    HOURS = "H"
    DAYS = "D"
    WORKING_DAYS = "W"
    PERIOD = "P"
    FIXED = "fixed"


@dataclass(frozen=True)
class Term:
    """How long a duty has. `amount` is hours, days, working days or periods; `fixed_on` the date of FIXED.

    `grace` are further calendar days after the last one (an extension), before any roll.
    """

    kind: ClockKind
    amount: int = 0
    period: Period | None = None
    fixed_on: date | None = None
    rollover: bool = True
    grace: int = 0


@dataclass(frozen=True)
class Dues:
    """The dates of a duty, all aware UTC.

    `raw_due` is as counted; `legal_due` rolled to the next working day where the term rolls; `target_due` the
    end of the last working day not after the raw day (never before the start), which reminders aim at.
    `due_on` is the local day whose 24:00 is the legal due, or on which it falls for hours. `stood` is when the
    clock stood.
    """

    started_at: datetime
    raw_due: datetime
    legal_due: datetime
    target_due: datetime
    due_on: date
    provisional: bool
    stood: Stood = NEVER


def dues_of(
    term: Term, started_at: datetime, calendar: WorkCalendar, zone: ZoneInfo, pauses: Sequence[Pause] = ()
) -> Dues:
    """When a duty that starts at the aware `started_at` is due. Raises ImpossibleTime.

    Hours move by the exact time for which the clock stood. Days and working days on which it stood are not counted.
    A period and a fixed date move by the calendar days for which it stood.
    """
    _check_amount(term)
    stood = stood_since(started_at, pauses, zone) if pauses else NEVER
    if term.kind is ClockKind.HOURS:
        return _hours(term.amount, started_at, zone, stood)
    start_on = started_at.astimezone(zone).date()
    raw_on = _raw_day(term, start_on, calendar, stood)
    legal_on = _rolled(raw_on, calendar, stood) if term.rollover else raw_on
    legal_due = end_of(legal_on, zone)
    target_on = calendar.on_or_before(raw_on)
    target_due = end_of(target_on, zone)
    consulted = [raw_on, legal_on, target_on]
    if term.kind is ClockKind.WORKING_DAYS:
        consulted.append(start_on)
    return Dues(
        started_at=started_at.astimezone(UTC),
        raw_due=end_of(raw_on, zone),
        legal_due=legal_due,
        target_due=target_due if target_due > started_at else legal_due,
        due_on=legal_on,
        provisional=calendar.is_provisional(consulted),
        stood=stood,
    )


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """24:00 of a local day, in UTC."""
    return start_of(_plus(day, 1), zone)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of a local day, in UTC."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError as error:
        raise out_of_range() from error


def share_of(dues: Dues, share: float) -> datetime:
    """The instant at a part of the time from start to legal due, to the second. Never rolled.

    Time for which the clock stood does not count.
    """
    running = (dues.legal_due - dues.started_at - dues.stood.time).total_seconds()
    at = dues.started_at + timedelta(seconds=round(running * share))
    for since, until in dues.stood.spans:
        if since < at:
            at += until - since
    return at


def _raw_day(term: Term, start_on: date, calendar: WorkCalendar, stood: Stood) -> date:
    match term.kind:
        case ClockKind.WORKING_DAYS:
            last = _counted(start_on, term.amount, stood, calendar.count_on)
        case ClockKind.PERIOD:
            last = _plus(period_end(start_on, term.period or Period.MONTH, term.amount), stood.day_count)
            return _plus(last, term.grace)
        case ClockKind.FIXED:
            return _plus(_fixed_day(term), stood.day_count + term.grace)
        case _:
            last = _counted(start_on, term.amount, stood, _plus)
    return _counted(last, term.grace, stood, _plus)


def _counted(day: date, amount: int, stood: Stood, count: Callable[[date, int], date]) -> date:
    """The `amount`-th day after `day` by `count`, without paused days; nor does the count end on one."""
    if not stood.days:
        return count(day, amount)
    while amount or stood.on(day):
        day = count(day, 1)
        amount -= not stood.on(day) and amount > 0
    return day


def _rolled(day: date, calendar: WorkCalendar, stood: Stood) -> date:
    """The first working day on or after `day` on which the clock ran."""
    day = calendar.on_or_after(day)
    while stood.on(day):
        day = calendar.count_on(day, 1)
    return day


def _fixed_day(term: Term) -> date:
    if term.fixed_on is None:
        raise ImpossibleTime(Message("没有写明届满的日期。请填写日期。", "The due date is missing. Enter a date."))
    return term.fixed_on


def _hours(amount: int, started_at: datetime, zone: ZoneInfo, stood: Stood) -> Dues:
    try:
        due = started_at.astimezone(UTC) + timedelta(hours=amount) + stood.time
        due_on = due.astimezone(zone).date()
    except OverflowError as error:
        raise out_of_range() from error
    return Dues(
        started_at=started_at.astimezone(UTC),
        raw_due=due,
        legal_due=due,
        target_due=due,
        due_on=due_on,
        provisional=False,
        stood=stood,
    )


def _plus(day: date, days: int) -> date:
    try:
        return day + ONE_DAY * days
    except OverflowError as error:
        raise out_of_range() from error


def _check_amount(term: Term) -> None:
    most = HOURS_A_YEAR if term.kind is ClockKind.HOURS else MOST_DAYS
    if not (0 <= term.amount <= most and 0 <= term.grace <= MOST_DAYS):
        raise ImpossibleTime(
            Message(
                f"期限的数量 {term.amount} 不可用。请填写 0 到 {most} 之间的整数。",
                f"{term.amount} cannot be the length of a deadline. Enter a whole number from 0 to {most}.",
            )
        )
