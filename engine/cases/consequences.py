"""What an act with a task would do to each running deadline of its procedure: shown before it is done.

Kept: it runs on as it is. Rearmed: it ends, and one of the same rule begins. Closed: it ends. Only returning and
taking back move tokens and so change clocks; everything else keeps them all. What is shown is what the act itself
would write, from the step that it would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.cases.advance import Operation, prepare
from engine.cases.going_back import look_by_task
from engine.cases.returning import returning
from engine.cases.withdrawing import withdrawing
from engine.errors import InvalidState, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.time import Deadline
from engine.tasks.acting import Acting
from engine.tasks.refusals import unknown_task
from engine.tasks.rights import is_accused

KEPT, REARMED, CLOSED = "kept", "rearmed", "closed"
RETURN, WITHDRAW = "return", "withdraw"


@dataclass(frozen=True)
class Consequence:
    """`effect` is kept, rearmed or closed. `due_before` is None for one that ran before and begins again only now.

    `due_after` is None where it closes.
    """

    deadline_id: str
    name: str
    name_en: str
    effect: str
    due_before: datetime | None
    due_after: datetime | None


def consequences(
    engine: Engine, actor: Actor, task_id: str, act: str, *, to: str | None = None
) -> tuple[Consequence, ...]:
    """For each running deadline of the task's procedure, the first due first; then those that begin.

    `to` is where it would be returned; `act` is return, withdraw or anything else, which moves no token. Raises
    NotFound, and for returning and taking back what these raise.
    """
    with engine.store.read() as work:
        held = look_by_task(work, task_id)
        if held is None or held.task is None or is_accused(actor, held.case):
            raise unknown_task(task_id)
        before = held.deadlines
        if act not in {RETURN, WITHDRAW}:
            return compared(before, ())
        now = engine.clock.now()
        acting = Acting(engine, work, actor, held, held.task, now)
        operation = _returning(acting, to) if act == RETURN else withdrawing(acting)
        operation = replace(operation, after=None)
        batch = prepare(engine, work, held, operation, actor=actor.person_id, now=now)
    return compared(before, batch.deadlines)


def compared(before: Sequence[Deadline], changed: Sequence[Deadline]) -> tuple[Consequence, ...]:
    """What became of the deadlines that ran before a step. `changed` are those that it writes."""
    after = {deadline.deadline_id: deadline for deadline in changed}
    known = {deadline.deadline_id for deadline in before}
    started = [deadline for deadline in changed if deadline.is_open and deadline.deadline_id not in known]
    found = []
    for deadline in sorted(before, key=lambda d: (d.legal_due, d.deadline_id)):
        now = after.get(deadline.deadline_id, deadline)
        anew = next((d for d in started if d.rule == deadline.rule), None)
        if now.is_open:
            found.append(_said(deadline, KEPT, deadline.legal_due, now.legal_due))
        elif anew is not None:
            started.remove(anew)
            found.append(_said(deadline, REARMED, deadline.legal_due, anew.legal_due))
        else:
            found.append(_said(deadline, CLOSED, deadline.legal_due, None))
    found += [_said(deadline, REARMED, None, deadline.legal_due) for deadline in started]
    return tuple(found)


def _returning(acting: Acting, to: str | None) -> Operation:
    if to is None:
        raise InvalidState(Message("请选择退回到哪个环节。", "Choose the step to return it to."))
    return returning(acting, to)


def _said(deadline: Deadline, effect: str, before: datetime | None, after: datetime | None) -> Consequence:
    return Consequence(deadline.deadline_id, deadline.name, deadline.name_en, effect, before, after)
