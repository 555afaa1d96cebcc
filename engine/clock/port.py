"""The one source of the present moment, injected everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment."""

    def now(self) -> datetime:
        """Aware, in UTC, to the microsecond."""
        ...
