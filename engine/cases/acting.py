"""For whom a step is done: what a deputy took over stays taken over for the same person until it is done. Pure."""

from __future__ import annotations

from dataclasses import replace

from engine.records.step import StepBatch
from engine.records.task import UserTask


def acting_for(acted_for: str | None, task: UserTask | None, actor: str) -> str | None:
    """Whom the actor stands in for: as given, or for whom it once claimed the task that it now works on."""
    if acted_for is not None or task is None or task.assignee != actor:
        return acted_for
    return task.claimed_for


def marked(
    batch: StepBatch, changed: tuple[UserTask, ...], task: UserTask | None, *, actor: str, acted_for: str | None
) -> StepBatch:
    """The batch whose path and papers name whom the actor stands in for, with the `changed` tasks of the step.

    Who takes the task takes it for that person; whoever is handed it by others has it for itself.
    """
    claims = tuple(
        replace(each, claimed_for=acted_for if each.assignee == actor else None)
        if task is not None and each.task_id == task.task_id and each.assignee != task.assignee
        else each
        for each in changed
    )
    if acted_for is None:
        return replace(batch, tasks_changed=claims)
    return replace(
        batch,
        tasks_changed=claims,
        path=tuple(replace(p, acted_for=acted_for) if p.by == actor else p for p in batch.path),
        papers=tuple(replace(p, issued_for=acted_for) if p.issued_by == actor else p for p in batch.papers),
    )
