"""Instants and spans as an office writes them: `2025-09-26 24:00`, `+1h30m`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.errors import Message

When: TypeAlias = datetime | timedelta
"""An aware instant, or a span counted from the instant before."""

INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?")
SPAN = re.compile(r"\+(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


class UnreadableInstant(ValueError):
    """A text that is no instant; `message` shows how to write one."""

    def __init__(self, text: object) -> None:
        self.message = Message(
            f"“{text}”不是时刻，请写成 2025-09-26 09:00（当日结束写 24:00）",
            f"“{text}” is no instant; write 2025-09-26 09:00 (24:00 for the end of the day)",
        )
        super().__init__(self.message.en)


def read_instant(text: object, zone: ZoneInfo) -> datetime:
    """Local text to an aware UTC instant. Raises UnreadableInstant."""
    match = INSTANT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise UnreadableInstant(text)
    day, hour, minute, second = match[1], int(match[2]), int(match[3]), int(match[4] or 0)
    try:
        if (hour, minute, second) == (24, 0, 0):
            local = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone)
        else:
            local = datetime.combine(date.fromisoformat(day), time(hour, minute, second), zone)
    except ValueError as error:
        raise UnreadableInstant(text) from error
    return local.astimezone(UTC)


def read_when(text: object, zone: ZoneInfo) -> When:
    """An instant, or `+1d2h30m`. Raises UnreadableInstant."""
    match = SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        return read_instant(text, zone)
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def show_instant(instant: datetime, zone: ZoneInfo, *, is_due: bool = False) -> str:
    """Local text to the minute, or to the second; a due at 00:00 reads 24:00 of the day before."""
    local = instant.astimezone(zone)
    if is_due and local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")
