"""The periodic duties of the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.time import DutyState
from engine.store.rows import record_of, upsert, values_of
from engine.store.tables.time import duty


class Duties:
    """Implements `DutyRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[DutyState, ...]:
        rows = self._connection.execute(sa.select(duty).order_by(duty.c.next_at, duty.c.duty_id))
        return tuple(record_of(DutyState, row, duty) for row in rows)

    def due(self, now: datetime, limit: int) -> tuple[DutyState, ...]:
        rows = self._connection.execute(
            sa.select(duty).where(duty.c.next_at <= now).order_by(duty.c.next_at).limit(limit)  # ix_duty_next
        )
        return tuple(record_of(DutyState, row, duty) for row in rows)

    def claim(self, duty_id: str, now: datetime) -> DutyState | None:
        row = self._connection.execute(
            sa.select(duty)
            .where(duty.c.duty_id == duty_id, duty.c.next_at <= now)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        return None if row is None else record_of(DutyState, row, duty)

    def save(self, states: Sequence[DutyState]) -> None:
        if states:
            changing = {c.name: None for c in duty.columns if c.name != "duty_id"}
            rows = [values_of(state) for state in states]
            self._connection.execute(upsert(self._connection, duty, ["duty_id"], changing), rows)

    def remove(self, duty_ids: Sequence[str]) -> None:
        if duty_ids:
            self._connection.execute(sa.delete(duty).where(duty.c.duty_id.in_(list(duty_ids))))
