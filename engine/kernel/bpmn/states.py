"""SpiffWorkflow's task states that occur in a run. There is no prediction, so none of MAYBE and LIKELY."""

from __future__ import annotations

from typing import Final

FUTURE: Final = 4
WAITING: Final = 8
READY: Final = 16
STARTED: Final = 32
COMPLETED: Final = 64
CANCELLED: Final = 256

LIVE: Final = WAITING | READY | STARTED
"""A task in one of these holds a token."""
