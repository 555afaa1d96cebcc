"""What registers and reports read, and imports that wait for their confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.records.org import Actor
from engine.records.report import ReceptionCount, RegisterImport, ScoreLine
from engine.values import Data


class ReportRepository(Protocol):
    def fingerprints(self, lines: Sequence[Data]) -> tuple[str, ...]:
        """A keyed hash of each line: equal lines have equal ones, nothing can be read from them. No statement."""
        ...

    def known_submissions(self, keys: Sequence[str]) -> dict[str, str]:
        """Numbers (else titles) of the cases that were started with these submission keys, by key."""
        ...

    def save_import(self, waiting: RegisterImport) -> None:
        """Sealed. Drops the owner's earlier ones, and anybody's that are older than a day."""
        ...

    def take_import(self, import_id: str, owner: str) -> RegisterImport | None:
        """Inside a writing transaction: the owner's import, which is then gone."""
        ...

    def receptions(
        self, actor: Actor, by: str, *, start: datetime, end: datetime, now: datetime, channel: str | None
    ) -> tuple[ReceptionCount, ...]:
        """Cases registered from `start` until before `end` by the offices of the actor (an auditor: of all).

        `by` is purpose, category, channel or unit. `late`: with a deadline that was missed, or is past due
        at `now`. Without confidential cases, and without those that accuse a unit of the actor.
        """
        ...

    def scores(
        self, actor: Actor, *, start: datetime, end: datetime, unit: str | None, limit: int
    ) -> tuple[ScoreLine, ...]:
        """Oldest first; none of a case that accuses a unit of the actor."""
        ...
