"""Notifications on their way: what ripens, what is bundled, and how far each delivery is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from zlib import crc32

import sqlalchemy as sa

from engine.records.delivery import ClaimedDelivery, Delivery, DeliveryState, Letter
from engine.records.org import Actor, Person
from engine.records.reach import Recipient
from engine.records.step import AT_ONCE, LEVELS, OutboxEntry
from engine.store.repositories import letters
from engine.store.repositories.preferences import preference_of
from engine.store.repositories.searching import may_know_of
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.case import case_file
from engine.store.tables.exchange import IS_UNDISPATCHED, IS_WAITING, outbox
from engine.store.tables.exchange import delivery as deliveries
from engine.store.tables.org import person as persons
from engine.store.tables.org import preference as preferences
from engine.store.tables.org import role_grant

_ENTRY = columns_of(OutboxEntry, outbox)
_DISPATCHING = crc32(b"duban dispatch")


class Deliveries:
    """Implements `DeliveryRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def add(self, entries: Sequence[OutboxEntry]) -> None:
        if entries:
            statement = upsert(self._connection, outbox, ["idempotency_key"], None)
            self._connection.execute(statement, [values_of(entry) for entry in entries])

    def has_ripe(self, cutoff: datetime) -> bool:
        return bool(self.ripe(cutoff, 1))

    def begin_dispatch(self) -> bool:
        if self._connection.dialect.name == "sqlite":
            return True  # one writing transaction at a time
        return bool(self._connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_DISPATCHING))))

    def ripe(self, cutoff: datetime, limit: int) -> tuple[OutboxEntry, ...]:
        found: list[OutboxEntry] = []
        for level in reversed(LEVELS):
            statement = sa.select(*_ENTRY).where(IS_UNDISPATCHED, outbox.c.level == level)  # ix_outbox_ripe
            if level not in AT_ONCE:
                statement = statement.where(outbox.c.created_at <= cutoff)
            statement = statement.order_by(outbox.c.created_at).limit(limit - len(found))
            found += self._entries(statement)
            if len(found) == limit:
                break
        return tuple(found)

    def gathered(self, recipients: Sequence[str], limit: int) -> tuple[OutboxEntry, ...]:
        statement = sa.select(*_ENTRY).where(IS_UNDISPATCHED, outbox.c.recipient.in_(list(recipients)))
        # ix_outbox_gathering
        return self._entries(statement.order_by(outbox.c.recipient, outbox.c.seq).limit(limit))

    def recipients(self, person_ids: Sequence[str]) -> Mapping[str, Recipient]:
        held = sa.select(role_grant.c.person_id, role_grant.c.unit).where(role_grant.c.person_id.in_(person_ids))
        units: dict[str, set[str]] = defaultdict(set)
        for row in self._connection.execute(held):
            units[row.person_id].add(row.unit)
        rows = self._connection.execute(
            sa.select(*columns_of(Person, persons, but=["password_hash"]), *preferences.c)
            .select_from(persons.outerjoin(preferences))
            .where(persons.c.person_id.in_(person_ids))
        )
        found = {}
        for row in rows:
            person = record_of(Person, row, persons, password_hash="")
            preference = preference_of(row, person.person_id, self._sealer)
            found[person.person_id] = Recipient(
                person, preference, frozenset({person.unit, *units[person.person_id]})
            )
        return found

    def accused(self, case_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        if not case_ids:
            return {}
        accused = case_file.c.accused_units
        statement = sa.select(case_file.c.case_id, accused).where(case_file.c.case_id.in_(case_ids))
        rows = self._connection.execute(statement.where(sa.type_coerce(accused, sa.Text) != ""))
        return {row.case_id: row.accused_units for row in rows}

    def dispatch(
        self,
        entry_ids: Sequence[str],
        deliveries_: Sequence[Delivery],
        at: datetime,
        *,
        digests: Mapping[OutboxEntry, Sequence[str]] | None = None,
    ) -> None:
        if digests:
            self._connection.execute(
                sa.insert(outbox), [{**values_of(digest), "dispatched_at": at} for digest in digests]
            )
            bundle = sa.update(outbox).where(outbox.c.entry_id == sa.bindparam("member"))
            members = [
                {"member": member, "digest": digest.entry_id}
                for digest, bundled in digests.items()
                for member in bundled
            ]
            self._connection.execute(bundle.values(digest_id=sa.bindparam("digest")), members)
        if deliveries_:
            self._connection.execute(sa.insert(deliveries), [values_of(d) for d in deliveries_])
        statement = sa.update(outbox).where(outbox.c.entry_id.in_(list(entry_ids)))
        self._connection.execute(statement.values(dispatched_at=at))

    def members(self, digest_ids: Sequence[str], *, reader: Actor | None = None) -> tuple[OutboxEntry, ...]:
        statement = sa.select(*_ENTRY).where(
            outbox.c.digest_id.in_(list(digest_ids)),  # ix_outbox_of_digest
            may_know_of(reader, outbox.c.case_id),
        )
        return self._entries(statement.order_by(outbox.c.seq.desc()))

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
        (entry,) = self._entries(sa.select(*_ENTRY).where(outbox.c.entry_id == entry_id))
        recipient = self.recipients([entry.recipient]).get(entry.recipient)
        return ClaimedDelivery(record_of(Delivery, claimed, deliveries), entry, recipient)

    def settle(self, delivery: Delivery) -> None:
        statement = sa.update(deliveries).where(_is(delivery.entry_id, delivery.channel))
        if delivery.state is not DeliveryState.SENT:
            statement = statement.where(deliveries.c.attempts == delivery.attempts, IS_WAITING)
        outcome = {name: getattr(delivery, name) for name in ("state", "retry_at", "error", "settled_at")}
        self._connection.execute(statement.values(**outcome))

    def hold(self, delivery: Delivery, until: datetime) -> None:
        statement = sa.update(deliveries).where(_is(delivery.entry_id, delivery.channel), IS_WAITING)
        statement = statement.where(deliveries.c.attempts == delivery.attempts)
        self._connection.execute(statement.values(attempts=delivery.attempts - 1, retry_at=until))

    def of_own_entry(self, entry_id: str, recipient: str, topic: str) -> tuple[Delivery, ...] | None:
        own = sa.select(outbox.c.dispatched_at).where(outbox.c.entry_id == entry_id)
        if self._connection.scalar(own.where(outbox.c.recipient == recipient, outbox.c.topic == topic)) is None:
            return None
        statement = sa.select(deliveries).where(deliveries.c.entry_id == entry_id).order_by(deliveries.c.channel)
        return tuple(record_of(Delivery, row, deliveries) for row in self._connection.execute(statement))

    def letters(self, state: DeliveryState, *, limit: int, offset: int, reader: Actor) -> tuple[Letter, ...]:
        return letters.read(self._connection, state, limit=limit, offset=offset, reader=reader)

    def count_dead(self, *, most: int, reader: Actor) -> int:
        return letters.count_dead(self._connection, most=most, reader=reader)

    def revive(self, now: datetime, *, entry_id: str | None, channel: str | None, reader: Actor) -> int:
        return letters.revive(self._connection, now, entry_id=entry_id, channel=channel, reader=reader)

    def discard(self, now: datetime, *, entry_id: str, channel: str, reader: Actor) -> bool:
        return letters.discard(self._connection, now, entry_id=entry_id, channel=channel, reader=reader)

    def _entries(self, statement: sa.Select[tuple[object, ...]]) -> tuple[OutboxEntry, ...]:
        return tuple(record_of(OutboxEntry, row, outbox) for row in self._connection.execute(statement))


def _is(entry_id: str, channel: str) -> sa.ColumnElement[bool]:
    return sa.and_(deliveries.c.entry_id == entry_id, deliveries.c.channel == channel)
