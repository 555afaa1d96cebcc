"""Papers and their templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.records.case import Party
from engine.records.paper import PaperTemplate
from engine.records.step import Paper


class PapersRepository(Protocol):
    def get(self, paper_id: str) -> Paper | None: ...
    def newest(self, case_id: str, kind: str) -> Paper | None:
        """The newest paper of that kind in the case that is not void and no draft. One statement."""
        ...

    def of_case(self, case_id: str) -> tuple[Paper, ...]:
        """Oldest first."""
        ...

    def add(self, paper: Paper) -> None:
        """As a step writes one: with the petitioner as the case's parties have it now, sealed."""
        ...

    def change(self, paper: Paper, *, expected: str) -> None:
        """Writes what may change about a paper. Raises Conflict where its state is no longer `expected`."""
        ...

    def addressee(self, paper_id: str) -> Party | None:
        """The petitioner as the seal had it when the paper was made. Raises WrongSealKey."""
        ...

    def file(self, paper_id: str) -> bytes | None:
        """The Word file, None where it has not been made yet. Raises WrongSealKey."""
        ...

    def keep_file(self, paper_id: str, content: bytes) -> bytes:
        """Keeps the Word file, sealed, unless there is one already; returns the one that is kept."""
        ...

    def newest_template(self, kind: str) -> PaperTemplate | None: ...
    def newest_templates(self) -> Mapping[str, PaperTemplate]:
        """By kind."""
        ...

    def templates(self, kind: str) -> tuple[PaperTemplate, ...]:
        """All versions, the newest first."""
        ...

    def template(self, template_id: str) -> tuple[PaperTemplate, bytes] | None: ...
    def add_template(self, template: PaperTemplate, content: bytes) -> None:
        """Raises Conflict where the version exists already."""
        ...
