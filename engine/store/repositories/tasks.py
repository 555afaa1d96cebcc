"""Tasks and drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.org import Actor
from engine.records.task import TaskKind, TaskState, UserTask
from engine.records.views import InboxPage, InboxQuery
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.inbox import count_boxes, read_inbox
from engine.store.repositories.known import Known
from engine.store.repositories.locking import lock_row
from engine.store.rows import record_of
from engine.store.sealing import Sealer
from engine.store.tables.case import instance
from engine.store.tables.task import draft as drafts
from engine.store.tables.task import user_task


class Tasks:
    """Implements `TaskRepository`."""

    def __init__(self, connection: sa.Connection, known: Known, sealer: Sealer) -> None:
        self._connection = connection
        self._known = known
        self._sealer = sealer

    def get(self, task_id: str) -> UserTask | None:
        statement = sa.select(user_task).where(user_task.c.task_id == task_id)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(UserTask, row, user_task)

    def open_of(self, case_id: str, instance_id: str) -> tuple[UserTask, ...]:
        c = user_task.c
        rows = self._connection.execute(
            sa.select(user_task)
            .where(
                c.case_id == case_id, c.state == TaskState.OPEN, c.instance_id == instance_id
            )  # ix_user_task_of_case
            .order_by(c.opened_at, c.task_id)
        )
        return tuple(record_of(UserTask, row, user_task) for row in rows)

    def completed_of(self, case_id: str, instance_id: str) -> tuple[UserTask, ...]:
        c = user_task.c
        rows = self._connection.execute(
            sa.select(user_task)
            .where(c.case_id == case_id, c.state == TaskState.COMPLETED)  # ix_user_task_of_case
            .where(c.instance_id == instance_id, c.kind == TaskKind.STEP)
            .order_by(c.closed_at, c.task_id)
        )
        return tuple(record_of(UserTask, row, user_task) for row in rows)

    def drafted(self, task_ids: Sequence[str]) -> frozenset[str]:
        found = self._connection.scalars(sa.select(drafts.c.task_id).where(drafts.c.task_id.in_(task_ids)))
        return frozenset(found)

    def foresee_open(self, case_ids: Sequence[str]) -> None:
        found: dict[str, list[UserTask]] = {case_id: [] for case_id in case_ids}
        rows = self._connection.execute(
            sa.select(user_task)
            .where(user_task.c.case_id.in_(case_ids), user_task.c.state == TaskState.OPEN)  # ix_user_task_of_case
            .order_by(user_task.c.opened_at, user_task.c.task_id)
        )
        for row in rows:
            task = record_of(UserTask, row, user_task)
            found[task.case_id].append(task)
        self._known.open_tasks = {case_id: tuple(tasks) for case_id, tasks in found.items()}

    def open_of_case(self, case_id: str) -> tuple[UserTask, ...]:
        foreseen = self._known.open_tasks.get(case_id)
        if foreseen is not None:
            return foreseen
        rows = self._connection.execute(
            sa.select(user_task)
            .where(user_task.c.case_id == case_id, user_task.c.state == TaskState.OPEN)  # ix_user_task_of_case
            .order_by(user_task.c.opened_at, user_task.c.task_id)
        )
        return tuple(record_of(UserTask, row, user_task) for row in rows)

    def inbox(self, actor: Actor, query: InboxQuery, now: datetime) -> InboxPage:
        return read_inbox(self._connection, actor, query, now, PartyTokens(self._sealer))

    def box_counts(self, actor: Actor) -> Mapping[str, int]:
        return count_boxes(self._connection, actor)

    def assign(self, task_id: str, assignee: str | None, *, expected: str | None) -> bool:
        c = user_task.c
        owner = sa.select(c.instance_id).where(c.task_id == task_id).scalar_subquery()
        lock_row(self._connection, instance.c.instance_id == owner)
        done = self._connection.execute(
            sa.update(user_task)
            .where(c.task_id == task_id, c.state == TaskState.OPEN, c.assignee.is_not_distinct_from(expected))
            .values(assignee=assignee)
        )
        return done.rowcount == 1
