"""Deliveries that were given up, or wait: seen, sent again once the cause is mended, or put aside."""

from __future__ import annotations

from dataclasses import dataclass

from engine.audit.record import record_event, record_refusal
from engine.errors import Forbidden, Message, NotFound
from engine.ports.engine import Engine
from engine.records.delivery import DeliveryState, Letter
from engine.records.org import Actor

PAGE_SIZE = 50
MOST_COUNTED = 100
"""The badge counts no further."""


@dataclass(frozen=True)
class LetterPage:
    """One page of a list. `dead` counts up to MOST_COUNTED."""

    letters: tuple[Letter, ...]
    page: int
    has_next: bool
    dead: int


def may_read_letters(actor: Actor) -> bool:
    return actor.is_admin or actor.holds("supervisor") or actor.holds("auditor")


def list_letters(engine: Engine, actor: Actor, *, waiting: bool = False, page: int = 1) -> LetterPage:
    """The dead, the latest first; or those that wait. None of a case that accuses a unit of the actor's.

    Raises Forbidden for others than process admins, supervisors and auditors.
    """
    if not may_read_letters(actor):
        raise _admins_only()
    page = min(max(page, 1), 1000)
    state = DeliveryState.WAITING if waiting else DeliveryState.DEAD
    with engine.store.read() as work:
        found = work.deliveries.letters(state, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE, reader=actor)
        dead = work.deliveries.count_dead(most=MOST_COUNTED, reader=actor)
    return LetterPage(found[:PAGE_SIZE], page, len(found) > PAGE_SIZE, dead)


def count_dead_letters(engine: Engine, actor: Actor) -> int:
    """For the badge: up to MOST_COUNTED; 0 for those who may not read them."""
    if not may_read_letters(actor):
        return 0
    with engine.store.read() as work:
        return work.deliveries.count_dead(most=MOST_COUNTED, reader=actor)


def retry_letters(engine: Engine, actor: Actor, *, entry_id: str | None = None, channel: str | None = None) -> int:
    """Dead deliveries go out again, from the first attempt: one, or all that the actor may know of.

    Returns how many. Raises Forbidden (audited), NotFound where the one is not dead any more.
    """
    _demand_admin(engine, actor, "retry_letters")
    now = engine.clock.now()
    with engine.store.write() as work:
        revived = work.deliveries.revive(now, entry_id=entry_id, channel=channel, reader=actor)
        if entry_id is not None and not revived:
            raise _no_letter(entry_id)
        detail = {"entry_id": entry_id, "channel": channel, "count": revived}
        record_event(work, "DeliveriesRetried", detail, actor=actor.person_id, at=now)
    return revived


def discard_letter(engine: Engine, actor: Actor, entry_id: str, channel: str) -> None:
    """Puts a dead delivery aside: it stays in the records, and nobody is asked to look at it.

    Raises Forbidden (audited), NotFound where it is not dead any more.
    """
    _demand_admin(engine, actor, "discard_letter")
    now = engine.clock.now()
    with engine.store.write() as work:
        if not work.deliveries.discard(now, entry_id=entry_id, channel=channel, reader=actor):
            raise _no_letter(entry_id)
        detail = {"entry_id": entry_id, "channel": channel}
        record_event(work, "DeliveryDiscarded", detail, actor=actor.person_id, at=now)


def _demand_admin(engine: Engine, actor: Actor, attempted: str) -> None:
    if not actor.is_admin:
        record_refusal(engine, actor, attempted, {})
        raise _admins_only()


def _no_letter(entry_id: str) -> NotFound:
    return NotFound(Message("未送达的通知", "undelivered notification"), entry_id)


def _admins_only() -> Forbidden:
    return Forbidden(
        Message(
            "只有流程管理员可以处理未送达的通知，督查人员可以查看。请联系流程管理员。",
            "Only a process admin may deal with undelivered notifications, and supervisors may read them. Ask one.",
        )
    )
