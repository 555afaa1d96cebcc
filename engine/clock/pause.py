"""Spans for which a clock stood. Pure.

A day is paused from the local day of the pause up to, and without, the local day of the resumption: the day on
which a clock is stopped is not counted, the day on which it goes on is. Stopped and resumed on one day: no day is
paused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Pause:
    """The clock stood from one aware instant until another; None: it stands still, and nothing is known to add."""

    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class Stood:
    """Ended pauses since a start, merged, oldest first: `spans` in UTC; `days` are local, each `[first, end)`."""

    spans: tuple[tuple[datetime, datetime], ...] = ()
    days: tuple[tuple[date, date], ...] = ()

    def on(self, day: date) -> bool:
        """Whether the day is paused."""
        return any(first <= day < end for first, end in self.days)

    @property
    def day_count(self) -> int:
        return sum((end - first).days for first, end in self.days)

    @property
    def time(self) -> timedelta:
        return sum((until - since for since, until in self.spans), timedelta())


NEVER = Stood()


def stood_since(started_at: datetime, pauses: Sequence[Pause], zone: ZoneInfo) -> Stood:
    """What of the pauses lies after the start. One that is still open adds nothing until it ends."""
    spans: list[tuple[datetime, datetime]] = []
    ended = [(p.from_at, p.until_at) for p in pauses if p.until_at is not None]
    for begun, resumed in sorted(ended):
        since, until = max(begun, started_at).astimezone(UTC), resumed.astimezone(UTC)
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        elif since < until:
            spans.append((since, until))
    days = ((since.astimezone(zone).date(), until.astimezone(zone).date()) for since, until in spans)
    return Stood(tuple(spans), tuple((first, end) for first, end in days if first < end))
