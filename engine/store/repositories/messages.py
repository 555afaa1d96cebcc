"""Messages between instances, delivered after the commit of the step that sent them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.records.step import OutgoingMessage
from engine.store.rows import columns_of, record_of
from engine.store.tables.exchange import IS_PENDING, outgoing_message

_MESSAGE = columns_of(OutgoingMessage, outgoing_message)


class Messages:
    """Implements `MessageRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def pending(self, limit: int) -> tuple[OutgoingMessage, ...]:
        rows = self._connection.execute(
            sa.select(*_MESSAGE)
            .where(IS_PENDING)  # ix_outgoing_message_pending
            .order_by(outgoing_message.c.seq)
            .limit(limit)
        )
        return tuple(record_of(OutgoingMessage, row, outgoing_message) for row in rows)

    def claim(self, message_id: str) -> OutgoingMessage | None:
        row = self._connection.execute(
            sa.select(*_MESSAGE)
            .where(outgoing_message.c.message_id == message_id, IS_PENDING)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        return None if row is None else record_of(OutgoingMessage, row, outgoing_message)

    def settle(self, message_id: str, state: str, at: datetime) -> None:
        statement = sa.update(outgoing_message).where(outgoing_message.c.message_id == message_id)
        self._connection.execute(statement.values(state=state, settled_at=at))
