"""Claiming a task of one's unit, and giving it back."""

from __future__ import annotations

from dataclasses import replace

from engine.cases.advance import Operation
from engine.errors import InvalidState, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import TaskState
from engine.tasks.acting import Acting, act_on, refuse
from engine.tasks.refusals import not_yours, taken_task
from engine.tasks.rights import is_handler


def claim_task(engine: Engine, actor: Actor, task_id: str) -> None:
    """Makes the actor the only one who may complete the task. Claiming one's own task again changes nothing.

    Raises NotFound, Forbidden (audited), Conflict (somebody else has it, or completed it), InvalidState (closed).
    """
    act_on(engine, actor, task_id, "claim_task", _claim)


def unclaim_task(engine: Engine, actor: Actor, task_id: str) -> None:
    """Gives the task back to the unit. Raises NotFound, Forbidden (audited), Conflict, InvalidState."""
    act_on(engine, actor, task_id, "unclaim_task", _unclaim)


def _claim(acting: Acting) -> Operation | None:
    task, me = acting.task, acting.actor.person_id
    if task.assignee == me and task.state is TaskState.OPEN:
        return None
    if not is_handler(acting.actor, task):
        raise not_yours(task)
    acting.require_open()
    if task.assignee is not None:
        raise taken_task(acting.work, task)
    claimed = replace(task, assignee=me, begun_at=acting.now)
    return acting.operation("TaskClaimed", {"assignee": me}, changed=[claimed])


def _unclaim(acting: Acting) -> Operation | None:
    task = acting.task
    if task.assignee != acting.actor.person_id:
        raise not_yours(task)
    acting.require_open()
    if task.owner is not None:
        refuse(
            f"“{task.name}”是委派给您的。不办的话，请交回委派人。",
            f"“{task.name}” was delegated to you. Give it back to its owner instead.",
        )
    acting.require_unheld()
    if task.role is None:
        raise InvalidState(
            Message(
                f"“{task.name}”是指定由您办理的，不能退回待领。请联系管理员另行指定。",
                f"“{task.name}” was given to you by name and cannot be given back. Ask an admin to reassign it.",
            )
        )
    freed = replace(task, assignee=None, begun_at=None, suspended=False, suspended_until=None, suspended_why="")
    return acting.operation("TaskUnclaimed", {}, changed=[freed])
