"""回避: a person stands aside from a case; from then on the case does not exist for it, nor for it as a deputy.

One declares it oneself, or the keeping office, the head of the person's unit or a process admin does. What the
person has in hand goes back to its role. Source: 信访工作条例 art. 28.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.record import record_event, record_refusal
from engine.cases.advance import Held, Operation, hold_by_task
from engine.cases.file_read import visible_case
from engine.cases.handling import KEEPERS
from engine.cases.step import run_step
from engine.errors import Conflict, EngineError, Forbidden, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor, Person
from engine.records.task import TaskClosure, TaskKind, TaskState, UserTask
from engine.records.work import Recusal
from engine.tasks.acting import Acting, checked_text
from engine.tasks.notices import notice, people_to_tell
from engine.tasks.refusals import unknown_task
from engine.tasks.released import release_if_signed
from engine.tasks.rights import HEADS


@dataclass(frozen=True)
class Stranded:
    """A task that nobody could take now, by name; `reason` says why."""

    task_id: str
    name: str
    reason: Message


@dataclass(frozen=True)
class RecusalView:
    """Who stands aside, and whom the actor may declare to. `names` by person id; `stranded`: nobody has them."""

    case: CaseFile
    recusals: tuple[Recusal, ...]
    names: dict[str, str]
    people: tuple[Person, ...]
    may_others: bool
    stranded: tuple[Stranded, ...]


def recusals_of(engine: Engine, actor: Actor, case_id: str) -> RecusalView:
    """Raises NotFound where the actor may not know of the case."""
    with engine.store.read() as work:
        case = visible_case(work, actor, case_id)
        found = tuple(work.stand_ins.recusals(case_id))
        people = work.org.people()
        tasks = work.tasks.open_of_case(case_id)
        units = {case.unit, *(task.unit for task in tasks if task.unit)}
        aside = {recusal.person_id for recusal in found}
        choice = tuple(
            replace(p, password_hash="")
            for p in people
            if p.active and p.person_id not in aside and (p.unit in units or p.person_id == actor.person_id)
        )
        mine = tuple(p for p in choice if _may_declare(actor, case, p))
        return RecusalView(
            case,
            found,
            {p.person_id: p.name for p in people},
            mine,
            may_others=any(p.person_id != actor.person_id for p in mine),
            stranded=tuple(s for task in tasks if (s := _stranded(work, task, aside))),
        )


def declare_recusal(
    engine: Engine, actor: Actor, case_id: str, reason: str, person_id: str | None = None
) -> tuple[Stranded, ...]:
    """The person, without one the actor, stands aside; what it has goes back. Returns what nobody could take now.

    Declared again, what is still in hand goes back. Raises NotFound, Forbidden (audited), InvalidState.
    """
    reason = checked_text(reason, zh="回避事由", en="reason for standing aside")
    person_id = person_id or actor.person_id
    now = engine.clock.now()
    with engine.store.read() as work:
        case = visible_case(work, actor, case_id)
        person = work.org.person(person_id)
    if person is None or not person.active:
        raise NotFound(Message("人员", "person"), person_id)
    if not _may_declare(actor, case, person):
        record_refusal(engine, actor, "declare_recusal", {"person_id": person_id}, case_id=case_id)
        raise _not_yours()
    with engine.store.write() as work:
        if work.stand_ins.add_recusal(Recusal(case_id, person_id, reason, now, actor.person_id)):
            detail = {"person_id": person_id, "reason": reason}
            record_event(work, "RecusalDeclared", detail, actor=actor.person_id, at=now, case_id=case_id)
    with engine.store.read() as work:
        held = [t for t in work.tasks.open_of_case(case_id) if person_id in {t.assignee, t.owner}]
    for task in held:
        _give_back(engine, actor, task.task_id, person_id)
    with engine.store.read() as work:
        aside = {recusal.person_id for recusal in work.stand_ins.recusals(case_id)}
        mine = {task.task_id for task in held}
        left = [task for task in work.tasks.open_of_case(case_id) if task.task_id in mine]
        return tuple(s for task in left if (s := _stranded(work, task, aside)))


def lift_recusal(engine: Engine, actor: Actor, case_id: str, person_id: str) -> None:
    """By those who may declare it for others. Raises NotFound, Forbidden (audited)."""
    now = engine.clock.now()
    with engine.store.read() as work:
        case = visible_case(work, actor, case_id)
        person = work.org.person(person_id)
    if person is None:
        raise NotFound(Message("人员", "person"), person_id)
    if person_id == actor.person_id or not _may_declare(actor, case, person):
        record_refusal(engine, actor, "lift_recusal", {"person_id": person_id}, case_id=case_id)
        raise _not_yours()
    with engine.store.write() as work:
        if not work.stand_ins.drop_recusal(case_id, person_id):
            raise NotFound(Message("回避登记", "recusal"), person_id)
        record_event(
            work, "RecusalLifted", {"person_id": person_id}, actor=actor.person_id, at=now, case_id=case_id
        )


def _may_declare(actor: Actor, case: CaseFile, person: Person) -> bool:
    if actor.person_id == person.person_id or actor.is_admin:
        return True
    keeps = any(actor.holds(role, case.unit) for role in KEEPERS)
    return keeps or any(actor.holds(role, person.unit) for role in HEADS)


def _give_back(engine: Engine, actor: Actor, task_id: str, person_id: str) -> None:
    """Somebody else may have taken or closed it meanwhile: then there is nothing to give back."""

    def hold(work: UnitOfWork) -> Held:
        held = hold_by_task(work, task_id)
        if held is None:
            raise unknown_task(task_id)
        return held

    def plan(work: UnitOfWork, held: Held, now: datetime) -> Operation:
        task = held.task
        if task is None or task.state is not TaskState.OPEN or person_id not in {task.assignee, task.owner}:
            raise _NothingLeft
        acting = Acting(engine, work, actor, held, task, now)
        detail = {"of": person_id, "why": "recusal"}
        if task.kind is TaskKind.SIGN:
            gone = TaskClosure(task.task_id, TaskState.CANCELLED, acting.now, actor.person_id)
            operation = acting.operation("SignerRemoved", {**detail, "reason": "回避"}, closed=[gone])
            parent = work.tasks.get(task.parent_id or "")
            return operation if parent is None else release_if_signed(acting, parent, operation)
        if task.role is None:
            raise _NothingLeft
        told = notice(
            acting,
            people_to_tell(acting, posts=[(task.role, task.unit)]),
            "given_back",
            f"“{task.name}”因回避退回，请认领。",
            f"“{task.name}” is free again, as its handler stands aside. Please claim it.",
        )
        return acting.operation("TaskGivenBack", detail, changed=[_freed(task)], beside=told)

    try:
        run_step(engine, hold, plan, actor=actor.person_id)
    except (_NothingLeft, Conflict):
        return


def _freed(task: UserTask) -> UserTask:
    return replace(
        task,
        assignee=None,
        owner=None,
        asked_by=None if task.came_by else task.asked_by,
        note="" if task.came_by else task.note,
        came_by="",
        begun_at=None,
        suspended=False,
        suspended_until=None,
        suspended_why="",
        held_result=None,
    )


def _stranded(work: UnitOfWork, task: UserTask, aside: set[str]) -> Stranded | None:
    """Whether nobody can do the task as it lies: it names one who stands aside, or nobody else has the role."""
    if task.kind is TaskKind.SIGN:
        return None
    if task.assignee in aside:
        message = Message(
            "指定由回避人员办理，请单位负责人转交他人。",
            "It names somebody who stands aside. The head of the unit hands it to another.",
        )
        return Stranded(task.task_id, task.name, message)
    if task.assignee is not None or task.role is None:
        return None
    others = [p for p in work.org.holders(task.role, task.unit) if p.person_id not in aside]
    if others:
        return None
    message = Message(
        "本单位没有其他人员可办，请管理员授权他人或登记代理。",
        "Nobody else of the unit can do it. Ask an admin to grant the role to another.",
    )
    return Stranded(task.task_id, task.name, message)


def _not_yours() -> Forbidden:
    return Forbidden(
        Message(
            "他人的回避由主管单位的经办、督查或登记人员、本单位负责人或管理员登记和解除。",
            "Others' recusals are entered and lifted by the keeping office, the head of the unit, or an admin.",
        )
    )


class _NothingLeft(EngineError):
    """Nothing to give back."""

    def __init__(self) -> None:
        super().__init__(Message("没有需要退回的任务。", "There is nothing to give back."))
