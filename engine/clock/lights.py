"""The lights of a running duty: when each comes on, and which is on now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Dues
from engine.clock.moment import Moment, moment_at, parse_moment

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Lights:
    """When the lights come on: blue_at ≤ yellow_at ≤ red_at, none before the start; aware UTC."""

    blue_at: datetime
    yellow_at: datetime
    red_at: datetime


BLUE = parse_moment("share 0.5")
YELLOW = parse_moment("before 1 W")
YELLOW_OF_HOURS = parse_moment("share 0.75")
"""Hours have no working day before."""


def lights_of(
    kind: ClockKind,
    dues: Dues,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    *,
    blue: Moment | None = None,
    yellow: Moment | None = None,
) -> Lights:
    """When the lights come on; None: blue at half time, yellow at 00:00 of the working day before the due day.

    Red is the instant after due: a duty done at the very due instant is in time. A moment before the start is the
    start; one after red is red, and blue never follows yellow. Raises ImpossibleTime.
    """
    if yellow is None:
        yellow = YELLOW_OF_HOURS if kind is ClockKind.HOURS else YELLOW
    red_at = max(dues.legal_due, dues.started_at) + INSTANT
    yellow_at = min(max(moment_at(yellow, dues, None, calendar, zone), dues.started_at), red_at)
    blue_at = min(max(moment_at(blue or BLUE, dues, None, calendar, zone), dues.started_at), yellow_at)
    return Lights(blue_at=blue_at, yellow_at=yellow_at, red_at=red_at)


def light_at(
    now: datetime, *, blue_at: datetime | None, yellow_at: datetime | None, red_at: datetime | None
) -> str:
    """`red`, `yellow`, `blue` or `normal`; a light that has no instant never comes on."""
    for name, at in (("red", red_at), ("yellow", yellow_at), ("blue", blue_at)):
        if at is not None and now >= at:
            return name
    return "normal"
