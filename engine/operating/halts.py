"""Suspending and resuming an instance, all of a procedure, or everything: for technical reasons, by process admins.

While a halt is in force nobody's step is done, nothing starts, and no timer fires. Deadlines of the law run on: a
halt stops the program, not the office's duties. What waited goes on once, when the halt ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from engine.audit.record import record_event
from engine.errors import Conflict, Message, NotFound
from engine.operating.rights import known_instance, require_onlooker, require_operator
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.operating import Halt, HaltScope
from engine.records.org import Actor
from engine.tasks.acting import checked_text, refuse
from engine.tasks.rights import is_accused

_PAST = 50


@dataclass(frozen=True)
class HaltView:
    """A halt in words. `target` is a case's number or title, a procedure's name, or ""."""

    halt: Halt
    target: str
    by: str
    lifted_by: str = ""


@dataclass(frozen=True)
class Halts:
    """Those in force, the widest first, and the latest of those that are over."""

    now: tuple[HaltView, ...]
    past: tuple[HaltView, ...]


def read_halts(engine: Engine, actor: Actor) -> Halts:
    """Without those of cases that the actor may not know of. Raises Forbidden (audited)."""
    require_onlooker(engine, actor, {})
    with engine.store.read() as work:
        people = {person.person_id: person.name for person in work.org.people()}
        names = {s.key: s.name for s in work.definitions.list(engine.clock.now())}
        return Halts(
            tuple(_views(work, actor, work.operating.halts(), people, names)),
            tuple(_views(work, actor, work.operating.past_halts(_PAST), people, names)),
        )


def suspend(engine: Engine, actor: Actor, scope: HaltScope, target: str, reason: str) -> Halt:
    """Halts from now on. `target` is an instance's id, a procedure's key, or "" for everything.

    Raises Forbidden (audited), NotFound, InvalidState (no reason; the instance is over), Conflict where it is so.
    """
    require_operator(engine, actor, "suspend", {"scope": scope.value, "target": target})
    halt = Halt(
        halt_id=str(uuid4()),
        scope=scope,
        target="" if scope is HaltScope.EVERYTHING else target,
        reason=checked_text(reason, zh="暂停原因", en="reason"),
        by=actor.person_id,
        at=engine.clock.now(),
    )
    with engine.store.write() as work:
        case = _checked_target(work, actor, halt)
        if any((other.scope, other.target) == (scope, halt.target) for other in work.operating.halts()):
            raise Conflict(Message("已经暂停。请刷新页面。", "It is suspended already. Reload the page."))
        work.operating.add_halt(halt)
        _Scribe(work, actor, halt.at).tell("WorkSuspended", halt, case, reason=halt.reason)
    return halt


def resume(engine: Engine, actor: Actor, halt_id: str) -> Halt:
    """Ends a halt: timers that fell due fire with the next heartbeat, once each, marked late; messages arrive.

    Raises Forbidden (audited), NotFound, Conflict where it has ended.
    """
    require_operator(engine, actor, "resume", {"halt_id": halt_id})
    with engine.store.write() as work:
        halt = work.operating.halt(halt_id)
        if halt is None:
            raise NotFound(Message("暂停记录", "suspension"), halt_id)
        case = known_instance(work, actor, halt.target)[1] if halt.scope is HaltScope.INSTANCE else None
        if not work.operating.lift_halt(halt_id, actor.person_id, engine.clock.now()):
            raise Conflict(Message("已经恢复。请刷新页面。", "It has been resumed already. Reload the page."))
        _Scribe(work, actor, engine.clock.now()).tell("WorkResumed", halt, case)
    return halt


def _checked_target(work: UnitOfWork, actor: Actor, halt: Halt) -> CaseFile | None:
    if halt.scope is HaltScope.PROCEDURE and work.definitions.next_version(halt.target) == 1:
        raise NotFound(Message("流程", "procedure"), halt.target)
    if halt.scope is not HaltScope.INSTANCE:
        return None
    instance, case = known_instance(work, actor, halt.target)
    if instance.ended_at is not None:
        refuse("该流程实例已经结束，无需暂停。", "That instance is over; there is nothing to suspend.")
    return case


@dataclass(frozen=True)
class _Scribe:
    """Writes what is done with a halt in the system's chain, and in the case's where it is one case's."""

    work: UnitOfWork
    actor: Actor
    at: datetime

    def tell(self, event: str, halt: Halt, case: CaseFile | None, **more: str) -> None:
        detail = {"halt_id": halt.halt_id, "scope": halt.scope.value, "target": halt.target, **more}
        for case_id in (None, *([case.case_id] if case is not None else [])):
            record_event(self.work, event, detail, actor=self.actor.person_id, at=self.at, case_id=case_id)


def _views(
    work: UnitOfWork, actor: Actor, halts: Sequence[Halt], people: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[HaltView]:
    for halt in halts:
        target = names.get(halt.target, halt.target)
        if halt.scope is HaltScope.INSTANCE:
            instance = work.instances.get(halt.target)
            case = work.cases.get(instance.case_id) if instance is not None else None
            if case is None or is_accused(actor, case):
                continue
            target = case.number or case.case_id
        yield HaltView(halt, target, people.get(halt.by, halt.by), people.get(halt.lifted_by or "", ""))
