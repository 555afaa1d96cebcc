"""How long a timer that failed waits for its next attempt."""

from __future__ import annotations

from datetime import timedelta

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))


def retry_after(attempts: int) -> timedelta:
    """The wait after a failure, `attempts` failures having gone before; the longest one repeats."""
    return BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
