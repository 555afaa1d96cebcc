"""Who is there at an instant of a play, who stands in, and when the first one is back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.records.reach import Absence

_LONGEST_CHAIN: Final = 5
"""Stand-ins of stand-ins; more is a circle."""


@dataclass(frozen=True)
class Found:
    """`person_id` None: nobody is there before `back_at` (None: nobody could ever do it)."""

    person_id: str | None
    back_at: datetime | None = None


class Presence:
    """The absences of a play. An absence without a deputy is one with an empty `deputy_id`."""

    def __init__(self, absences: Sequence[Absence]) -> None:
        self._absences = tuple(absences)

    def first(self, person_ids: Sequence[str], at: datetime, procedure: str) -> Found:
        """The first of them who is there; else the first stand-in; else nobody, and when somebody is back."""
        for person_id in person_ids:
            if self._absence(person_id, at, procedure) is None:
                return Found(person_id)
        for person_id in person_ids:
            deputy = self._deputy(person_id, at, procedure)
            if deputy is not None:
                return Found(deputy)
        return Found(None, min(self._returns(person_ids, at, procedure), default=None))

    def _deputy(self, person_id: str, at: datetime, procedure: str) -> str | None:
        for _ in range(_LONGEST_CHAIN):
            absence = self._absence(person_id, at, procedure)
            if absence is None:
                return person_id
            if not absence.deputy_id:
                return None
            person_id = absence.deputy_id
        return None

    def _absence(self, person_id: str, at: datetime, procedure: str) -> Absence | None:
        return next(
            (
                absence
                for absence in self._absences
                if absence.person_id == person_id
                and absence.starts_at <= at < absence.ends_at
                and (not absence.procedures or procedure in absence.procedures)
            ),
            None,
        )

    def _returns(self, person_ids: Sequence[str], at: datetime, procedure: str) -> Iterator[datetime]:
        for person_id in person_ids:
            absence = self._absence(person_id, at, procedure)
            if absence is not None:
                yield absence.ends_at
