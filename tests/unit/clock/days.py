"""Writes instants the way the worked examples do: local, with 24:00 for the end of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from engine.clock.calendar import WorkCalendar
from engine.deadlines.announced import announced_days, calendar_from

ZONE = ZoneInfo("Asia/Shanghai")


@cache
def announced() -> WorkCalendar:
    """The calendar as announced: 2004 to 2026."""
    days, years = announced_days()
    return calendar_from(days, years, 1)


def at(text: str) -> datetime:
    """`2025-09-26 09:00` or `2025-09-26 24:00`, local, as an aware UTC instant."""
    day, clock = text.split(" ")
    if clock == "24:00":
        local = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZONE)
    else:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), ZONE)
    return local.astimezone(UTC)
