"""What returning and taking back share: what cannot be undone, who gets a task again, which limits stand again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from engine.cases.advance import Held
from engine.definitions.sources import load_procedure
from engine.errors import InvalidState, Message
from engine.kernel.changes import ResolvedTime
from engine.kernel.ports import ActionCall, ActionResult, TimeRequest
from engine.kernel.run import Effect, Ports, Run
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.step import PathEntry
from engine.records.task import UserTask
from engine.records.time import Deadline
from engine.values import Data

MAY_RETURN_OVER = "return_over"
"""The property of an element with an effect: with `allowed`, a case may go back behind it."""

HARMLESS = frozenset(
    {"notify", "set_case", "check_deadline", "pause_deadline", "resume_deadline", "set_aside_deadline"}
)
"""Actions that nobody outside has seen, and that are right again when the case comes by a second time."""


def look_at(engine: Engine, work: UnitOfWork, held: Held) -> Run:
    """The instance as it stands, to be asked and not to be moved. At most one statement."""
    procedure = load_procedure(work, held.instance.definition_id)
    return engine.kernel.load(procedure.source, IDLE, held.instance.snapshot)


def look_by_task(work: UnitOfWork, task_id: str) -> Held | None:
    """What a step of the task's instance would hold, without a lock: to say what it would do. Four statements."""
    task = work.tasks.get(task_id)
    instance = work.instances.get(task.instance_id) if task is not None else None
    case = work.cases.get(task.case_id) if task is not None else None
    if task is None or instance is None or case is None:
        return None
    return Held(instance, case, work.instances.open_deadlines(instance.instance_id), task=task)


def done_between(
    run: Run, path: Sequence[PathEntry], task_id: str, element_id: str, with_them: Sequence[str] = ()
) -> Message | None:
    """Why the case cannot go back to the element: what lies on the way since, and cannot be undone.

    `path` is what the instance has passed since it left the element; the tasks `with_them` go back together.
    """
    between = run.effects_between(task_id, element_id, with_them=with_them)
    effects = {(each.process_id, each.element_id): each for each in between}
    for entry in path:
        effect = effects.get((entry.process_id, entry.element_id))
        if effect is not None and entry.closure == "completed" and _stays(effect):
            return _irreversible(effect)
    return None


def _stays(effect: Effect) -> bool:
    return effect.action not in HARMLESS and effect.properties.get(MAY_RETURN_OVER) != "allowed"


def heir(work: UnitOfWork, people: Iterable[str | None], task: UserTask) -> str | None:
    """The first of these persons who may be given the task by name (at the instant when it opens).

    Active, neither accused nor standing aside, still a candidate, and at work or with somebody who stands in.
    """
    for person_id in dict.fromkeys(people):
        if person_id is not None and _may_have(work, person_id, task):
            return person_id
    return None


def _may_have(work: UnitOfWork, person_id: str, task: UserTask) -> bool:
    now = task.opened_at
    person = work.org.actor(person_id, now)
    if person is None or task.case_id in person.recused:
        return False
    if not person.acting_units.isdisjoint(task.accused_units):
        return False
    if task.role is not None and not (task.unit and person.holds(task.role, task.unit)):
        return False
    absences = work.stand_ins.absences_of(person_id, now)
    if not any(a.starts_at <= now and (not a.procedures or task.procedure in a.procedures) for a in absences):
        return True
    return bool(work.stand_ins.deputies_of([person_id], [task.procedure], now).get(person_id))


def again(work: UnitOfWork, opened: UserTask, before: UserTask) -> UserTask:
    """A task that opens a second time: whose it was then, with what was submitted."""
    assignee = heir(work, (before.closed_for, before.closed_by), opened)
    return replace(opened, assignee=assignee or opened.assignee, data={**opened.data, **(before.result or {})})


def standing_again(work: UnitOfWork, held: Held, since: datetime) -> tuple[Deadline, ...]:
    """Deadlines that were met since a step was done to which the case goes back. One statement."""
    return work.deadlines.ended_since(held.case.case_id, held.instance.instance_id, since)


class _Idle:
    """The ports of a run that is only looked at."""

    def resolve(self, request: TimeRequest, data: Data, now: datetime) -> ResolvedTime:
        del request, data, now
        raise InvalidState(_ONLY_LOOKED_AT)

    def run(self, call: ActionCall) -> ActionResult:
        del call
        raise InvalidState(_ONLY_LOOKED_AT)


_ONLY_LOOKED_AT = Message("流程仅供查看", "the instance is only looked at")
IDLE = Ports(_Idle(), _Idle())


def _irreversible(effect: Effect) -> Message:
    what, what_en = _DONE.get(effect.action or "", ("已经执行", "has been done"))
    if effect.message is not None:
        what, what_en = "已经发出消息", "has sent its message"
    return Message(
        f"其后的“{effect.name}”{what}，不能退回到它之前。请在当前环节处理，或由后续环节更正。",
        f"“{effect.name}” {what_en} since; the case cannot go back behind it. Deal with it here or later.",
    )


_DONE = {
    "issue_paper": ("已经出具文书", "has issued a paper"),
    "serve_paper": ("已经登记送达", "has recorded service"),
    "sign_paper": ("已经签发文书", "has signed a paper"),
    "void_paper": ("已经作废文书", "has made a paper void"),
    "register_case": ("已经登记编号", "has given a number"),
    "record_score": ("已经记分", "has recorded a score"),
    "link_case": ("已经关联案件", "has linked cases"),
}
