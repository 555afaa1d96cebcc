"""Drafts: plain values as they are, what is typed about parties sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.records.draft import StartDraft
from engine.records.task import Draft
from engine.store.rows import record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.task import draft as drafts
from engine.store.tables.task import start_draft
from engine.values import Data, dumps, loads


class Drafts:
    """Implements `DraftRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def of_task(self, task_id: str, person_id: str) -> Draft | None:
        statement = sa.select(drafts).where(drafts.c.task_id == task_id, drafts.c.person_id == person_id)
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        return record_of(Draft, row, drafts, party=self._opened(row.sealed, f"draft:{task_id}:{person_id}"))

    def save(self, draft: Draft) -> None:
        row = self._row(draft, f"draft:{draft.task_id}:{draft.person_id}")
        keep_newest = {"data": None, "saved_at": None, "base": None, "sealed": None}
        self._connection.execute(upsert(self._connection, drafts, ["task_id", "person_id"], keep_newest), row)

    def of_start(self, person_id: str, procedure: str) -> StartDraft | None:
        c = start_draft.c
        statement = sa.select(start_draft).where(c.person_id == person_id, c.procedure == procedure)
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        party = self._opened(row.sealed, f"start:{person_id}:{procedure}")
        return record_of(StartDraft, row, start_draft, party=party)

    def save_start(self, draft: StartDraft) -> None:
        row = self._row(draft, f"start:{draft.person_id}:{draft.procedure}")
        keep_newest = {"data": None, "saved_at": None, "sealed": None}
        statement = upsert(self._connection, start_draft, ["person_id", "procedure"], keep_newest)
        self._connection.execute(statement, row)

    def drop_start(self, person_id: str, procedure: str) -> None:
        c = start_draft.c
        self._connection.execute(sa.delete(start_draft).where(c.person_id == person_id, c.procedure == procedure))

    def _row(self, draft: Draft | StartDraft, owner: str) -> dict[str, Any]:
        row = values_of(draft)
        party: Mapping[str, Any] = row.pop("party")
        return {**row, "sealed": self._sealer.seal_text(dumps(dict(party)), owner=owner) if party else None}

    def _opened(self, sealed: bytes | None, owner: str) -> Data:
        if sealed is None:
            return {}
        opened: Data = loads(self._sealer.open_text(sealed, owner=owner))
        return opened
