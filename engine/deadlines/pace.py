"""How many timers one transaction fires: as many as it can in a moment, so that people's steps get their turn."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from typing import Final

from engine.clock.elapsed import elapsed

MOST: Final = 50
"""Timers in one batch."""
HOLD_SECONDS: Final = 0.15
"""How long a batch may keep the database's only writer (SQLite) or its rows (PostgreSQL)."""


class Pace:
    """Learns from each batch how many the next may take. Belongs to one sweep."""

    def __init__(self, size: int = 10) -> None:
        self.size = size

    @contextmanager
    def measuring(self, fired: Sized) -> Iterator[None]:
        """Around one batch that went through; `fired` are those that it fired."""
        begun = elapsed()
        yield
        if fired:
            each = (elapsed() - begun) / len(fired)
            self.size = max(1, min(MOST, int(HOLD_SECONDS / each)))
