"""Each day of a deadline's span and what became of it; for clocks that count hours, each hour. Pure, one pass.

A day's `kind`:

| kind | |
|---|---|
| `start` | the day on which the clock starts; never counted |
| `counted` | counted; `number` is the how-manieth |
| `makeup` | a Saturday or Sunday that is worked, counted by a clock that counts working days |
| `rest` | not counted by a clock that counts working days |
| `paused` | not counted: the clock stood |
| `rolled` | after the last counted day: the due day moves on to the next working day |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.clock.calendar import ONE_DAY, SATURDAY, WorkCalendar
from engine.clock.pause import Pause, Stood, stood_since
from engine.records.time import Deadline

ONE_HOUR = timedelta(hours=1)
MOST_HOURS = 24 * 14
"""More are told as days: nobody reads a thousand hours."""


class Day(NamedTuple):
    """One local day. `number` counts from 1 and is None where the day is not counted.

    `note` is the holiday's name or the calendar's remark. `extended`: the day belongs to an extension.
    """

    day: date
    kind: str
    number: int | None
    is_workday: bool
    note: str
    extended: bool


class Hour(NamedTuple):
    """The `number`-th hour, in UTC."""

    since: datetime
    until: datetime
    number: int


@dataclass(frozen=True)
class Span:
    """`start_on` to `last_on`, both local. `raw_on` is the last counted day, None while the clock stands."""

    start_on: date
    raw_on: date | None
    due_on: date | None
    last_on: date
    days: tuple[Day, ...]
    counted: int


def due_day(at: datetime, zone: ZoneInfo) -> date:
    """The local day whose 24:00 the instant is, or on which it falls."""
    local = at.astimezone(zone)
    return local.date() - ONE_DAY if local.time() == time() else local.date()


def span_of(
    deadline: Deadline,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    notes: Mapping[date, str],
    now: datetime,
) -> Span:
    """The days from the start to the legal due; while the clock stands, to the present day."""
    start_on = deadline.started_at.astimezone(zone).date()
    raw_on, due_on = due_day(deadline.raw_due, zone), due_day(deadline.legal_due, zone)
    stopped_on = _stopped_on(deadline, zone)
    last_on = max(raw_on, due_on, start_on)
    if stopped_on is not None:
        last_on = max(now.astimezone(zone).date(), stopped_on, start_on)
    walk = _Walk(
        deadline,
        calendar,
        notes,
        raw_on=last_on if stopped_on else raw_on,
        stopped_on=stopped_on,
        stood=stood_since(deadline.started_at, _pauses(deadline.pauses), zone),
    )
    days = walk.days(start_on, last_on)
    is_running = stopped_on is None
    return Span(
        start_on, raw_on if is_running else None, due_on if is_running else None, last_on, days, walk.counted
    )


class _Walk:
    """Goes from day to day once, counting."""

    def __init__(
        self,
        deadline: Deadline,
        calendar: WorkCalendar,
        notes: Mapping[date, str],
        *,
        raw_on: date,
        stopped_on: date | None,
        stood: Stood,
    ) -> None:
        self.counted = 0
        self._only_work = deadline.term.get("clock", deadline.clock) == "W"
        self._calendar = calendar
        self._notes = notes
        self._raw_on = raw_on
        self._stopped_on = stopped_on
        self._base: int | None = deadline.term["amount"] if deadline.term.get("grace") else None
        self._stood = stood

    def days(self, start_on: date, last_on: date) -> tuple[Day, ...]:
        is_workday, note_of = self._calendar.is_workday, self._notes.get
        days = [Day(start_on, "start", None, is_workday(start_on), note_of(start_on, ""), False)]
        day = start_on
        while day < last_on:
            day += ONE_DAY
            worked = is_workday(day)
            kind = self._kind(day, worked)
            is_counted = kind in _COUNTED
            self.counted += is_counted
            extended = self._base is not None and self.counted > self._base
            number = self.counted if is_counted else None
            days.append(Day(day, kind, number, worked, note_of(day, ""), extended))
        return tuple(days)

    def _kind(self, day: date, worked: bool) -> str:
        if day > self._raw_on:
            return "rolled"
        if self._stood.days and self._stood.on(day):
            return "paused"
        if self._stopped_on is not None and day >= self._stopped_on:
            return "paused"
        # an extension continues a count of working days in calendar days
        if self._only_work and (self._base is None or self.counted < self._base):
            if not worked:
                return "rest"
            if day.weekday() >= SATURDAY:
                return "makeup"
        return "counted"


_COUNTED = frozenset({"counted", "makeup"})


def hours_of(deadline: Deadline) -> tuple[Hour, ...]:
    """The hours of a clock that counts them; empty for other clocks, very long spans, and where the clock stood."""
    if deadline.clock != "H" or deadline.pauses or not 0 < (deadline.amount or 0) <= MOST_HOURS:
        return ()
    hours: list[Hour] = []
    since = deadline.started_at.astimezone(UTC)
    for number in range(1, (deadline.amount or 0) + 1):
        hours.append(Hour(since, since + ONE_HOUR, number))
        since += ONE_HOUR
    return tuple(hours)


def _stopped_on(deadline: Deadline, zone: ZoneInfo) -> date | None:
    """The day on which the clock was stopped, if it stands."""
    for pause in deadline.pauses:
        if pause.get("until") is None:
            stopped: date = pause["from"].astimezone(zone).date()
            return stopped
    return None


def _pauses(pauses: Sequence[Mapping[str, object]]) -> list[Pause]:
    return [Pause(p["from"], p.get("until")) for p in pauses]  # type: ignore[arg-type]
