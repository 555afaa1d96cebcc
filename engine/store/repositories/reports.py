"""What registers and reports read, and imports that wait for their confirmation."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.errors import InvalidState, Message
from engine.records.org import Actor
from engine.records.report import ReceptionCount, RegisterImport, ScoreLine
from engine.records.time import DeadlineState
from engine.store.repositories.searching import is_not_accused
from engine.store.sealing import Sealer
from engine.store.tables.case import case_file
from engine.store.tables.journal import score_event
from engine.store.tables.time import deadline
from engine.store.tables.work import register_import
from engine.values import Data, dumps, loads

PURPOSE = "register imports"
KEPT = timedelta(days=1)
DIMENSIONS = ("purpose", "category", "channel", "unit")


class Reports:
    """Implements `ReportRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def fingerprints(self, lines: Sequence[Data]) -> tuple[str, ...]:
        key = self._sealer.derived_key(PURPOSE)
        texts = (dumps({name: line[name] for name in sorted(line)}) for line in lines)
        return tuple(hmac.digest(key, text.encode(), "sha256").hex()[:40] for text in texts)

    def known_submissions(self, keys: Sequence[str]) -> dict[str, str]:
        c = case_file.c  # unique index on submission_key
        rows = self._connection.execute(
            sa.select(c.submission_key, c.number, c.title).where(c.submission_key.in_(list(keys)))
        )
        return {row.submission_key: row.number or row.title for row in rows}

    def save_import(self, waiting: RegisterImport) -> None:
        c = register_import.c  # ix_register_import_of_owner, ix_register_import_old
        outdated = sa.or_(c.owner == waiting.owner, c.at < waiting.at - KEPT)
        self._connection.execute(sa.delete(register_import).where(outdated))
        lines = dumps([dict(line) for line in waiting.lines])
        row = {
            "import_id": waiting.import_id,
            "owner": waiting.owner,
            "procedure": waiting.procedure,
            "name": waiting.name,
            "lines": len(waiting.lines),
            "at": waiting.at,
            "sealed": self._sealer.seal_text(lines, owner=waiting.import_id),
        }
        self._connection.execute(sa.insert(register_import), row)

    def take_import(self, import_id: str, owner: str) -> RegisterImport | None:
        mine = sa.and_(register_import.c.import_id == import_id, register_import.c.owner == owner)
        row = self._connection.execute(sa.select(register_import).where(mine).with_for_update()).one_or_none()
        if row is None:
            return None
        self._connection.execute(sa.delete(register_import).where(mine))
        lines = loads(self._sealer.open_text(row.sealed, owner=import_id))
        return RegisterImport(import_id, owner, row.procedure, row.name, row.at, lines)

    def receptions(
        self, actor: Actor, by: str, *, start: datetime, end: datetime, now: datetime, channel: str | None
    ) -> tuple[ReceptionCount, ...]:
        if by not in DIMENSIONS:
            raise InvalidState(Message(f"不能按“{by}”统计。", f"Nothing is counted by “{by}”."))
        c = case_file.c
        kept = [c.created_at >= start, c.created_at < end, ~c.confidential, is_not_accused(actor)]
        if not actor.holds("auditor"):
            kept.append(c.unit.in_(sorted(actor.units)))  # ix_case_file_of_unit, ix_case_file_newest
        if channel is not None:
            kept.append(c.channel == channel)
        overdue = sa.exists().where(
            deadline.c.case_id == c.case_id,  # ix_deadline_of_case
            sa.or_(
                deadline.c.state == DeadlineState.MET_LATE,
                sa.and_(deadline.c.state == DeadlineState.RUNNING, deadline.c.legal_due < now),
            ),
        )
        key = c[by]
        rows = self._connection.execute(
            sa.select(
                key.label("key"),
                sa.func.count().label("cases"),
                sa.func.coalesce(sa.func.sum(c.persons_count), 0).label("persons"),
                sa.func.sum(sa.case((c.closed_at.is_not(None), 1), else_=0)).label("closed"),
                sa.func.sum(sa.case((overdue, 1), else_=0)).label("late"),
            )
            .where(*kept)
            .group_by(key)
            .order_by(key)
        )
        return tuple(ReceptionCount(r.key, r.cases, int(r.persons), int(r.closed), int(r.late)) for r in rows)

    def scores(
        self, actor: Actor, *, start: datetime, end: datetime, unit: str | None, limit: int
    ) -> tuple[ScoreLine, ...]:
        c = score_event.c
        conditions = [c.at >= start, c.at < end, is_not_accused(actor)]  # ix_score_event_newest
        if unit is not None:
            conditions.append(c.unit == unit)  # ix_score_event_of_unit
        rows = self._connection.execute(
            sa.select(c.at, c.unit, c.code, c.points, c.reason, c.case_id, case_file.c.number)
            .select_from(score_event.join(case_file))
            .where(*conditions)
            .order_by(c.at, c.event_id)
            .limit(limit)
        )
        return tuple(ScoreLine(r.at, r.unit, r.code, r.points, r.reason, r.case_id, r.number) for r in rows)
