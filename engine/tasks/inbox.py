"""The inbox: what a person owes, what the unit has to claim, what is done, started, copied, followed, deputised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.views import InboxPage, InboxQuery, InboxRow
from engine.tasks.halted import with_halts
from engine.tasks.rights import principal_for


def inbox(engine: Engine, actor: Actor, query: InboxQuery) -> InboxPage:
    """A page of one box. Tasks of a case that accuses the actor's unit are in no list and no count."""
    with engine.store.read() as work:
        page = work.tasks.inbox(actor, query, engine.clock.now().astimezone(engine.settings.timezone))
        page = with_halts(work, page)
    if query.box != "deputised":
        return page
    return replace(page, rows=tuple(_stood_in_for(actor, row) for row in page.rows))


def box_counts(engine: Engine, actor: Actor) -> Mapping[str, int]:
    """How many lie in each box; a number of `cap_of` its box says “as many or more”."""
    with engine.store.read() as work:
        return work.tasks.box_counts(actor)


def _stood_in_for(actor: Actor, row: InboxRow) -> InboxRow:
    principal = principal_for(actor, row.task) if row.task else None
    return replace(row, stands_in_for=principal.name) if principal else row
