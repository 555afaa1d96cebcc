"""How many timers one transaction fires: as many as it can in a moment, so that people's steps get their turn."""

from __future__ import annotations

from typing import Final

MOST: Final = 50
"""Timers in one batch."""
HOLD_SECONDS: Final = 0.15
"""How long a batch may keep the database's only writer (SQLite) or its rows (PostgreSQL)."""


class Pace:
    """Learns from each batch how many the next may take. Belongs to one sweep."""

    def __init__(self, size: int = 10) -> None:
        self.size = size

    def learn(self, seconds: float, fired: int) -> None:
        """A batch fired so many, and held the database for so long."""
        if fired:
            self.size = max(1, min(MOST, int(HOLD_SECONDS * fired / max(seconds, 1e-6))))
