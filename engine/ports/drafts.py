"""What people typed and have not sent."""

from __future__ import annotations

from typing import Protocol

from engine.records.draft import StartDraft
from engine.records.task import Draft


class DraftRepository(Protocol):
    """What is typed about the parties is stored sealed only."""

    def of_task(self, task_id: str, person_id: str) -> Draft | None:
        """Raises WrongSealKey where the key at hand did not seal it."""
        ...

    def save(self, draft: Draft) -> None:
        """The last one counts."""
        ...

    def of_start(self, person_id: str, procedure: str) -> StartDraft | None:
        """Raises WrongSealKey where the key at hand did not seal it."""
        ...

    def save_start(self, draft: StartDraft) -> None: ...
    def drop_start(self, person_id: str, procedure: str) -> None: ...
