"""What the public page reads and writes: its few dates, evaluations, attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.records.public import PublicMatter
from engine.records.step import OutgoingMessage
from engine.records.work import Evaluation


class PublicRepository(Protocol):
    def count_attempts(self, values: Sequence[str], window: datetime, forget_before: datetime) -> tuple[int, ...]:
        """Counts one more attempt for each value in this window; how many there are now, in the order given.

        Values are kept as keyed hashes. Windows from before `forget_before` are dropped. Two statements.
        """
        ...

    def matter(self, query_code: str) -> PublicMatter | None:
        """Always the same statements, also where there is no such code."""
        ...

    def matter_of(self, case_id: str) -> PublicMatter | None:
        """As `matter`, by the case."""
        ...

    def evaluations(self, case_id: str) -> tuple[Evaluation, ...]:
        """The first first."""
        ...

    def add_evaluation(self, evaluation: Evaluation) -> bool:
        """False where the subject has been evaluated already; what was given stays."""
        ...

    def instance_of(self, case_id: str) -> str | None:
        """The case's first instance."""
        ...

    def add_message(self, message: OutgoingMessage) -> None:
        """To be delivered as if a step had sent it."""
        ...
