"""Deadlines outside a step: one of them, those that the calendar moves, a person's own."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.time import Deadline
from engine.store.rows import record_of
from engine.store.tables.time import deadline


class Deadlines:
    """Implements `DeadlineRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, deadline_id: str) -> Deadline | None:
        row = self._connection.execute(
            sa.select(deadline).where(deadline.c.deadline_id == deadline_id)
        ).one_or_none()
        return None if row is None else record_of(Deadline, row, deadline)
