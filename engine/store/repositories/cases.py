"""Case files, parties, and the register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.records.case import CaseFile, Party
from engine.records.org import Actor
from engine.records.task import TaskState
from engine.records.time import Deadline, DeadlineState
from engine.records.views import CasePage, CaseRow, CaseView
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.case_view import read_view
from engine.store.repositories.party_tokens import write_tokens
from engine.store.repositories.searching import facts_text, may_see, may_see_one, says
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.case import case_file, party
from engine.store.tables.task import user_task
from engine.store.tables.time import IS_OPEN, deadline

_CASE = columns_of(CaseFile, case_file)


class Cases:
    """Implements `CaseRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def add(self, case: CaseFile, parties: Sequence[Party], *, submission_key: str | None = None) -> None:
        row = {**values_of(case), "facts_text": facts_text(case.facts), "submission_key": submission_key}
        self._connection.execute(sa.insert(case_file), row)
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

    def register(
        self, actor: Actor, *, procedure: str | None, text: str, state: str | None, page: int, page_size: int
    ) -> CasePage:
        conditions = [may_see(actor), says(text)]
        if procedure:
            conditions.append(case_file.c.procedure == procedure)
        if state:
            conditions.append(case_file.c.state == state)
        newest = case_file.c.created_at.desc(), case_file.c.case_id  # ix_case_file_newest
        # only the ids are sorted and counted: whole rows are read for the page alone
        on_page = (
            sa.select(case_file.c.case_id, sa.func.count().over().label("total"))
            .where(*conditions)
            .order_by(*newest)
            .limit(page_size)
            .offset((max(page, 1) - 1) * page_size)
            .subquery()
        )
        found = self._connection.execute(
            sa.select(*_CASE, on_page.c.total)
            .join(on_page, on_page.c.case_id == case_file.c.case_id)
            .order_by(*newest)
        ).all()
        if found or page <= 1:
            total = found[0].total if found else 0
        else:  # beyond the last page no row tells the total
            counted = sa.select(sa.func.count()).select_from(case_file).where(*conditions)
            total = self._connection.scalar(counted) or 0
        cases = [record_of(CaseFile, row, case_file) for row in found]
        ids = [case.case_id for case in cases]
        steps = self._current_steps(ids)
        urgent = self._most_urgent(ids)
        rows = tuple(_row(case, urgent.get(case.case_id), tuple(steps.get(case.case_id, ()))) for case in cases)
        return CasePage(rows, total)

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

    def _current_steps(self, case_ids: Sequence[str]) -> dict[str, list[str]]:
        """Names of the open tasks, oldest first, by case."""
        by_case: dict[str, list[str]] = defaultdict(list)
        if case_ids:
            c = user_task.c
            rows = self._connection.execute(
                sa.select(c.case_id, c.name)
                .where(c.case_id.in_(case_ids), c.state == TaskState.OPEN)  # ix_user_task_of_case
                .order_by(c.opened_at, c.task_id)
            )
            for case_id, name in rows:
                by_case[case_id].append(name)
        return by_case

    def _most_urgent(self, case_ids: Sequence[str]) -> dict[str, Deadline]:
        """The running deadline that is due first, by case; a paused one where none runs."""
        if not case_ids:
            return {}
        rows = self._connection.execute(
            sa.select(deadline)
            .where(deadline.c.case_id.in_(case_ids), IS_OPEN)  # ix_deadline_of_case
            .order_by(deadline.c.state != DeadlineState.PAUSED, deadline.c.legal_due.desc(), deadline.c.deadline_id)
        )
        return {row.case_id: record_of(Deadline, row, deadline) for row in rows}


def _row(case: CaseFile, urgent: Deadline | None, steps: tuple[str, ...]) -> CaseRow:
    if urgent is None or urgent.state is DeadlineState.PAUSED:
        return CaseRow(case, None, None, None, None, steps, paused=urgent is not None)
    return CaseRow(
        case,
        due_at=urgent.legal_due,
        yellow_at=urgent.yellow_at,
        red_at=urgent.red_at,
        blue_at=urgent.blue_at,
        current_steps=steps,
    )
