"""The head of a case's page: who has it now, and the clocks that run. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.records.dossier import FileView
from engine.records.task import TaskKind, TaskState, UserTask
from engine.records.time import Deadline, DeadlineState

SHOWN_CLOCKS = 3


@dataclass(frozen=True)
class Holder:
    """An open step and who has it: `who` has claimed it, `owner` gets it back, `signers` are asked beside."""

    task: UserTask
    who: str
    owner: str
    signers: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """`clocks` are the most urgent open deadlines, `more_clocks` how many others there are."""

    holders: tuple[Holder, ...]
    clocks: tuple[Deadline, ...]
    more_clocks: int


def head_of(file: FileView) -> Head:
    open_tasks = [t for t in file.view.tasks if t.state is TaskState.OPEN]
    clocks = sorted((d for d in file.view.deadlines if d.is_open), key=_urgency)
    return Head(
        holders=tuple(_holder(file, task, open_tasks) for task in open_tasks if task.kind is TaskKind.STEP),
        clocks=tuple(clocks[:SHOWN_CLOCKS]),
        more_clocks=max(0, len(clocks) - SHOWN_CLOCKS),
    )


def _holder(file: FileView, task: UserTask, open_tasks: list[UserTask]) -> Holder:
    names = file.view.people
    return Holder(
        task=task,
        who=names.get(task.assignee or "", ""),
        owner=names.get(task.owner or "", ""),
        signers=tuple(names.get(t.assignee or "", "") for t in open_tasks if t.parent_id == task.task_id),
    )


def _urgency(deadline: Deadline) -> tuple[bool, datetime]:
    return deadline.state is DeadlineState.PAUSED, deadline.legal_due
