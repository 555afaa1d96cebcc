"""A register as lines, for Excel and for print: all that the list shows, and a trace of who took it along."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.audit.record import record_event
from engine.cases.read import register
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.views import CaseRow, RegisterQuery

MOST_LINES = 10_000
_AT_ONCE = 500


@dataclass(frozen=True)
class Extract:
    """`is_cut`: there are more than MOST_LINES; narrow the filter."""

    rows: tuple[CaseRow, ...]
    is_cut: bool


def extract_register(engine: Engine, actor: Actor, query: RegisterQuery, *, form: str) -> Extract:
    """All lines that the query finds, newest first; the audit trail keeps who took how many of which `form`.

    They hold nothing of the parties. Cases that the actor may not see are not among them.
    """
    rows: list[CaseRow] = []
    page = 1
    while len(rows) <= MOST_LINES:
        found = register(engine, actor, replace(query, page=page, page_size=_AT_ONCE)).rows
        rows += found
        page += 1
        if len(found) < _AT_ONCE:
            break
    with engine.store.write() as work:
        detail = {"form": form, "lines": min(len(rows), MOST_LINES)}
        record_event(work, "RegisterExtracted", detail, actor=actor.person_id, at=engine.clock.now())
    return Extract(tuple(rows[:MOST_LINES]), len(rows) > MOST_LINES)
