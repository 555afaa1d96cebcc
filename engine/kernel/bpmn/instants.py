"""From what a timer says to when it fires: ISO 8601 texts, FEEL values and time requests.

Source: ISO 8601-1:2019, 5.5.2 (durations) and 5.6 (recurring intervals); BPMN 2.0.2, table 10.101.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine.errors import EngineError, Message
from engine.kernel.changes import ResolvedTime
from engine.kernel.ports import TimeRequest
from engine.values import MonthsDuration, Value

_DURATION: Final = re.compile(
    r"P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE: Final = re.compile(r"R(?P<count>\d*)/(?P<first>[^/]+)(?:/(?P<second>[^/]+))?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?")


class BadTime(EngineError):
    """What a timer gave is no instant."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            Message(
                f"定时器的值“{shown}”不是日期、时长或期限，请改正表达式",
                f"the timer's value “{shown}” is no date, duration or deadline; correct the expression",
            )
        )


@dataclass(frozen=True)
class Span:
    """A duration; months count by the calendar, a month's end staying the month's end."""

    months: int
    rest: timedelta

    def after(self, start: datetime, times: int = 1) -> datetime:
        """The instant `times` spans after `start`, months first, in the zone of `start`."""
        index = start.month - 1 + self.months * times
        year, month = start.year + index // 12, index % 12 + 1
        day = min(start.day, calendar.monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day) + self.rest * times


@dataclass(frozen=True)
class Schedule:
    """When a timer fires: once at `first`, or `count` times (None: without end), `every` so often.

    `hours`: it is a duration of so many whole hours from now.
    """

    first: ResolvedTime
    count: int | None = 1
    every: Span | None = None
    hours: int | None = None

    def at(self, number: int) -> ResolvedTime:
        """The firing of this number, from 1."""
        if number == 1 or self.every is None:
            return self.first
        return ResolvedTime(self.every.after(self.first.at, number - 1))


def is_iso(text: str) -> bool:
    """Whether a timer's text is ISO 8601 rather than FEEL."""
    return any(pattern.fullmatch(text) for pattern in (_DURATION, _CYCLE, _DATE))


def schedule(
    value: Value, now: datetime, zone: ZoneInfo, resolve: Callable[[TimeRequest], ResolvedTime]
) -> Schedule | None:
    """The schedule that a timer's value means; None for null. Raises BadTime, and what `resolve` raises."""
    match value:
        case None:
            return None
        case TimeRequest():
            return Schedule(resolve(value))
        case datetime():
            return Schedule(ResolvedTime(value if value.tzinfo else value.replace(tzinfo=zone)))
        case date():
            return Schedule(ResolvedTime(datetime.combine(value, time(), zone)))
        case timedelta():
            return Schedule(ResolvedTime(now + value), hours=_whole_hours(value))
        case MonthsDuration():
            return Schedule(ResolvedTime(Span(value.months, timedelta()).after(now.astimezone(zone))))
        case str():
            return _from_text(value.strip(), now.astimezone(zone), zone)
        case _:
            raise BadTime(repr(value))


def _from_text(text: str, now: datetime, zone: ZoneInfo) -> Schedule:
    cycle = _CYCLE.fullmatch(text)
    if cycle is not None:
        return _cycle(cycle, text, now, zone)
    span = _span(text)
    if span is None:
        return Schedule(ResolvedTime(_instant(text, zone)))
    return Schedule(ResolvedTime(span.after(now)), hours=None if span.months else _whole_hours(span.rest))


def _cycle(cycle: re.Match[str], text: str, now: datetime, zone: ZoneInfo) -> Schedule:
    count = int(cycle["count"]) if cycle["count"] else None
    first, second = cycle["first"], cycle["second"]
    span = _span(first)
    if second is None:
        if span is None:
            raise BadTime(text)
        return Schedule(ResolvedTime(span.after(now)), count, span)
    if span is None:
        span = _span(second)
        if span is None:
            raise BadTime(text)
        return Schedule(ResolvedTime(_instant(first, zone)), count, span)
    if count is None:
        raise BadTime(text)
    return Schedule(ResolvedTime(span.after(_instant(second, zone), -count)), count, span)


def _whole_hours(span: timedelta) -> int | None:
    hours, rest = divmod(span, timedelta(hours=1))
    return hours if hours > 0 and not rest else None


def _span(text: str) -> Span | None:
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    parts = {key: float(value) if "." in value else int(value) for key, value in match.groupdict("0").items()}
    months = int(parts.pop("years")) * 12 + int(parts.pop("months"))
    return Span(months, timedelta(**parts))


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTime(text) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)
