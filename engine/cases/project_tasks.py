"""Tasks of a step: which open, which end, and under which clock each stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from engine.cases.standing import Stamp, Standing
from engine.errors import Message, StepFailed
from engine.kernel.changes import Changes, Closure, TaskOpened
from engine.records.case import CaseFile
from engine.records.task import CASE_COLUMNS, TaskClosure, TaskState, UserTask
from engine.records.time import Deadline, DeadlineState, TaskClocks

_STATES = {Closure.COMPLETED: TaskState.COMPLETED, Closure.CANCELLED: TaskState.CANCELLED}


def opened_tasks(
    changes: Changes,
    standing: Standing,
    stamp: Stamp,
    *,
    case: CaseFile,
    deadlines: Sequence[Deadline],
) -> tuple[UserTask, ...]:
    """The tasks that the step opened; one that also ended in it carries its end already.

    `case` and `deadlines` are those that stand after it. Raises StepFailed where a task would go
    to an accused unit, or to nobody (Source: 信访工作条例 art. 30, 46(5)).
    """
    closures = {closure.task_id: closure for closure in closed_tasks(changes, stamp)}
    tasks = []
    for opened in changes.opened:
        task = replace(_task(opened, standing, stamp, deadlines), **_of_case(case))
        refuse_wrong_receiver(task, case.accused_units)
        closure = closures.get(task.task_id)
        if closure is not None:
            task = replace(
                task,
                state=closure.state,
                closed_at=closure.closed_at,
                closed_by=closure.closed_by,
                result=closure.result,
                closed_for=closure.closed_for,
            )
        tasks.append(task)
    return tuple(tasks)


def _of_case(case: CaseFile) -> dict[str, Any]:
    return {name: getattr(case, name) for name in CASE_COLUMNS}


def closed_tasks(changes: Changes, stamp: Stamp) -> tuple[TaskClosure, ...]:
    """How tasks ended. Only the task that the actor completed names its person and its result."""
    return tuple(
        TaskClosure(
            task_id=closed.task_id,
            state=_STATES[closed.closure],
            closed_at=stamp.now,
            closed_by=stamp.person if closed.task_id == stamp.task_id else None,
            result=stamp.result if closed.task_id == stamp.task_id else None,
            closed_for=stamp.person_for if closed.task_id == stamp.task_id else None,
        )
        for closed in changes.closed
    )


def _task(opened: TaskOpened, standing: Standing, stamp: Stamp, deadlines: Sequence[Deadline]) -> UserTask:
    clocks = clocks_of(opened.task_id, opened.scopes, deadlines)
    return UserTask(
        task_id=opened.task_id,
        instance_id=standing.instance.instance_id,
        case_id=standing.case.case_id,
        definition_id=standing.homes.get(opened.process_id, standing.instance.definition_id),
        procedure=opened.process_id,
        element_id=opened.element_id,
        name=opened.name,
        role=opened.role,
        unit=opened.unit or (standing.case.unit if opened.role else None),
        assignee=opened.assignee or None,
        state=TaskState.OPEN,
        form=opened.form,
        opened_at=stamp.now,
        scopes=opened.scopes,
        properties=dict(opened.properties),
        data=opened.data,
        due_at=clocks.due_at,
        blue_at=clocks.blue_at,
        yellow_at=clocks.yellow_at,
        red_at=clocks.red_at,
        paused=clocks.paused,
        rule=clocks.rule,
        opened_by=stamp.task_id,
    )


def clocks_of(task_id: str, scopes: Sequence[str], deadlines: Sequence[Deadline]) -> TaskClocks:
    """What a task shows of its most urgent running deadline; no date, no light where only paused ones are left."""
    attached = {task_id, *scopes}
    over = [d for d in deadlines if d.is_open and d.attached_to in attached]
    running = [d for d in over if d.state is DeadlineState.RUNNING]
    urgent = min(running or over, key=lambda d: (d.legal_due, d.deadline_id), default=None)
    if urgent is None:
        return TaskClocks(task_id, None, None, None, None, paused=False, rule=None)
    if not running:
        return TaskClocks(task_id, None, None, None, None, paused=True, rule=urgent.rule)
    lights = (urgent.blue_at, urgent.yellow_at, urgent.red_at)
    return TaskClocks(task_id, urgent.legal_due, *lights, paused=False, rule=urgent.rule)


def relit_tasks(tasks: Iterable[UserTask], deadlines: Sequence[Deadline]) -> tuple[TaskClocks, ...]:
    """The open tasks whose clocks are no longer what they show."""
    clocks = ((task, clocks_of(task.task_id, task.scopes, deadlines)) for task in tasks)
    return tuple(now for task, now in clocks if now != _shown(task))


def _shown(task: UserTask) -> TaskClocks:
    lights = (task.blue_at, task.yellow_at, task.red_at)
    return TaskClocks(task.task_id, task.due_at, *lights, paused=task.paused, rule=task.rule)


def refuse_wrong_receiver(task: UserTask, accused_units: Sequence[str]) -> None:
    """Raises StepFailed where the task would go to an accused unit, or to nobody."""
    if task.unit is not None and task.unit in accused_units:
        raise StepFailed(
            Message(
                f"“{task.name}”将交给被反映的单位（{task.unit}）。请改由其他单位办理，再重试。",
                f"“{task.name}” would go to the unit complained of ({task.unit}). Choose another unit, then retry.",
            ),
            element_id=task.element_id,
            element_name=task.name,
        )
    if task.role is None and task.assignee is None:
        raise StepFailed(
            Message(
                f"“{task.name}”没有办理角色，也没有指定办理人。请在流程图的泳道或任务上设置角色，再重试。",
                f"“{task.name}” has no role and no assignee. Set a role on its lane or on the task, then retry.",
            ),
            element_id=task.element_id,
            element_name=task.name,
        )
