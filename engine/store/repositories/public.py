"""What the public page reads and writes: its few dates, evaluations, attempts."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.case import CaseFile
from engine.records.public import PublicMatter
from engine.records.step import OutgoingMessage, Paper
from engine.records.task import TaskState
from engine.records.work import Evaluation
from engine.store.rows import AnyRow, columns_of, record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.case import case_file, instance, party
from engine.store.tables.exchange import outgoing_message
from engine.store.tables.exchange import paper as papers
from engine.store.tables.journal import audit_entry
from engine.store.tables.org import unit
from engine.store.tables.task import user_task
from engine.store.tables.work import evaluation, query_attempt

PURPOSE = "public query attempts"
_NOT_ISSUED = ("void", "drafted", "signed")


class Public:
    """Implements `PublicRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def count_attempts(self, values: Sequence[str], window: datetime, forget_before: datetime) -> tuple[int, ...]:
        key = self._sealer.derived_key(PURPOSE)
        buckets = [hmac.digest(key, value.encode("utf-8", "replace"), "sha256").hex()[:32] for value in values]
        c = query_attempt.c
        once_more = upsert(
            self._connection, query_attempt, ["bucket", "window_start"], {"attempts": c.attempts + 1}
        ).values([{"bucket": b, "window_start": window, "attempts": 1} for b in sorted(set(buckets))])
        counted = {
            r.bucket: r.attempts for r in self._connection.execute(once_more.returning(c.bucket, c.attempts))
        }
        self._connection.execute(sa.delete(query_attempt).where(c.window_start < forget_before))
        return tuple(counted[bucket] for bucket in buckets)

    def matter(self, query_code: str) -> PublicMatter | None:
        return self._matter(case_file.c.query_code == query_code)

    def matter_of(self, case_id: str) -> PublicMatter | None:
        return self._matter(case_file.c.case_id == case_id)

    def _matter(self, which: sa.ColumnElement[bool]) -> PublicMatter | None:
        row = self._connection.execute(sa.select(*columns_of(CaseFile, case_file)).where(which)).one_or_none()
        case = None if row is None else record_of(CaseFile, row, case_file)
        # nobody's id asks for nothing, by the same statements
        case_id = "" if case is None else case.case_id
        sealed = self._connection.execute(
            sa.select(party).where(party.c.case_id == case_id).order_by(party.c.is_primary.desc(), party.c.party_id)
        ).all()
        issued = self._papers(case_id)
        registered_at = self._connection.scalar(
            sa.select(sa.func.min(audit_entry.c.at)).where(
                audit_entry.c.case_id == case_id, audit_entry.c.event == "CaseRegistered"
            )
        )
        path = self._path(case_id)
        given = self.evaluations(case_id)
        units = {r.code: r.name for r in self._connection.execute(sa.select(unit.c.code, unit.c.name))}
        if case is None:
            return None
        parties = tuple(
            self._sealer.open(r.sealed, party_id=r.party_id, case_id=case_id, is_primary=r.is_primary)
            for r in sealed
        )
        return PublicMatter(case, registered_at, path, issued, given, units, parties)

    def evaluations(self, case_id: str) -> tuple[Evaluation, ...]:
        rows = self._connection.execute(
            sa.select(evaluation).where(evaluation.c.case_id == case_id).order_by(evaluation.c.subject)
        )
        return tuple(record_of(Evaluation, row, evaluation) for row in rows)

    def add_evaluation(self, given: Evaluation) -> bool:
        statement = upsert(self._connection, evaluation, ["case_id", "subject"], None)
        made = self._connection.execute(statement.returning(evaluation.c.case_id), values_of(given))
        return made.one_or_none() is not None

    def instance_of(self, case_id: str) -> str | None:
        c = instance.c
        return self._connection.scalar(
            sa.select(c.instance_id).where(c.case_id == case_id).order_by(c.started_at, c.instance_id).limit(1)
        )

    def add_message(self, message: OutgoingMessage) -> None:
        self._connection.execute(sa.insert(outgoing_message), values_of(message))

    def _papers(self, case_id: str) -> tuple[Paper, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(Paper, papers))
            .where(papers.c.case_id == case_id, papers.c.state.not_in(_NOT_ISSUED))  # ix_paper_of_case
            .order_by(papers.c.issued_at, papers.c.paper_id)
        )
        return tuple(record_of(Paper, row, papers) for row in rows)

    def _path(self, case_id: str) -> str:
        c = user_task.c
        rows: Sequence[AnyRow] = self._connection.execute(
            sa.select(c.result)
            .where(c.case_id == case_id, c.state == TaskState.COMPLETED)  # ix_user_task_of_case
            .order_by(c.closed_at)
        ).all()
        named = (str(row.result["legal_path"]) for row in rows if row.result and row.result.get("legal_path"))
        return next(reversed(tuple(named)), "")
