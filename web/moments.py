"""Instants as the office writes them. Pure: an aware instant and `now` in, text out.

24:00 of a day is what an instant of 00:00 means where something is due; what happened keeps its own day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from web.i18n import text

MINUTE = 60
HOUR = 3600
ONE_DAY = timedelta(days=1)
CLOSE_HOURS = 48


@dataclass(frozen=True)
class OfficeTime:
    """How this office reads instants: its zone, the present moment, the reader's language."""

    zone: ZoneInfo
    now: datetime
    language: str

    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def is_end_of_day(self, at: datetime) -> bool:
        """Whether the instant is local midnight: 24:00 of the day before."""
        return at.astimezone(self.zone).time() == time()

    def due_day(self, at: datetime) -> date:
        """The day on which something is due."""
        local = at.astimezone(self.zone)
        return local.date() - ONE_DAY if local.time() == time() else local.date()

    def happened(self, at: datetime) -> str:
        """`10-11 09:20`, with the year where it is another one."""
        local = at.astimezone(self.zone)
        return f"{self._day(local.date())} {local:%H:%M}"

    def written(self, at: datetime) -> str:
        """The date as a paper carries it: `2025 年 9 月 16 日`, in Chinese whatever the reader's language."""
        day = at.astimezone(self.zone)
        return f"{day.year} 年 {day.month} 月 {day.day} 日"

    def mark(self, at: datetime) -> str:
        """As `happened`, but today's instants by the hour alone."""
        is_today = at.astimezone(self.zone).date() == self.today()
        return self.clock(at) if is_today else self.happened(at)

    def clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"

    def due(self, at: datetime) -> str:
        """`10-10 24:00`, or with the word for today, tomorrow or yesterday."""
        day = self.due_day(at)
        hour = "24:00" if self.is_end_of_day(at) else self.clock(at)
        word = {-1: "day.yesterday", 0: "day.today", 1: "day.tomorrow"}.get((day - self.today()).days)
        return f"{self._text(word) if word else self._day(day)} {hour}"

    def due_plain(self, at: datetime) -> str:
        """`10-10 24:00` whatever day it is today."""
        hour = "24:00" if self.is_end_of_day(at) else self.clock(at)
        return f"{self._day(self.due_day(at))} {hour}"

    def due_date(self, at: datetime) -> str:
        """The due instant in full: `2025-10-10 24:00`."""
        hour = "24:00" if self.is_end_of_day(at) else self.clock(at)
        return f"{self.due_day(at).isoformat()} {hour}"

    def instant(self, at: datetime) -> str:
        """What happened, in full: `2025-10-10 09:20`."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def distance(self, at: datetime) -> str:
        """`超 11 小时`, `还有 1 小时 04 分`, `还有 4 天`. Hours below two days, days beyond."""
        seconds = int((at - self.now).total_seconds())
        if seconds < 0:
            return self._text("distance.over", span=self._span(-seconds))
        days = (self.due_day(at) - self.today()).days
        if days >= 1:
            return self._text("distance.left", span=self._text("distance.days", n=days))
        return self._text("distance.left", span=self._span(seconds))

    def day_heading(self, at: datetime) -> str:
        """The day on which something happened, with its weekday: `2025-10-10 周五`."""
        day = at.astimezone(self.zone).date()
        return f"{day.isoformat()} {self._text(f'day.weekday{day.weekday()}')}"

    def span(self, seconds: float) -> str:
        """A length of time."""
        return self._span(int(seconds))

    def day_line(self, is_workday: bool) -> str:
        """The header's line: date, weekday, and what the calendar makes of a day that differs from it."""
        day = self.today()
        weekend = day.weekday() >= 5
        note = ""
        if weekend and is_workday:
            note = self._text("day.makeup")
        elif not weekend and not is_workday:
            note = self._text("day.holiday")
        weekday = self._text(f"day.weekday{day.weekday()}")
        return self._text("day.line", year=day.year, month=day.month, day=day.day, weekday=weekday, note=note)

    def _span(self, seconds: int) -> str:
        if seconds < HOUR:
            return self._text("distance.minutes", n=seconds // MINUTE)
        if seconds < 10 * HOUR:
            hours, rest = divmod(seconds, HOUR)
            return self._text("distance.hours_minutes", h=hours, m=f"{rest // MINUTE:02d}")
        if seconds < CLOSE_HOURS * HOUR:
            return self._text("distance.hours", n=seconds // HOUR)
        return self._text("distance.days", n=seconds // (24 * HOUR))

    def _day(self, day: date) -> str:
        return f"{day:%m-%d}" if day.year == self.today().year else day.isoformat()

    def _text(self, key: str, /, **values: object) -> str:
        return text(key, self.language, **values)
