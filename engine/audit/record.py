"""Audit entries outside a step: what was done beside the diagram, and what was refused."""

from __future__ import annotations

from datetime import datetime

from engine.audit.chain import seal_entries
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.values import Data


def record_event(
    work: UnitOfWork, event: str, detail: Data, *, actor: str, at: datetime, case_id: str | None = None
) -> None:
    """Adds one entry to the case's chain, or to the system's own, within a writing transaction."""
    previous = work.registers.audit_head(case_id)
    entries = seal_entries([(event, detail)], case_id=case_id, at=at, actor=actor, previous=previous)
    work.registers.add_audit(entries)


def record_refusal(
    engine: Engine, actor: Actor, attempted: str, detail: Data, *, case_id: str | None = None
) -> None:
    """Records, in a transaction of its own, that the actor was not allowed to do `attempted`."""
    with engine.store.write() as work:
        record_event(
            work,
            "AccessRefused",
            {"attempted": attempted, **detail},
            actor=actor.person_id,
            at=engine.clock.now(),
            case_id=case_id,
        )
