"""Quiet hours: what is not urgent waits until they end. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.records.reach import Preference

URGENT = "urgent"
"""The level of on-site duties. It knows neither quiet hours nor muted channels."""


def quiet_until(preference: Preference, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that hold at `now` end, None where none do. They begin at their first minute, and the
    last one is quiet no more. An end that is not after the beginning is the next day's.
    """
    begins, ends = preference.quiet_from, preference.quiet_until
    if begins is None or ends is None or begins == ends:
        return None
    local = now.astimezone(zone)
    today, clock = local.date(), local.time()
    if begins < ends:
        end_day = today if begins <= clock < ends else None
    elif clock >= begins:
        end_day = today + timedelta(days=1)
    else:
        end_day = today if clock < ends else None
    return None if end_day is None else _after(now, datetime.combine(end_day, ends, zone))


def send_at(preference: Preference, level: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When a notification of that level may go out: now, or when the quiet hours end."""
    return now if level == URGENT else quiet_until(preference, now, zone) or now


def wants(preference: Preference, level: str, channel: str) -> bool:
    """Whether the person wants notifications of that level through the channel."""
    return level == URGENT or channel not in preference.muted


def _after(now: datetime, end: datetime) -> datetime:
    """The end as an instant. Where clocks are set back across it, it may lie behind: then it is over."""
    return max(now, end)
