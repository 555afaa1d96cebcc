"""The lights of a running duty: when each comes on, and which is on now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Dues, share_of, start_of

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Lights:
    """When the lights come on: blue_at ≤ yellow_at ≤ red_at, none before the start; aware UTC."""

    blue_at: datetime
    yellow_at: datetime
    red_at: datetime


def lights_of(kind: ClockKind, dues: Dues, calendar: WorkCalendar, zone: ZoneInfo) -> Lights:
    """Blue at half time, yellow at 00:00 of the working day before the due day, red in the instant after due.

    Hours have no working day before: yellow at three quarters. A duty done at the very due instant is in time.
    """
    if kind is ClockKind.HOURS:
        yellow_at = share_of(dues, 0.75)
    else:
        yellow_at = max(start_of(calendar.before(dues.due_on), zone), dues.started_at)
    red_at = max(dues.legal_due, dues.started_at) + INSTANT
    yellow_at = min(yellow_at, red_at)
    return Lights(
        blue_at=min(max(share_of(dues, 0.5), dues.started_at), yellow_at), yellow_at=yellow_at, red_at=red_at
    )


def light_at(
    now: datetime, *, blue_at: datetime | None, yellow_at: datetime | None, red_at: datetime | None
) -> str:
    """`red`, `yellow`, `blue` or `normal`; a light that has no instant never comes on."""
    for name, at in (("red", red_at), ("yellow", yellow_at), ("blue", blue_at)):
        if at is not None and now >= at:
            return name
    return "normal"
