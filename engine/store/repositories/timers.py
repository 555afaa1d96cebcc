"""The timer ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.ports.locked import DueTimer
from engine.records.org import Actor
from engine.records.time import Timer, TimerState
from engine.store.repositories.known import Known
from engine.store.repositories.locking import lock_due
from engine.store.repositories.searching import may_know_of
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import instance
from engine.store.tables.time import IS_WAITING, timer

_IS_FRESH = ~timer.c.stale

_TIMER = columns_of(Timer, timer)


class Timers:
    """Implements `TimerRepository`."""

    def __init__(self, connection: sa.Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def of_deadlines(self, deadline_ids: Sequence[str]) -> tuple[Timer, ...]:
        pending = timer.c.state.in_((TimerState.WAITING, TimerState.HELD))
        return self._several(
            sa.select(*_TIMER)
            .where(timer.c.deadline_id.in_(deadline_ids), pending)  # ix_timer_of_deadline
            .order_by(timer.c.due_at, timer.c.timer_id)
        )

    def due_of_instance(self, instance_id: str, now: datetime) -> tuple[Timer, ...]:
        return self._several(
            sa.select(*_TIMER)
            .where(timer.c.instance_id == instance_id, IS_WAITING)  # ix_timer_of_instance
            .where(sa.or_(timer.c.due_at <= now, timer.c.stale))
            .order_by(timer.c.due_at, timer.c.timer_id)
        )

    def due(self, now: datetime, limit: int, *, reader: Actor | None = None) -> tuple[Timer, ...]:
        return self._several(
            sa.select(*_TIMER)
            .where(
                timer.c.next_at <= now, IS_WAITING, _IS_FRESH, may_know_of(reader, timer.c.case_id)
            )  # ix_timer_next
            .order_by(timer.c.next_at, timer.c.due_at)
            .limit(limit)
        )

    def claim_due(self, now: datetime, limit: int) -> tuple[DueTimer, ...]:
        claimed, calendar_version, tables_revision = lock_due(self._connection, now, limit)
        if claimed:
            self._known.calendar_version, self._known.tables_revision = calendar_version, tables_revision
        return claimed

    def claim(self, timer_id: str, *, wait: bool = False) -> Timer | None:
        # the instance first, as in a step; SKIP LOCKED: who is in the middle of it will be asked again later
        row = self._connection.execute(
            sa.select(*_TIMER)
            .select_from(timer.join(instance, instance.c.instance_id == timer.c.instance_id))
            .where(timer.c.timer_id == timer_id, timer.c.state == TimerState.WAITING, _IS_FRESH)
            .with_for_update(skip_locked=not wait, key_share=True, of=[instance, timer])
        ).one_or_none()
        return None if row is None else record_of(Timer, row, timer)

    def fail(self, timer_id: str, *, attempts: int, retry_at: datetime) -> None:
        self._connection.execute(
            sa.update(timer)
            .where(timer.c.timer_id == timer_id, timer.c.state == TimerState.WAITING)
            .values(attempts=attempts, retry_at=retry_at, next_at=retry_at)
        )

    def next_due_at(self, *, reader: Actor | None = None) -> datetime | None:
        # ix_timer_next
        first = sa.select(timer.c.next_at).where(IS_WAITING, _IS_FRESH, may_know_of(reader, timer.c.case_id))
        at: datetime | None = self._connection.scalar(first.order_by(timer.c.next_at).limit(1))
        return at

    def list(self, *, state: str | None, limit: int, reader: Actor | None = None) -> tuple[Timer, ...]:
        """Waiting ones: the next first; others, and all where `state` is None: the latest first."""
        statement = sa.select(*_TIMER).where(may_know_of(reader, timer.c.case_id)).limit(limit)
        if state == TimerState.WAITING.value:
            return self._several(
                statement.where(IS_WAITING).order_by(timer.c.next_at, timer.c.due_at)
            )  # ix_timer_next
        if state is not None:
            statement = statement.where(timer.c.state == TimerState(state))
        # ix_timer_ledger
        return self._several(statement.order_by(timer.c.due_at.desc(), timer.c.timer_id))

    def _several(self, statement: sa.Select[tuple[object, ...]]) -> tuple[Timer, ...]:
        return tuple(record_of(Timer, row, timer) for row in self._connection.execute(statement))
