"""How many timers one transaction fires: as many as it can in a moment, so that people's steps get their turn."""

from __future__ import annotations

from time import perf_counter
from typing import Final

MOST: Final = 50
"""Timers in one batch."""
HOLD_SECONDS: Final = 0.15
"""How long a batch may keep the database's only writer (SQLite) or its rows (PostgreSQL)."""


class Pace:
    """Learns from each batch how many the next may take. Belongs to one sweep."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self._begun = perf_counter()

    def begin(self) -> None:
        """A batch begins."""
        self._begun = perf_counter()

    def end(self, fired: int) -> None:
        """It ends, having fired this many."""
        if fired:
            each = (perf_counter() - self._begun) / fired
            self.size = max(1, min(MOST, int(HOLD_SECONDS / each)))
