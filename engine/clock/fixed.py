"""A clock that is moved by hand, for tests, scenarios and the demo's past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Stands still until it is moved, and never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = _as_utc(start)

    def now(self) -> datetime:
        return self._now

    def advance(self, after: timedelta) -> datetime:
        """Moves on by `after` and returns the new instant. Raises ValueError for a negative span."""
        return self.move_to(self._now + after)

    def set_to(self, instant: datetime) -> None:
        """As somebody sets a machine's clock: back, too."""
        self._now = _as_utc(instant)

    def move_to(self, instant: datetime) -> datetime:
        """Moves to an aware instant and returns it in UTC. Raises ValueError if it lies in the past."""
        moved = _as_utc(instant)
        if moved < self._now:
            raise ValueError(
                f"the clock stands at {self._now.isoformat()} and does not go back to {moved.isoformat()}"
            )
        self._now = moved
        return moved


def _as_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("a clock is set to an aware instant")
    return instant.astimezone(UTC)
