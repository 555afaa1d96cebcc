"""How people are reached: preferences, feeds, absences."""

from __future__ import annotations

from typing import Protocol


class ReachRepository(Protocol):
    """What a person has chosen, and who stands in."""
