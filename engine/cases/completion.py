"""Completion of a task as an operation on the run; shared by completing and by retrying an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.cases.advance import Operation
from engine.cases.going_back import heir
from engine.cases.standing import Event
from engine.kernel.changes import Changes
from engine.kernel.run import Run
from engine.ports.store import UnitOfWork
from engine.records.case import Party
from engine.records.task import UserTask
from engine.values import Data, Value


def completion_of(
    task: UserTask,
    variables: Data,
    *,
    person_id: str,
    person_unit: str,
    zone: ZoneInfo,
    columns: Mapping[str, Value] | None = None,
    parties: tuple[Party, ...] = (),
) -> Operation:
    """Sets `completed_by`, `completed_at` and `completed_unit` beside the form's variables.

    A task that was returned to come straight back goes to the step that returned it, and to that person; where
    other branches forbid it by then, it goes on by the flow.
    """

    def act(run: Run, now: datetime) -> Changes:
        by = {
            "completed_by": person_id,
            "completed_at": now.astimezone(zone),
            "completed_unit": task.unit or person_unit,
        }
        then = task.returns_to
        if then is not None and run.refusal(task.task_id, then) is not None:
            then = None
        return run.complete(task.task_id, {**variables, **by}, now, then=then)

    def to_the_returner(work: UnitOfWork, opened: UserTask) -> UserTask:
        if opened.element_id != task.returns_to:
            return opened
        return replace(opened, assignee=heir(work, [task.asked_by], opened) or opened.assignee)

    return Operation(
        event=Event("TaskCompleted", {"task_id": task.task_id, "element": task.element_id, "name": task.name}),
        act=act,
        retry={
            "kind": "complete",
            "task_id": task.task_id,
            "data": dict(variables),
            "person_id": person_id,
            "person_unit": person_unit,
            "columns": {name: _plain(value) for name, value in (columns or {}).items() if value is not None},
        },
        task_id=task.task_id,
        completes=task,
        result=dict(variables),
        columns=columns or {},
        parties=parties,
        dress=to_the_returner if task.returns_to is not None else None,
    )


def _plain(value: Value) -> Value:
    return list(value) if isinstance(value, tuple) else value
