"""挂起 and 恢复: a handler sets a task aside. Clocks go on; it resumes by itself at a date, where one is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.cases.advance import Operation
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import TaskKind, UserTask
from engine.tasks.acting import Acting, act_on, checked_text, refuse
from engine.tasks.rights import is_suspended


def suspend_task(engine: Engine, actor: Actor, task_id: str, reason: str, until: datetime | None = None) -> None:
    """Sets the task aside: it cannot be completed until it is resumed, or until `until` (an instant to come).

    Raises NotFound, Forbidden (audited), Conflict, InvalidState.
    """
    reason = checked_text(reason, zh="挂起理由", en="reason")

    def suspend(acting: Acting) -> Operation | None:
        _require_step(acting)
        task, me = acting.task, actor.person_id
        if is_suspended(task, acting.now):
            refuse(f"“{task.name}”已经挂起。", f"“{task.name}” is suspended already.")
        if until is not None and until <= acting.now:
            refuse("恢复时间应当晚于现在。请另选日期。", "It should resume in the future. Choose another date.")
        aside = replace(
            task,
            assignee=task.assignee or me,
            begun_at=task.begun_at or acting.now,
            suspended=True,
            suspended_until=until,
            suspended_why=reason,
        )
        return acting.operation("TaskSuspended", {"reason": reason, "until": until}, changed=[aside])

    act_on(engine, actor, task_id, "suspend_task", suspend)


def resume_task(engine: Engine, actor: Actor, task_id: str) -> None:
    """Takes the task up again. Raises NotFound, Forbidden (audited), Conflict, InvalidState."""

    def resume(acting: Acting) -> Operation | None:
        _require_step(acting)
        if not is_suspended(acting.task, acting.now):
            return None
        return acting.operation("TaskResumed", {}, changed=[resumed(acting.task)])

    act_on(engine, actor, task_id, "resume_task", resume)


def resumed(task: UserTask) -> UserTask:
    return replace(task, suspended=False, suspended_until=None, suspended_why="")


def _require_step(acting: Acting) -> None:
    """A signer's task waits for its step, not for the signer."""
    acting.require_hand()
    if acting.task.kind is TaskKind.SIGN:
        refuse("加签任务不能挂起。请签署意见。", "A signer's task cannot be suspended. Give your opinion.")
    acting.require_unheld()
