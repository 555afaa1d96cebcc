"""Drafts of procedures, as the use cases see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.records.definition import DefinitionFile
from engine.records.studio import ProcedureDraft


class StudioRepository(Protocol):
    def add(self, draft: ProcedureDraft, files: Sequence[DefinitionFile]) -> None: ...
    def get(self, draft_id: str) -> ProcedureDraft | None: ...
    def locked(self, draft_id: str) -> ProcedureDraft | None:
        """Kept from other writers until the transaction ends."""
        ...

    def of_definition(self, definition_id: str) -> ProcedureDraft | None:
        """The draft that became a version, None where it was deployed without one. One statement."""
        ...

    def files(self, draft_id: str) -> Mapping[str, bytes]:
        """By path, in the order of their paths."""
        ...

    def save(
        self, draft: ProcedureDraft, *, seen: int, put: Sequence[DefinitionFile] = (), drop: Sequence[str] = ()
    ) -> bool:
        """Writes all columns and these files where the stored revision is still `seen`; False where it is not."""
        ...

    def live(self, limit: int) -> tuple[ProcedureDraft, ...]:
        """In editing or review, the last changed first. One statement."""
        ...

    def of_key(self, key: str, limit: int) -> tuple[ProcedureDraft, ...]:
        """Of a procedure, whatever their state, the last changed first. One statement."""
        ...
