"""Who handles a case, and who keeps it: what they may do with its file. Pure; deny by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskKind, TaskState, UserTask
from engine.tasks.rights import is_accused, is_candidate, principal_for

KEEPERS = ("case_officer", "supervisor", "registrar")
"""Roles in the office that keeps a case, whose holders look after its file."""


@dataclass(frozen=True)
class Right:
    """A right to the file. `acted_for` is the person whose right it is, None where it is one's own."""

    acted_for: str | None = None


def handling_right(actor: Actor, case: CaseFile, tasks: Iterable[UserTask]) -> Right | None:
    """Of the named handlers: who created it, did, has or could claim a task of it; who stands in for such now."""
    if is_accused(actor, case):
        return None
    found = tuple(tasks)
    if case.created_by == actor.person_id or any(_has_handled(actor, task) for task in found):
        return Right()
    still = (
        principal_for(actor, task) for task in found if task.state is TaskState.OPEN and task.kind is TaskKind.STEP
    )
    principal = next((p for p in still if p is not None), None)
    return Right(principal.person_id) if principal else None


def keeping_right(actor: Actor, case: CaseFile) -> Right | None:
    """Of those who look after the file in the office that keeps it."""
    if is_accused(actor, case) or not any(actor.holds(role, case.unit) for role in KEEPERS):
        return None
    return Right()


def file_right(actor: Actor, case: CaseFile, tasks: Iterable[UserTask]) -> Right | None:
    """To add to the file: handlers and keepers. Who only reads it, an auditor for one, may not."""
    return handling_right(actor, case, tasks) or keeping_right(actor, case)


def _has_handled(actor: Actor, task: UserTask) -> bool:
    # who was only asked for an opinion handles nothing
    if task.kind is TaskKind.SIGN:
        return False
    return actor.person_id in {task.assignee, task.closed_by, task.owner} or is_candidate(actor, task)
