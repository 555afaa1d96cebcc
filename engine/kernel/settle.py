"""What follows once an instance stands in another version: new events begin, joins that need less go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.kernel.bpmn.activities import _ForPeople
from engine.kernel.bpmn.gateways import RunParallel
from engine.kernel.bpmn.scripts import FeelScripts
from engine.kernel.bpmn.states import FUTURE, WAITING
from engine.kernel.bpmn.task import RunTask
from engine.kernel.bpmn.workflow import RunWorkflow
from engine.kernel.changes import Changes, TaskOpened
from engine.kernel.feel import Feel
from engine.kernel.migrate_values import Begin, Move


@dataclass(frozen=True)
class Settled:
    """`described` are open tasks that are somebody else's now, or may be, by id.

    `scopes` are what is around open tasks, by id, where the move has regrouped them.
    """

    changes: Changes
    described: Mapping[str, TaskOpened]
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def settle(
    workflow: RunWorkflow, move: Move, since: Mapping[str, datetime], feel: Feel, zone: ZoneInfo
) -> dict[str, TaskOpened]:
    """Within a step. `since` is when clocks that are replaced began, by their firing keys. Raises StepFailed."""
    recorder = workflow.recorder
    for timer_id in move.disarmed:
        recorder.disarmed(timer_id, fired=False)
    for task_id in move.unawaited:
        recorder.unawaited(task_id)
    scripts = workflow.scripts
    for begin in move.begins:
        if begin.replaces is not None and begin.replaces in since:
            workflow.scripts = FeelScripts(feel, since[begin.replaces], zone)
        _begin(workflow, begin)
        workflow.scripts = scripts
    described = {}
    for carried in move.carried:
        task = workflow.find(carried.task_id) if carried.is_given else None
        if task is not None and isinstance(task.task_spec, _ForPeople):
            opened = task.task_spec.described(task)
            if opened is not None:
                described[task.id] = opened
    _let_go_on(workflow)
    return described


def _begin(workflow: RunWorkflow, begin: Begin) -> None:
    host = workflow.id_of(begin.scope)
    scope: Any = workflow.subprocesses[host] if begin.scope else workflow
    base: RunTask = scope.tasks[workflow.id_of(begin.data_of)]
    task = RunTask(scope, scope.spec.task_specs[begin.spec], base.parent, FUTURE)
    task.data = dict(base.data)
    task.internal_data[begin.link] = begin.number
    task.task_spec._update(task)
    task.stamps = base.stamps


def _let_go_on(workflow: RunWorkflow) -> None:
    """Joins of the new version that need fewer branches than have come already."""
    for scope in workflow.scopes():
        for task in list(scope.live.values()):
            is_join = isinstance(task.task_spec, RunParallel) and task._state == WAITING
            if is_join and task.task_spec._is_complete(task):
                task._ready()
