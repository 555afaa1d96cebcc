"""The inbox: what a person owes, what the unit has to claim, what is done."""

from __future__ import annotations

from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.views import InboxPage, InboxQuery


def inbox(engine: Engine, actor: Actor, query: InboxQuery) -> InboxPage:
    """A page of one box. Tasks of a case that accuses the actor's unit are in no list and no count."""
    with engine.store.read() as work:
        return work.tasks.inbox(actor, query, engine.clock.now())
