"""Deadlines outside a step: one of them, and those that the calendar moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from engine.ports.time import Around, SeenCase
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.records.time import Deadline, DeadlineState, Timer
from engine.store.repositories.searching import is_not_accused, may_see
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.task import user_task
from engine.store.tables.time import IS_ON_CALENDAR, IS_OPEN, IS_STALE, IS_WAITING, deadline, timer

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a stale timer is to be looked at: before anything else of its instance."""


class Deadlines:
    """Implements `DeadlineRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, deadline_id: str) -> Deadline | None:
        row = self._connection.execute(
            sa.select(deadline).where(deadline.c.deadline_id == deadline_id)
        ).one_or_none()
        return None if row is None else record_of(Deadline, row, deadline)

    def of_rules(self, case_id: str, instance_id: str, rules: Sequence[str]) -> tuple[Deadline, ...]:
        c = deadline.c
        rows = self._connection.execute(
            sa.select(deadline)
            .where(c.case_id == case_id, c.instance_id == instance_id, c.rule.in_(rules))  # ix_deadline_of_case
            .order_by(c.ended_at.is_not(None), c.ended_at.desc(), c.started_at.desc(), c.deadline_id)
        )
        return tuple(record_of(Deadline, row, deadline) for row in rows)

    def ended_since(self, case_id: str, instance_id: str, since: datetime) -> tuple[Deadline, ...]:
        c = deadline.c
        met = c.state.in_([DeadlineState.MET, DeadlineState.MET_LATE])
        rows = self._connection.execute(
            sa.select(deadline)
            .where(
                c.case_id == case_id, c.instance_id == instance_id, met, c.ended_at >= since
            )  # ix_deadline_of_case
            .order_by(c.ended_at, c.deadline_id)
        )
        return tuple(record_of(Deadline, row, deadline) for row in rows)

    def timers_of(self, case_id: str, deadline_ids: Sequence[str]) -> tuple[Timer, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(Timer, timer))
            .where(timer.c.case_id == case_id, timer.c.deadline_id.in_(deadline_ids))  # ix_timer_of_case
            .order_by(timer.c.due_at, timer.c.timer_id)
        )
        return tuple(record_of(Timer, row, timer) for row in rows)

    def around(self, span: Around) -> tuple[Deadline, ...]:
        rows = self._connection.execute(
            sa.select(deadline).where(_around(span)).order_by(deadline.c.legal_due, deadline.c.deadline_id)
        )
        return tuple(record_of(Deadline, row, deadline) for row in rows)

    def tasks_around(self, span: Around) -> tuple[UserTask, ...]:
        instances = sa.select(deadline.c.instance_id).where(_around(span))
        cases = sa.select(deadline.c.case_id).where(_around(span))
        rows = self._connection.execute(
            sa.select(*columns_of(UserTask, user_task))
            .where(user_task.c.case_id.in_(cases), user_task.c.state == TaskState.OPEN)  # ix_user_task_of_case
            .where(user_task.c.instance_id.in_(instances))
            .order_by(user_task.c.opened_at, user_task.c.task_id)
        )
        return tuple(record_of(UserTask, row, user_task) for row in rows)

    def cases_around(self, span: Around, reader: Actor) -> tuple[SeenCase, ...]:
        cases = sa.select(deadline.c.case_id).where(_around(span))
        visible, known = may_see(reader).label("is_visible"), is_not_accused(reader).label("is_known")
        rows = self._connection.execute(
            sa.select(*columns_of(CaseFile, case_file), visible, known).where(case_file.c.case_id.in_(cases))
        )
        return tuple(
            SeenCase(record_of(CaseFile, row, case_file), bool(row.is_visible), not row.is_known) for row in rows
        )

    def mark_stale(self, span: Around) -> None:
        self._connection.execute(sa.update(deadline).where(_around(span)).values(stale=True))
        stale = sa.select(deadline.c.deadline_id).where(IS_STALE)  # ix_deadline_stale
        look = {"stale": True, "next_at": _AT_ONCE}
        hanging = sa.and_(timer.c.deadline_id.in_(stale), IS_WAITING, timer.c.basis.is_not(None))
        self._connection.execute(sa.update(timer).where(hanging).values(look))  # ix_timer_of_deadline
        free = sa.and_(IS_ON_CALENDAR, timer.c.due_at >= span.since)
        self._connection.execute(sa.update(timer).where(free).values(look))  # ix_timer_on_calendar

    def stale_instances(self, limit: int, *, after: str = "") -> tuple[str, ...]:
        following = sa.select(_stale.c.instance_id).where(_stale.c.instance_id > after)
        return tuple(self._connection.scalars(following.order_by(_stale.c.instance_id).limit(limit)))

    def stale_count(self) -> int:
        return self._connection.scalar(sa.select(sa.func.count()).select_from(_stale)) or 0

    def stale_timers(self, instance_id: str) -> tuple[Timer, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(Timer, timer))
            .where(timer.c.instance_id == instance_id, IS_STALE, IS_ON_CALENDAR)  # ix_timer_stale
            .order_by(timer.c.due_at, timer.c.timer_id)
        )
        return tuple(record_of(Timer, row, timer) for row in rows)

    def freshen(self, instance_id: str) -> None:
        c = deadline.c
        self._connection.execute(
            sa.update(deadline).where(c.instance_id == instance_id, IS_STALE).values(stale=False)
        )
        self._connection.execute(
            sa.update(timer)
            .where(timer.c.instance_id == instance_id, IS_STALE)
            .values(stale=False, next_at=sa.func.coalesce(timer.c.retry_at, timer.c.due_at))
        )


_stale = sa.union(
    sa.select(deadline.c.instance_id).where(IS_STALE),  # ix_deadline_stale
    sa.select(timer.c.instance_id).where(IS_STALE),  # ix_timer_stale
).subquery("stale")


def _around(span: Around) -> sa.ColumnElement[bool]:
    """Of the open ones only (ix_deadline_open); what is overdue already counts while a timer still waits on it."""
    waits = sa.exists().where(
        timer.c.deadline_id == deadline.c.deadline_id, IS_WAITING, timer.c.due_at >= span.since
    )  # ix_timer_of_deadline
    return sa.and_(
        IS_OPEN,
        deadline.c.started_at < span.until,
        sa.or_(deadline.c.legal_due > span.since, waits.correlate(deadline)),
    )
