"""Case files, parties, and the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.records.case import CaseFile, Party
from engine.records.org import Actor
from engine.records.views import CasePage, CaseView, RegisterQuery
from engine.store.case_words import doc_row, insert_doc
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.case_view import read_view
from engine.store.repositories.party_tokens import write_tokens
from engine.store.repositories.register import read_register
from engine.store.repositories.searching import facts_text, may_see_one
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.case import case_file, party

_CASE = columns_of(CaseFile, case_file)


class Cases:
    """Implements `CaseRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def add(self, case: CaseFile, parties: Sequence[Party], *, submission_key: str | None = None) -> None:
        row = {**values_of(case), "facts_text": facts_text(case.facts), "submission_key": submission_key}
        self._connection.execute(sa.insert(case_file), row)
        words = doc_row(self._connection, case.case_id, case.number, case.title, row["facts_text"])
        self._connection.execute(insert_doc(self._connection), words)
        self.add_parties(parties)

    def add_parties(self, parties: Sequence[Party]) -> None:
        if parties:
            change = {"case_id": None, "is_primary": None, "sealed": None}
            statement = upsert(self._connection, party, ["party_id"], change)
            self._connection.execute(statement, [self._sealed(p) for p in parties])
            write_tokens(self._connection, PartyTokens(self._sealer), parties)

    def get(self, case_id: str) -> CaseFile | None:
        return self._one(case_file.c.case_id == case_id)

    def by_number(self, number: str) -> CaseFile | None:
        return self._one(case_file.c.number == number)  # unique index

    def by_submission_key(self, submission_key: str) -> CaseFile | None:
        return self._one(case_file.c.submission_key == submission_key)  # unique index

    def parties(self, case_id: str) -> tuple[Party, ...]:
        """The primary one first. Raises WrongSealKey where the key at hand did not seal them."""
        rows = self._connection.execute(
            sa.select(party)
            .where(party.c.case_id == case_id)  # ix_party_of_case
            .order_by(party.c.is_primary.desc(), party.c.party_id)
        )
        return tuple(
            self._sealer.open(r.sealed, party_id=r.party_id, case_id=r.case_id, is_primary=r.is_primary)
            for r in rows
        )

    def view(self, case_id: str) -> CaseView | None:
        case = self.get(case_id)
        return None if case is None else read_view(self._connection, case)

    def may_see(self, actor: Actor, case_id: str) -> bool:
        visible = sa.select(sa.literal(1)).select_from(case_file)
        statement = visible.where(case_file.c.case_id == case_id, may_see_one(actor))
        return self._connection.execute(statement).first() is not None

    def register(self, actor: Actor, query: RegisterQuery, now: datetime) -> CasePage:
        return read_register(self._connection, actor, query, now, PartyTokens(self._sealer))

    def _one(self, condition: sa.ColumnElement[bool]) -> CaseFile | None:
        row = self._connection.execute(sa.select(*_CASE).where(condition)).one_or_none()
        return None if row is None else record_of(CaseFile, row, case_file)

    def _sealed(self, record: Party) -> dict[str, Any]:
        return {
            "party_id": record.party_id,
            "case_id": record.case_id,
            "is_primary": record.is_primary,
            "sealed": self._sealer.seal(record),
        }
