"""How people are reached: preferences, feeds, absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.records.org import Person


class ReachRepository(Protocol):
    """What a person has chosen, and who stands in."""

    def deputies(self, person_ids: Sequence[str], now: datetime) -> tuple[Person, ...]:
        """Who stands in at `now` for those of the persons who are away, and for those stand-ins who are away too.

        Active persons only, without password hashes, by user name. One statement.
        """
        ...
