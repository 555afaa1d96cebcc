"""Drafts of procedures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine.records.definition import DefinitionFile
from engine.records.studio import ProcedureDraft
from engine.store.rows import record_of, values_of
from engine.store.tables.studio import IS_LIVE, procedure_draft, procedure_draft_file

_D = procedure_draft.c
_F = procedure_draft_file.c


class Studio:
    """Implements `StudioRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, draft: ProcedureDraft, files: Sequence[DefinitionFile]) -> None:
        self._connection.execute(sa.insert(procedure_draft), values_of(draft))
        self._put(draft.draft_id, files)

    def get(self, draft_id: str) -> ProcedureDraft | None:
        return self._one(sa.select(procedure_draft).where(_D.draft_id == draft_id))

    def locked(self, draft_id: str) -> ProcedureDraft | None:
        # SQLite has the whole file locked already, and ignores what follows
        return self._one(sa.select(procedure_draft).where(_D.draft_id == draft_id).with_for_update())

    def of_definition(self, definition_id: str) -> ProcedureDraft | None:
        found = sa.select(procedure_draft).where(_D.definition_id == definition_id)
        return self._one(found.limit(1))  # ix_procedure_draft_of_definition

    def files(self, draft_id: str) -> Mapping[str, bytes]:
        rows = self._connection.execute(
            sa.select(_F.path, _F.content).where(_F.draft_id == draft_id).order_by(_F.path)
        )
        return {row.path: row.content for row in rows}

    def save(
        self, draft: ProcedureDraft, *, seen: int, put: Sequence[DefinitionFile] = (), drop: Sequence[str] = ()
    ) -> bool:
        stored = sa.update(procedure_draft).where(_D.draft_id == draft.draft_id, _D.revision == seen)
        if self._connection.execute(stored.values(values_of(draft))).rowcount != 1:
            return False
        paths = [*drop, *(file.path for file in put)]
        if paths:
            self._connection.execute(
                sa.delete(procedure_draft_file).where(_F.draft_id == draft.draft_id, _F.path.in_(paths))
            )
        self._put(draft.draft_id, put)
        return True

    def live(self, limit: int) -> tuple[ProcedureDraft, ...]:
        return self._listed(sa.select(procedure_draft).where(IS_LIVE), limit)  # ix_procedure_draft_live

    def of_key(self, key: str, limit: int) -> tuple[ProcedureDraft, ...]:
        return self._listed(sa.select(procedure_draft).where(_D.key == key), limit)  # ix_procedure_draft_of_key

    def _put(self, draft_id: str, files: Sequence[DefinitionFile]) -> None:
        if files:
            rows = [{"draft_id": draft_id, **values_of(file)} for file in files]
            self._connection.execute(sa.insert(procedure_draft_file), rows)

    def _one(self, statement: sa.Select[*tuple[object, ...]]) -> ProcedureDraft | None:
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(ProcedureDraft, row, procedure_draft)

    def _listed(self, statement: sa.Select[*tuple[object, ...]], limit: int) -> tuple[ProcedureDraft, ...]:
        rows = self._connection.execute(statement.order_by(_D.changed_at.desc(), _D.draft_id.desc()).limit(limit))
        return tuple(record_of(ProcedureDraft, row, procedure_draft) for row in rows)
