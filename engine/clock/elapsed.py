"""How long something took: a clock that nobody sets."""

from __future__ import annotations

import time

_SOURCE = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds since some instant; goes on while the machine sleeps, where the system can say so."""
    return time.clock_gettime(_SOURCE)
