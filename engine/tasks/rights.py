"""Who may do what with a task. Pure; deny by default.

A right is one's own, or that of a person who is away and for whom the actor stands in; then every trace says so.
"""

from __future__ import annotations

from datetime import datetime

from engine.records.case import CaseFile
from engine.records.org import Actor, Principal
from engine.records.task import TaskState, UserTask


def is_candidate(actor: Actor, task: UserTask) -> bool:
    """Holds the task's role in its unit, by its own right."""
    return task.role is not None and task.unit is not None and actor.holds(task.role, task.unit)


def is_accused(actor: Actor, case: CaseFile) -> bool:
    """Acts for a unit that the case complains of, or stands aside from it: to it, the case does not exist."""
    return case.case_id in actor.recused or not actor.acting_units.isdisjoint(case.accused_units)


def is_handler(actor: Actor, task: UserTask) -> bool:
    """Has the task, or could have it: by its own right or for somebody who is away."""
    return task.assignee == actor.person_id or is_candidate(actor, task) or principal_for(actor, task) is not None


def principal_for(actor: Actor, task: UserTask) -> Principal | None:
    """Whom the actor would stand in for with this task; None where it has its own right, or none at all.

    Never one who acts for a unit that the case complains of, or stands aside from it.
    """
    if task.assignee == actor.person_id or (task.assignee is None and is_candidate(actor, task)):
        return None
    for principal in actor.principals:
        if not principal.covers(task.procedure) or _stands_aside(principal, task):
            continue
        if task.assignee == principal.person_id:
            return principal
        if task.assignee is None and task.role and task.unit and principal.holds(task.role, task.unit):
            return principal
    return None


def _stands_aside(principal: Principal, task: UserTask) -> bool:
    return task.case_id in principal.recused or not principal.units.isdisjoint(task.accused_units)


def may_claim(actor: Actor, task: UserTask, case: CaseFile) -> bool:
    return (
        task.state is TaskState.OPEN
        and task.assignee is None
        and (is_candidate(actor, task) or principal_for(actor, task) is not None)
        and not is_accused(actor, case)
    )


def may_complete(actor: Actor, task: UserTask, case: CaseFile) -> bool:
    """The assignee, or any candidate where nobody has claimed it, or who stands in for such. An admin may not."""
    if task.state is not TaskState.OPEN or is_accused(actor, case):
        return False
    own = task.assignee == actor.person_id if task.assignee else is_candidate(actor, task)
    return own or principal_for(actor, task) is not None


def is_owner(actor: Actor, task: UserTask) -> bool:
    """Delegated the task, or stands in for who did."""
    if task.owner is None:
        return False
    mine = {actor.person_id, *(p.person_id for p in actor.principals if p.covers(task.procedure))}
    return task.owner in mine


HEADS = ("unit_leader", "chief")
"""Roles whose holders decide who of their unit does what."""


def is_head(actor: Actor, task: UserTask) -> bool:
    return task.unit is not None and any(actor.holds(role, task.unit) for role in HEADS)


def is_suspended(task: UserTask, now: datetime) -> bool:
    """Set aside by its handler, and not yet beyond the moment at which it resumes by itself."""
    return task.suspended and (task.suspended_until is None or now < task.suspended_until)
