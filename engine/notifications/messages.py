"""A person's notifications: neutral texts that say where to look."""

from __future__ import annotations

from collections.abc import Iterable

from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.step import OutboxEntry


def list_messages(
    engine: Engine, actor: Actor, *, unread_only: bool = False, limit: int = 50
) -> tuple[OutboxEntry, ...]:
    """The actor's own, newest first; none of a case that has come to accuse the actor's unit since."""
    with engine.store.read() as work:
        return work.registers.inbox_messages(actor.person_id, unread_only=unread_only, limit=limit, reader=actor)


def unread_count(engine: Engine, actor: Actor) -> int:
    with engine.store.read() as work:
        return work.registers.unread_count(actor.person_id, reader=actor)


def mark_read(engine: Engine, actor: Actor, entry_ids: Iterable[str] | None = None) -> None:
    """Marks the given ones of the actor's own, or all where `entry_ids` is None; others' ids do nothing."""
    with engine.store.write() as work:
        work.registers.mark_read(actor.person_id, entry_ids, engine.clock.now())
