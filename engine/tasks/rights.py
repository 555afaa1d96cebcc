"""Who may do what with a task. Pure; deny by default."""

from __future__ import annotations

from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask


def is_candidate(actor: Actor, task: UserTask) -> bool:
    """Holds the task's role in its unit."""
    return task.role is not None and task.unit is not None and actor.holds(task.role, task.unit)


def is_accused(actor: Actor, case: CaseFile) -> bool:
    """Acts for a unit that the case complains of: to it, the case does not exist."""
    return not actor.acting_units.isdisjoint(case.accused_units)


def may_claim(actor: Actor, task: UserTask, case: CaseFile) -> bool:
    return (
        task.state is TaskState.OPEN
        and task.assignee is None
        and is_candidate(actor, task)
        and not is_accused(actor, case)
    )


def may_complete(actor: Actor, task: UserTask, case: CaseFile) -> bool:
    """The assignee, or any candidate where nobody has claimed it. An admin as such may not."""
    if task.state is not TaskState.OPEN or is_accused(actor, case):
        return False
    return task.assignee == actor.person_id if task.assignee else is_candidate(actor, task)
