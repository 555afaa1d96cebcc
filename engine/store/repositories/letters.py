"""Deliveries that are given up or wait, for those who answer for them. Set by set, never one by one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.records.delivery import Delivery, DeliveryState, Letter
from engine.records.org import Actor
from engine.records.step import OutboxEntry
from engine.store.repositories.searching import may_know_of
from engine.store.rows import columns_of, record_of
from engine.store.tables.exchange import IS_DEAD, outbox
from engine.store.tables.exchange import delivery as deliveries
from engine.store.tables.org import person as persons

# the columns named as the tables' own: `state` and `entry_id` occur in both
_IS_DEAD = sa.text("delivery.state = 'dead'")
_IS_WAITING = sa.text("delivery.state = 'waiting'")


def read(
    connection: sa.Connection, state: DeliveryState, *, limit: int, offset: int, reader: Actor
) -> tuple[Letter, ...]:
    """One statement. Without what belongs to cases that accuse the reader's units."""
    addressed = deliveries.join(outbox).outerjoin(persons, persons.c.person_id == outbox.c.recipient)
    columns = *deliveries.c, *columns_of(OutboxEntry, outbox), persons.c.name.label("recipient_name")
    statement = sa.select(*columns).select_from(addressed).where(may_know_of(reader, outbox.c.case_id))
    if state is DeliveryState.DEAD:  # ix_delivery_dead
        statement = statement.where(_IS_DEAD).order_by(deliveries.c.settled_at.desc(), deliveries.c.entry_id)
    else:  # ix_delivery_due
        statement = statement.where(_IS_WAITING).order_by(deliveries.c.channel, deliveries.c.retry_at)
    return tuple(
        Letter(record_of(Delivery, row, deliveries), record_of(OutboxEntry, row, outbox), row.recipient_name or "")
        for row in connection.execute(statement.limit(limit).offset(offset))
    )


def count_dead(connection: sa.Connection, *, most: int, reader: Actor) -> int:
    """Counts no further than `most`. One statement."""
    found = sa.select(deliveries.c.entry_id).select_from(deliveries.join(outbox)).where(_IS_DEAD)
    counted = found.where(may_know_of(reader, outbox.c.case_id)).limit(most).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(counted)) or 0


def revive(
    connection: sa.Connection, now: datetime, *, entry_id: str | None, channel: str | None, reader: Actor
) -> int:
    """Dead ones wait again, as if never tried; the last error stays to be seen. One statement."""
    statement = sa.update(deliveries).where(IS_DEAD, _knows(reader))
    if entry_id is not None:
        statement = statement.where(deliveries.c.entry_id == entry_id, deliveries.c.channel == channel)
    again = {"state": DeliveryState.WAITING, "attempts": 0, "retry_at": now, "settled_at": None}
    return connection.execute(statement.values(**again)).rowcount


def discard(connection: sa.Connection, now: datetime, *, entry_id: str, channel: str, reader: Actor) -> bool:
    """One statement."""
    statement = sa.update(deliveries).where(IS_DEAD, _knows(reader), deliveries.c.entry_id == entry_id)
    statement = statement.where(deliveries.c.channel == channel)
    return connection.execute(statement.values(state=DeliveryState.DISCARDED, settled_at=now)).rowcount == 1


def _knows(reader: Actor) -> sa.ColumnElement[bool]:
    entry = sa.exists().where(outbox.c.entry_id == deliveries.c.entry_id, may_know_of(reader, outbox.c.case_id))
    return entry.correlate(deliveries)
