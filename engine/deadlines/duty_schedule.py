"""When a periodic duty falls due: a day of each period, at a local time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from engine.clock.calendar import ONE_DAY, ImpossibleTime, WorkCalendar, out_of_range
from engine.clock.period import Period, period_end
from engine.errors import Message

_AT = re.compile(r"day (-?\d{1,3}) (\d{2}):(\d{2})")
_SEASON = re.compile(r"(\d{2})-(\d{2})\.\.(\d{2})-(\d{2})")
MOST_PERIODS = 120
"""Periods looked through for the next occurrence: over two years of weeks."""
WEEK = "week"
_PERIODS = {period.value: period for period in Period}


class Roll(Enum):
    """Where a day that is not worked goes: nowhere, to the next working day, or to the one before."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True)
class Season:
    """From one day of the year (month, day) to another, both included; it may reach over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def holds(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True)
class Occurrence:
    """One time that a duty falls due. `period` is the first day of its period, which names it for good."""

    period: date
    at: datetime

    @property
    def key(self) -> str:
        return self.period.isoformat()


@dataclass(frozen=True)
class Schedule:
    """`every` is week, halfmonth, month, quarter, halfyear or year; `day` counts in it from 1, or back from -1."""

    every: str
    day: int
    at: time
    roll: Roll = Roll.NONE
    season: Season | None = None

    def next_after(self, now: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> Occurrence | None:
        """The first occurrence after `now`; None where the season leaves none."""
        return next((o for o in self._from(now, calendar, zone) if o.at > now), None)

    def latest(self, now: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> Occurrence | None:
        """The last occurrence that is not after `now`, of the last two periods; None where there is none."""
        known = [o for o in self._from(now, calendar, zone, look_ahead=1) if o.at <= now]
        return known[-1] if known else None

    def _from(
        self, now: datetime, calendar: WorkCalendar, zone: ZoneInfo, look_ahead: int = MOST_PERIODS
    ) -> Iterator[Occurrence]:
        """Occurrences from two periods before `now` on, in order."""
        first = self._start(now.astimezone(zone).date())
        for _ in range(2):
            first = self._start(first - ONE_DAY)
        for _ in range(look_ahead + 3):
            last = self._end(first)
            day = self._day(first, last, calendar)
            if self.season is None or self.season.holds(day):
                yield Occurrence(first, datetime.combine(day, self.at, zone).astimezone(now.tzinfo))
            first = last + ONE_DAY

    def _day(self, first: date, last: date, calendar: WorkCalendar) -> date:
        day = first + ONE_DAY * (self.day - 1) if self.day > 0 else last + ONE_DAY * (self.day + 1)
        day = max(first, min(day, last))
        if self.roll is Roll.NEXT:
            return calendar.on_or_after(day)
        return calendar.on_or_before(day) if self.roll is Roll.PREVIOUS else day

    def _start(self, day: date) -> date:
        """The first day of the period that `day` lies in."""
        if self.every == WEEK:
            return day - ONE_DAY * day.weekday()
        period = _PERIODS[self.every]
        if period is Period.HALF_MONTH:
            return day.replace(day=1 if day.day <= 15 else 16)
        months = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}[period]
        return date(day.year, (day.month - 1) // months * months + 1, 1)

    def _end(self, first: date) -> date:
        try:
            return first + timedelta(days=6) if self.every == WEEK else period_end(first, _PERIODS[self.every])
        except OverflowError as error:
            raise out_of_range() from error


def read_schedule(every: str, at: str, roll: str, season: str | None) -> Schedule:
    """`at` is `day 1 09:00` or `day -1 09:00`, `season` `10-01..11-30`. Raises ImpossibleTime."""
    if every != WEEK and every not in _PERIODS:
        allowed = "、".join((WEEK, *_PERIODS))
        raise ImpossibleTime(
            Message(
                f"周期“{every}”不可用。可用：{allowed}。",
                f"“{every}” is no period. Use {', '.join((WEEK, *_PERIODS))}.",
            )
        )
    found = _AT.fullmatch(at.strip())
    if found is None or int(found[1]) == 0 or int(found[2]) > 23 or int(found[3]) > 59:
        raise ImpossibleTime(
            Message(
                f"“{at}”不可用。请写 day 1 09:00（周期第 1 日）或 day -1 09:00（最后一日）。",
                f"“{at}” cannot be used. Write day 1 09:00 (the period's first day) or day -1 09:00 (its last).",
            )
        )
    try:
        rolled = Roll(roll)
    except ValueError as error:
        raise ImpossibleTime(
            Message(
                f"“{roll}”不可用。遇休息日请写 none、next 或 previous。",
                f"“{roll}” cannot be used. Write none, next or previous.",
            )
        ) from error
    return Schedule(every, int(found[1]), time(int(found[2]), int(found[3])), rolled, _season(season))


def _season(text: str | None) -> Season | None:
    if text is None:
        return None
    found = _SEASON.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        first, last = date(2000, int(found[1]), int(found[2])), date(2000, int(found[3]), int(found[4]))
    except ValueError as error:
        raise ImpossibleTime(
            Message(
                f"季节“{text}”不可用。请写 10-01..11-30 这样的起止日期。",
                f"“{text}” is no season. Write 10-01..11-30.",
            )
        ) from error
    return Season((first.month, first.day), (last.month, last.day))
