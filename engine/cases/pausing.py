"""Stopping the clock of a deadline, and letting it go on: by whoever handles it, or the keeping office.

Timers of the case that are due fire first, as before any step. The dates move when the clock goes on; until then
the timers and rungs of the deadline are held, and its tasks light nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.record import record_refusal
from engine.cases.advance import Held, Operation, hold_instance
from engine.cases.standing import SILENT, ClockOrder
from engine.cases.step import run_step
from engine.deadlines.life import pause_reasons
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.kernel.changes import Changes
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskKind, TaskState, UserTask
from engine.records.time import Deadline, DeadlineState
from engine.records.views import CaseView
from engine.tasks.rights import is_accused, may_complete

KEEPERS = ("case_officer", "supervisor")
"""Roles in the office that keeps the case, whose holders may turn any of its clocks."""
LONGEST_NOTE = 200


def pause_deadline(engine: Engine, actor: Actor, deadline_id: str, reason: str, note: str = "") -> str:
    """The clock stands from now on, for one of the reasons that its rule allows; returns the id of its case.

    Raises NotFound (also where the actor may not know of the case), Forbidden (audited), InvalidState where the
    rule does not allow it, the clock stands already, or the deadline is over or past due.
    """
    order = ClockOrder(stop=True, deadline_id=deadline_id, reason=reason, note=_checked(note))
    return _turn(engine, actor, order, "pause_deadline")


def resume_deadline(engine: Engine, actor: Actor, deadline_id: str, note: str = "") -> str:
    """The clock goes on; the dates move by the time for which it stood. Returns and raises as `pause_deadline`."""
    order = ClockOrder(stop=False, deadline_id=deadline_id, note=_checked(note))
    return _turn(engine, actor, order, "resume_deadline")


def may_turn(actor: Actor, deadline: Deadline, case: CaseFile, open_tasks: tuple[UserTask, ...]) -> bool:
    """Whether the actor may stop this clock or let it go on: has a task under it, or is of the keeping office."""
    if is_accused(actor, case):
        return False
    if any(actor.holds(role, case.unit) for role in KEEPERS):
        return True
    steps = (task for task in open_tasks if task.kind is TaskKind.STEP)
    under = (task for task in steps if deadline.attached_to in {task.task_id, *task.scopes})
    return any(may_complete(actor, task, case) for task in under)


@dataclass(frozen=True)
class Turn:
    """What the actor may do with a clock: let it go on, or stop it for one of the `reasons`."""

    resume: bool
    reasons: tuple[str, ...] = ()


def turns_of(actor: Actor, view: CaseView, now: datetime) -> dict[str, Turn]:
    """By deadline id; deadlines whose clocks the actor cannot turn now are missing."""
    tasks = tuple(task for task in view.tasks if task.state is TaskState.OPEN)
    turns = {}
    for deadline in view.deadlines:
        if not deadline.is_open or not may_turn(actor, deadline, view.case, tasks):
            continue
        reasons = pause_reasons(deadline, now)
        if deadline.state is DeadlineState.PAUSED:
            turns[deadline.deadline_id] = Turn(resume=True)
        elif reasons:
            turns[deadline.deadline_id] = Turn(resume=False, reasons=reasons)
    return turns


def _turn(engine: Engine, actor: Actor, order: ClockOrder, attempted: str) -> str:
    with engine.store.read() as work:
        deadline = work.deadlines.get(order.deadline_id or "")
    if deadline is None:
        raise _unknown(order)
    turn = _Turn(engine, actor, order, deadline)
    try:
        run_step(engine, turn.hold, turn.plan, actor=actor.person_id)
    except Forbidden:
        record_refusal(engine, actor, attempted, {"deadline_id": order.deadline_id})
        raise
    return deadline.case_id


@dataclass(frozen=True)
class _Turn:
    engine: Engine
    actor: Actor
    order: ClockOrder
    deadline: Deadline

    def hold(self, work: UnitOfWork) -> Held:
        held = hold_instance(work, self.deadline.instance_id)
        if held is None or is_accused(self.actor, held.case) or not self._may_see(work, held):
            raise _unknown(self.order)
        # a timer of the case may be due by now
        return replace(held, next_timer_at=self.engine.clock.now())

    def plan(self, work: UnitOfWork, held: Held, _now: datetime) -> Operation:
        deadline = next((d for d in held.deadlines if d.deadline_id == self.order.deadline_id), None)
        if deadline is None:
            raise InvalidState(
                Message(
                    "这条期限已经结束，不能再暂停或恢复。请刷新页面。", "This deadline is over. Reload the page."
                )
            )
        open_tasks = work.tasks.open_of(deadline.case_id, deadline.instance_id)
        if not may_turn(self.actor, deadline, held.case, open_tasks):
            raise Forbidden(
                Message(
                    "只有正在办理的人员，或主管单位的经办人、督查人员可以暂停或恢复计时。请联系经办人。",
                    "Only who handles it, or a case officer or supervisor of the keeping office, may stop this "
                    "clock or let it go on. Ask the case officer.",
                )
            )
        return Operation(event=SILENT, act=lambda _run, _at: Changes(), retry={}, clocks=(self.order,))

    def _may_see(self, work: UnitOfWork, held: Held) -> bool:
        return work.cases.may_see(self.actor, held.case.case_id)


def _unknown(order: ClockOrder) -> NotFound:
    return NotFound(Message("期限", "deadline"), order.deadline_id or "")


def _checked(note: str) -> str:
    note = note.strip()
    if len(note) > LONGEST_NOTE or not note.replace("\n", "").isprintable():
        raise InvalidState(
            Message(
                f"说明最多 {LONGEST_NOTE} 个字。请缩短。",
                f"A note has at most {LONGEST_NOTE} characters. Shorten it.",
            )
        )
    return note
