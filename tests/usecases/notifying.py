"""Notifications as a test asks for them: put into the outbox, looked at on their way."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import count

import sqlalchemy as sa

from engine.ports.channel import Notice
from engine.records.delivery import Delivery, DeliveryState
from engine.records.org import Person
from engine.records.reach import Preference
from engine.records.step import OutboxEntry
from engine.store.rows import record_of
from engine.store.tables.exchange import delivery, outbox
from engine.store.unit_of_work import SqlStore
from tests.worlds import World

_NUMBERS = count(1)


class Recorder:
    """A channel in memory: fails as told, then takes everything."""

    def __init__(self, *failures: Exception, name: str = "recorder") -> None:
        self.name = name
        self.failures = list(failures)
        self.notices: list[Notice] = []

    def address_of(self, person: Person, _preference: Preference) -> str | None:
        return person.username

    def send(self, notice: Notice) -> None:
        self.notices.append(notice)
        if self.failures:
            raise self.failures.pop(0)

    @property
    def texts(self) -> list[str]:
        return [notice.text for notice in self.notices]


def tell(
    world: World, *levels: str, username: str = "dengji", case_id: str | None = None, at: datetime | None = None
) -> list[str]:
    """One entry for each level, now or at `at`; their ids."""
    entries = []
    for level in levels:
        key = f"n{next(_NUMBERS)}"
        created_at = at or world.clock.now()
        text = f"【{level}】{key}"
        entries.append(
            OutboxEntry(f"o-{key}", key, f"p-{username}", case_id, None, "t", text, text, created_at, level=level)
        )
    with world.engine.store.write() as work:
        work.deliveries.add(entries)
    return [entry.entry_id for entry in entries]


def choose(
    world: World, username: str = "dengji", *, quiet: tuple[str, str] | None = None, muted: tuple[str, ...] = ()
) -> None:
    """What the person chose, without the pages' checks."""
    begins, ends = (time.fromisoformat(text) for text in quiet) if quiet else (None, None)
    with world.engine.store.write() as work:
        work.reach.save_preference(Preference(f"p-{username}", muted, begins, ends))


def deliveries(world: World) -> dict[str, Delivery]:
    """By entry id, of a world with one channel."""
    assert isinstance(world.engine.store, SqlStore)
    with world.engine.store.engine.connect() as connection:
        found = [record_of(Delivery, row, delivery) for row in connection.execute(sa.select(delivery))]
    return {row.entry_id: row for row in found}


def states(world: World) -> dict[str, DeliveryState]:
    return {entry_id: row.state for entry_id, row in deliveries(world).items()}


def stored_outbox(world: World) -> list[OutboxEntry]:
    """Everything, as it came."""
    assert isinstance(world.engine.store, SqlStore)
    with world.engine.store.engine.connect() as connection:
        rows = connection.execute(sa.select(outbox).order_by(outbox.c.seq))
        return [record_of(OutboxEntry, row, outbox) for row in rows]


MINUTE = timedelta(minutes=1)
