"""Instances: locking them, and saving a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine.errors import Conflict, Message
from engine.ports.locked import LockedTask
from engine.records.case import CaseFile, Instance
from engine.records.step import MessageSubscription, PathEntry, StepBatch
from engine.records.time import Deadline
from engine.store.repositories.calendar import version_of_calendar
from engine.store.repositories.known import Known
from engine.store.repositories.locking import lock_by_task, lock_instance
from engine.store.repositories.step_writer import write_steps
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import instance
from engine.store.tables.exchange import message_subscription
from engine.store.tables.journal import path_entry
from engine.store.tables.time import IS_OPEN, deadline


class Instances:
    """Implements `InstanceRepository`."""

    def __init__(self, connection: sa.Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def lock(self, instance_id: str) -> tuple[Instance, CaseFile] | None:
        found = lock_instance(self._connection, instance_id)
        if found is None:
            return None
        self._known.halts[instance_id] = found[2]
        return found[0], found[1]

    def lock_by_task(self, task_id: str) -> LockedTask | None:
        found = lock_by_task(self._connection, task_id)
        if found is None:
            return None
        locked, self._known.calendar_version, self._known.tables_revision = found
        return locked

    def get(self, instance_id: str) -> Instance | None:
        statement = sa.select(instance).where(instance.c.instance_id == instance_id)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(Instance, row, instance)

    def path_of(self, instance_id: str) -> tuple[PathEntry, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(PathEntry, path_entry))
            .where(path_entry.c.instance_id == instance_id)  # ix_path_entry_of_instance
            .order_by(path_entry.c.seq)
        )
        return tuple(record_of(PathEntry, row, path_entry) for row in rows)

    def save_step(self, batch: StepBatch) -> None:
        self.save_steps((batch,))

    def save_steps(self, batches: Sequence[StepBatch]) -> None:
        self._known.open_tasks.clear()
        write_steps(self._connection, batches)
        if any(batch.is_new for batch in batches):
            self._check_calendar()

    def _check_calendar(self) -> None:
        """A start locks no instance, so on PostgreSQL the calendar may change between its counting and its writing.

        Once the new instance is written it cannot change any more before the commit (`Calendar.hold`).
        """
        counted_on = self._known.calendar_version
        if counted_on is None or self._connection.dialect.name == "sqlite":
            return
        if self._connection.scalar(sa.select(version_of_calendar())) != counted_on:
            raise Conflict(
                Message(
                    "工作日历刚刚有变动，本次登记没有保存。请再提交一次。",
                    "The working calendar has just changed; nothing was saved. Submit it once more.",
                )
            )

    def open_deadlines(self, instance_id: str) -> tuple[Deadline, ...]:
        rows = self._connection.execute(
            sa.select(deadline)
            .where(deadline.c.instance_id == instance_id, IS_OPEN)  # ix_deadline_running
            .order_by(deadline.c.legal_due, deadline.c.deadline_id)
        )
        return tuple(record_of(Deadline, row, deadline) for row in rows)

    def open_deadlines_of(self, instance_ids: Sequence[str]) -> Mapping[str, tuple[Deadline, ...]]:
        rows = self._connection.execute(
            sa.select(deadline)
            .where(deadline.c.instance_id.in_(instance_ids), IS_OPEN)  # ix_deadline_running
            .order_by(deadline.c.instance_id, deadline.c.legal_due, deadline.c.deadline_id)
        )
        found: dict[str, tuple[Deadline, ...]] = {}
        for row in rows:
            each = record_of(Deadline, row, deadline)
            found[each.instance_id] = (*found.get(each.instance_id, ()), each)
        return found

    def subscriptions(self, message: str, key: str | None) -> tuple[MessageSubscription, ...]:
        """Those that wait for this key or for any; with no key, those that wait for any."""
        c = message_subscription.c
        fits = c.key.is_(None) if key is None else sa.or_(c.key == key, c.key.is_(None))
        rows = self._connection.execute(
            sa.select(message_subscription)
            .where(c.message == message, fits)  # ix_message_subscription_awaited
            .order_by(c.task_id)
        )
        return tuple(record_of(MessageSubscription, row, message_subscription) for row in rows)
