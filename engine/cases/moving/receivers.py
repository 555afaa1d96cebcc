"""Whose a task is under the new version, where that says otherwise than the old one did."""

from __future__ import annotations

from dataclasses import replace

from engine.cases.project_tasks import refuse_wrong_receiver
from engine.kernel.changes import TaskOpened
from engine.records.case import CaseFile
from engine.records.task import UserTask


def as_received(task: UserTask, opened: TaskOpened, case: CaseFile) -> UserTask:
    """The open task with its new role and unit; whoever has it keeps it. Raises StepFailed.

    It does so where the task would go to an accused unit, or to nobody. Source: 信访工作条例 art. 30.
    """
    unit = opened.unit or (case.unit if opened.role else None)
    given = replace(task, name=opened.name, role=opened.role, unit=unit, element_id=opened.element_id)
    refuse_wrong_receiver(replace(given, assignee=opened.assignee), case.accused_units)
    return given
