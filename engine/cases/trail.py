"""Entries of a case's audit trail, within a step and outside of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from engine.audit.chain import seal_entries
from engine.cases.standing import Event
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.step import AuditEntry
from engine.values import Data


def sealed(
    events: Sequence[Event], *, case_id: str | None, actor: str, at: datetime, previous: str
) -> tuple[AuditEntry, ...]:
    """The events as links of the chain that ends with the hash `previous`. Pure but for the entries' ids."""
    drafts = [
        AuditEntry(
            entry_id=str(uuid4()),
            case_id=case_id,
            at=at,
            actor=actor,
            event=event.name,
            detail=event.detail,
            previous="",
            hash="",
        )
        for event in events
    ]
    return seal_entries(drafts, previous)


def record_event(
    work: UnitOfWork, event: str, detail: Data, *, actor: str, at: datetime, case_id: str | None
) -> None:
    """One entry outside of a step, in the transaction of what it tells. `case_id` None: the system's own chain."""
    previous = work.registers.audit_head(case_id)
    work.registers.add_audit(
        sealed([Event(event, detail)], case_id=case_id, actor=actor, at=at, previous=previous)
    )


def record_refusal(engine: Engine, actor: Actor, attempt: str, detail: Data, *, case_id: str | None = None) -> None:
    """A forbidden attempt, in a transaction of its own: the one that refused it leaves no trace."""
    with engine.store.write() as work:
        record_event(
            work,
            "AttemptRefused",
            {"attempt": attempt, **detail},
            actor=actor.person_id,
            at=engine.clock.now(),
            case_id=case_id,
        )
