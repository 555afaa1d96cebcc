"""Who may be given what of a task: handed over, delegated, asked for an opinion, brought to attention. Pure."""

from __future__ import annotations

from engine.errors import Forbidden, Message
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.tasks.rights import is_accused, is_candidate


def home_of(task: UserTask, actor: Actor) -> str:
    """The unit whose people may have the task: its own, else that of whoever has it."""
    return task.unit or actor.unit


def may_be_handed(person: Actor, task: UserTask, case: CaseFile, actor: Actor) -> bool:
    """A candidate of the task; of one that was given by name, a colleague. Never who has it already."""
    if is_accused(person, case) or person.person_id == task.assignee:
        return False
    return is_candidate(person, task) if task.role else home_of(task, actor) in person.acting_units


def may_be_delegated(person: Actor, task: UserTask, case: CaseFile, actor: Actor) -> bool:
    """Anybody of the task's unit but its owner: the owner answers for what comes back."""
    if is_accused(person, case) or person.person_id in {task.assignee, actor.person_id}:
        return False
    return home_of(task, actor) in person.acting_units


def may_be_asked(person: Actor, task: UserTask, case: CaseFile) -> bool:
    """An opinion may come from any unit but an accused one."""
    return not is_accused(person, case) and person.person_id != task.assignee


def refuse_receiver(name: str, task_name: str) -> Forbidden:
    return Forbidden(
        Message(
            f"“{task_name}”不能交给{name}：没有相应角色，或属于应当回避的单位。请另选人员。",
            f"“{task_name}” cannot go to {name}: no such role, or a unit that must stand aside.",
        )
    )
