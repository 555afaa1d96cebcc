"""To whom a rung goes: the column `to` of a row, resolved for one deadline. Pure but for `people_of`.

Escalation adds people and never removes the holder. Units that the case complains of are left out throughout.
Source: 信访工作条例 art. 28, 30, 46(5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.deadlines.ladders import Receiver
from engine.notifications.receivers import told_of
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Person
from engine.records.task import UserTask
from engine.records.time import Deadline

HEAD, OFFICE_HEAD = "unit_leader", "chief"


@dataclass(frozen=True)
class Addressed:
    """Whom a rung means: holders of a role in a unit (None: in any), and persons by id.

    `procedures` are those of the tasks in question: whoever is away from one of them has a deputy.
    """

    posts: tuple[tuple[str, str | None], ...] = ()
    person_ids: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()


def tasks_under(deadline: Deadline, tasks: Iterable[UserTask]) -> tuple[UserTask, ...]:
    """The open tasks that the deadline presses: its own, or those inside the activity that it sits on."""
    return tuple(t for t in tasks if t.task_id == deadline.attached_to or deadline.attached_to in t.scopes)


def responsible_units(tasks: Sequence[UserTask], case: CaseFile) -> tuple[str, ...]:
    """The units of those tasks; where there is none, the unit that keeps the case."""
    units = dict.fromkeys(task.unit for task in tasks if task.unit is not None)
    allowed = tuple(unit for unit in units if unit not in case.accused_units)
    return allowed or (() if case.unit in case.accused_units else (case.unit,))


def addressed(receivers: Sequence[Receiver], tasks: Sequence[UserTask], case: CaseFile) -> Addressed:
    """The posts and persons behind the column `to`, each once, in its order."""
    posts: list[tuple[str, str | None]] = []
    persons: list[str] = []
    for receiver in receivers:
        if receiver.is_holder:
            persons += [task.assignee for task in tasks if task.assignee]
            posts += [(task.role, task.unit) for task in tasks if not task.assignee and task.role]
        else:
            posts += _posts(receiver, tasks, case)
    kept = [post for post in dict.fromkeys(posts) if post[1] not in case.accused_units]
    procedures = dict.fromkeys(task.procedure for task in tasks)
    return Addressed(tuple(kept), tuple(dict.fromkeys(persons)), tuple(procedures))


def people_of(work: UnitOfWork, to: Addressed, case: CaseFile, now: datetime) -> tuple[Person, ...]:
    """The persons, with the deputies of whoever is away; nobody on the side of an accused unit.

    Nor one who stands aside from the case. At most four statements, whatever their number.
    """
    if not to.posts and not to.person_ids:
        return ()
    return told_of(work, work.org.addressees(to.posts, to.person_ids), case, now, to.procedures)


def _posts(receiver: Receiver, tasks: Sequence[UserTask], case: CaseFile) -> Iterable[tuple[str, str | None]]:
    match receiver.at:
        case "unit":
            for unit in responsible_units(tasks, case):
                yield receiver.role, unit
                if receiver.role == HEAD and unit == case.unit:
                    # the petition office itself has a chief where other units have a head
                    yield OFFICE_HEAD, unit
        case "keeping":
            yield receiver.role, case.unit
        case "any":
            yield receiver.role, None
        case code:
            yield receiver.role, code
