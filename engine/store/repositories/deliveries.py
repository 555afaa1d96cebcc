"""Notifications on their way through the channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.delivery import ClaimedDelivery, Delivery, DeliveryState
from engine.records.org import Person
from engine.records.step import OutboxEntry
from engine.store.rows import AnyRow, columns_of, record_of, values_of
from engine.store.tables.exchange import IS_UNDISPATCHED, IS_WAITING, outbox
from engine.store.tables.exchange import delivery as deliveries
from engine.store.tables.org import person as persons

_ADDRESSED = sa.select(
    *columns_of(OutboxEntry, outbox), *columns_of(Person, persons, but=["password_hash"])
).select_from(outbox.outerjoin(persons, persons.c.person_id == outbox.c.recipient))


class Deliveries:
    """Implements `DeliveryRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def has_undispatched(self) -> bool:
        first = sa.select(outbox.c.seq).where(IS_UNDISPATCHED)  # ix_outbox_undispatched
        return self._connection.scalar(first.order_by(outbox.c.seq).limit(1)) is not None

    def undispatched(self, limit: int) -> tuple[tuple[OutboxEntry, Person | None], ...]:
        rows = self._connection.execute(
            _ADDRESSED.where(IS_UNDISPATCHED)  # ix_outbox_undispatched
            .order_by(outbox.c.seq)
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True, of=outbox)
        )
        return tuple((record_of(OutboxEntry, row, outbox), _person(row)) for row in rows)

    def dispatch(self, entry_ids: Sequence[str], deliveries_: Sequence[Delivery], at: datetime) -> None:
        if deliveries_:
            self._connection.execute(sa.insert(deliveries), [values_of(d) for d in deliveries_])
        statement = sa.update(outbox).where(outbox.c.entry_id.in_(list(entry_ids)))
        self._connection.execute(statement.values(dispatched_at=at))

    def due(self, channel: str, now: datetime, limit: int) -> tuple[str, ...]:
        return tuple(
            self._connection.scalars(
                sa.select(deliveries.c.entry_id)
                .where(deliveries.c.channel == channel, deliveries.c.retry_at <= now, IS_WAITING)  # ix_delivery_due
                .order_by(deliveries.c.retry_at)
                .limit(limit)
            )
        )

    def claim(self, entry_id: str, channel: str, now: datetime, lease_until: datetime) -> ClaimedDelivery | None:
        # of two who claim at once, the second waits for the first's row and then finds it no longer due
        claimed = self._connection.execute(
            sa.update(deliveries)
            .where(_is(entry_id, channel), deliveries.c.retry_at <= now, IS_WAITING)
            .values(attempts=deliveries.c.attempts + 1, retry_at=lease_until)
            .returning(deliveries)
        ).one_or_none()
        if claimed is None:
            return None
        row = self._connection.execute(_ADDRESSED.where(outbox.c.entry_id == entry_id)).one()
        delivery = record_of(Delivery, claimed, deliveries)
        return ClaimedDelivery(delivery, record_of(OutboxEntry, row, outbox), _person(row))

    def settle(self, delivery: Delivery) -> None:
        statement = sa.update(deliveries).where(_is(delivery.entry_id, delivery.channel))
        if delivery.state is not DeliveryState.SENT:
            statement = statement.where(deliveries.c.attempts == delivery.attempts, IS_WAITING)
        outcome = {name: getattr(delivery, name) for name in ("state", "retry_at", "error", "settled_at")}
        self._connection.execute(statement.values(**outcome))


def _is(entry_id: str, channel: str) -> sa.ColumnElement[bool]:
    return sa.and_(deliveries.c.entry_id == entry_id, deliveries.c.channel == channel)


def _person(row: AnyRow) -> Person | None:
    if row._mapping[persons.c.person_id] is None:
        return None
    return record_of(Person, row, persons, password_hash="")
