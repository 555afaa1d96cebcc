"""A report's period: whole days of the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.errors import InvalidState, Message

LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both whole."""

    first: date
    last: date

    def start(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.first, time(), zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), zone)


def checked_period(first: date, last: date) -> Period:
    """Raises InvalidState for one that ends before it begins, or is longer than five years."""
    if last < first or last - first > LONGEST:
        raise InvalidState(
            Message(
                f"统计期间 {first} 至 {last} 不对。结束日期不能早于开始日期，最长五年。",
                f"The period {first} to {last} is wrong: it must not end before it begins, nor exceed five years.",
            )
        )
    return Period(first, last)


def quarter_of(day: date) -> Period:
    """The calendar quarter that holds the day."""
    month = (day.month - 1) // 3 * 3 + 1
    first = date(day.year, month, 1)
    after = date(day.year + month // 10, (month + 2) % 12 + 1, 1)
    return Period(first, after - timedelta(days=1))
