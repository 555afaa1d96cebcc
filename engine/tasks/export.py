"""A box of the inbox, to be taken away. What leaves is on record: how much of which box, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from engine.audit.record import record_event
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.views import InboxQuery, InboxRow
from engine.tasks.inbox import inbox

MOST_ROWS: Final = 10_000
_PORTION: Final = 500


def inbox_portions(
    engine: Engine, actor: Actor, query: InboxQuery, keys: Collection[str] | None = None
) -> Iterator[tuple[InboxRow, ...]]:
    """The rows that the filter finds, in portions, at most MOST_ROWS; of these only `keys`, where given.

    Recorded once all is read. Each portion is read by itself: what is completed meanwhile may be missing.
    """
    seen: set[str] = set()
    wanted = None if keys is None else set(keys)
    portion = replace(query, page=1, page_size=_PORTION)
    while len(seen) < MOST_ROWS:
        page = inbox(engine, actor, portion)
        fresh = tuple(row for row in page.rows if row.key not in seen and (wanted is None or row.key in wanted))
        seen.update(row.key for row in fresh)
        yield fresh
        if len(page.rows) < _PORTION or (wanted is not None and wanted <= seen):
            break
        portion = replace(portion, page=portion.page + 1)
    with engine.store.write() as work:
        detail = {"box": query.box, "rows": len(seen)}
        record_event(work, "InboxExported", detail, actor=actor.person_id, at=engine.clock.now())
