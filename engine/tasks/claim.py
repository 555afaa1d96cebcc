"""Claiming a task of one's unit, giving it back, and handing it to a colleague."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from engine.audit.record import record_event, record_refusal
from engine.errors import EngineError, Forbidden, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.tasks.refusals import closed_task, not_yours, taken_task, unknown_task
from engine.tasks.rights import is_accused, is_candidate

_Change: TypeAlias = Callable[[Engine, UnitOfWork, Actor, UserTask, CaseFile], None]


def claim_task(engine: Engine, actor: Actor, task_id: str) -> None:
    """Makes the actor the only one who may complete the task. Claiming one's own task again changes nothing.

    Raises NotFound, Forbidden (audited), Conflict (somebody else has it, or completed it), InvalidState (closed).
    """
    _change(engine, actor, task_id, "claim_task", _claim)


def unclaim_task(engine: Engine, actor: Actor, task_id: str) -> None:
    """Gives the task back to the unit. Raises NotFound, Forbidden (audited), Conflict, InvalidState."""
    _change(engine, actor, task_id, "unclaim_task", _unclaim)


def assign_task(engine: Engine, actor: Actor, task_id: str, person_id: str) -> None:
    """Hands an open task to another candidate, by one who may have it. The accused unit never gets it.

    Raises NotFound, Forbidden (audited; also where the person is no candidate), Conflict, InvalidState.
    """

    def assign(engine: Engine, work: UnitOfWork, actor: Actor, task: UserTask, case: CaseFile) -> None:
        if not (is_candidate(actor, task) or task.assignee == actor.person_id):
            raise not_yours(task)
        _check_open(engine, work, task)
        receiver = work.org.actor(person_id, engine.clock.now())
        if receiver is None:
            raise NotFound(Message("人员", "person"), person_id)
        if is_accused(receiver, case) or not is_candidate(receiver, task):
            raise Forbidden(
                Message(
                    f"“{task.name}”不能交给{receiver.name}：没有相应角色，或属于应当回避的单位。请另选人员。",
                    f"“{task.name}” cannot go to {receiver.name}: no such role, or a unit that must stand aside.",
                )
            )
        _set(engine, work, actor, task, person_id)

    _change(engine, actor, task_id, "assign_task", assign)


def _change(engine: Engine, actor: Actor, task_id: str, name: str, change: _Change) -> None:
    try:
        with engine.store.write() as work:
            task = work.tasks.get(task_id)
            case = work.cases.get(task.case_id) if task else None
            if task is None or case is None or is_accused(actor, case):
                raise unknown_task(task_id)
            change(engine, work, actor, task, case)
    except Forbidden:
        record_refusal(engine, actor, name, {"task_id": task_id})
        raise


def _claim(engine: Engine, work: UnitOfWork, actor: Actor, task: UserTask, _case: CaseFile) -> None:
    if task.assignee == actor.person_id and task.state is TaskState.OPEN:
        return
    if not is_candidate(actor, task):
        raise not_yours(task)
    _check_open(engine, work, task)
    if task.assignee is not None:
        raise taken_task(work, task)
    _set(engine, work, actor, task, actor.person_id)


def _unclaim(engine: Engine, work: UnitOfWork, actor: Actor, task: UserTask, _case: CaseFile) -> None:
    if task.assignee != actor.person_id:
        raise not_yours(task)
    _check_open(engine, work, task)
    if task.role is None:
        raise InvalidState(
            Message(
                f"“{task.name}”是指定由您办理的，不能退回待领。请联系管理员另行指定。",
                f"“{task.name}” was given to you by name and cannot be given back. Ask an admin to reassign it.",
            )
        )
    _set(engine, work, actor, task, None)


def _check_open(engine: Engine, work: UnitOfWork, task: UserTask) -> None:
    if task.state is not TaskState.OPEN:
        raise closed_task(work, task, engine.settings.timezone)


def _set(engine: Engine, work: UnitOfWork, actor: Actor, task: UserTask, assignee: str | None) -> None:
    if not work.tasks.assign(task.task_id, assignee, expected=task.assignee):
        raise _lost_race(engine, work, task)
    event = (
        "TaskUnclaimed" if assignee is None else "TaskClaimed" if assignee == actor.person_id else "TaskAssigned"
    )
    detail = {"task_id": task.task_id, "assignee": assignee}
    record_event(work, event, detail, actor=actor.person_id, at=engine.clock.now(), case_id=task.case_id)


def _lost_race(engine: Engine, work: UnitOfWork, task: UserTask) -> EngineError:
    now = work.tasks.get(task.task_id) or task
    return (
        closed_task(work, now, engine.settings.timezone)
        if now.state is not TaskState.OPEN
        else taken_task(work, now)
    )
