"""离职转办: all that somebody holds goes to others, each task in a step of its own.

By an admin of the office or of its procedures, or the head of the person's unit, who chooses one receiver for each
procedure and role. What fails stays with the person and says why. Roles stay listed in the audit trail; the account
may be closed then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.record import record_event, record_refusal
from engine.cases.advance import Held, Operation, hold_by_task
from engine.cases.step import run_step
from engine.errors import Conflict, EngineError, FieldError, Forbidden, InvalidForm, InvalidState, Message, NotFound
from engine.org.absence_endings import end_with_account
from engine.org.keeping import is_not_needed, last_administrator
from engine.org.sessions import end_all_sessions
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Grant, Person
from engine.records.task import TaskKind, UserTask
from engine.tasks.acting import Acting, checked_text
from engine.tasks.notices import notice, people_to_tell
from engine.tasks.receivers import may_be_asked, may_be_handed, refuse_receiver
from engine.tasks.refusals import unknown_task
from engine.tasks.rights import HEADS, is_accused
from engine.values import Data

PORTION = 20
"""Tasks moved by one call: the page shows how far it got."""


@dataclass(frozen=True)
class Share:
    """Open tasks of one procedure and role ("": given by name), and who could have them."""

    procedure: str
    role: str
    many: int
    candidates: tuple[Person, ...]

    @property
    def key(self) -> str:
        return f"{self.procedure}:{self.role}"


@dataclass(frozen=True)
class LeavingView:
    """What a person holds, and how far its transfer got. `done` and `failed` are of a transfer that has begun."""

    person: Person
    shares: tuple[Share, ...]
    grants: tuple[Grant, ...]
    procedures: dict[str, str]
    has_begun: bool = False
    done: int = 0
    failed: tuple[tuple[str, Message], ...] = ()
    total: int = 0
    is_over: bool = False
    deactivates: bool = False


def leaving_of(engine: Engine, actor: Actor, person_id: str) -> LeavingView:
    """Raises NotFound, Forbidden."""
    person = _allowed(engine, actor, person_id)
    with engine.store.read() as work:
        view = LeavingView(
            person=replace(person, password_hash=""),
            shares=tuple(_shares(work, person)),
            grants=work.org.grants().get(person_id, ()),
            procedures={
                each.key: each.name for each in work.definitions.list(engine.clock.now()) if each.is_current
            },
        )
        state = work.registers.mark(_mark(person_id))
    if state is None:
        return view
    failed = tuple((each["name"], Message(each["zh"], each["en"])) for each in state["failed"].values())
    return replace(
        view,
        has_begun=True,
        done=state["done"],
        failed=failed,
        total=state["total"],
        is_over=state["over"],
        deactivates=state["deactivate"],
    )


def begin_leaving(
    engine: Engine, actor: Actor, person_id: str, receivers: Mapping[str, str], reason: str, *, deactivate: bool
) -> None:
    """Writes down who is to get what; nothing moves yet. `receivers` are person ids by a share's key.

    Begun anew, it counts anew. Raises NotFound, Forbidden (audited), InvalidForm, InvalidState.
    """
    person = _allowed(engine, actor, person_id, "begin_leaving")
    reason = checked_text(reason, zh="转办事由", en="reason")
    with engine.store.write() as work:
        if deactivate and not is_not_needed(work, person_id):
            raise last_administrator()
        shares = tuple(_shares(work, person))
        errors = [error for share in shares if (error := _unfit(share, receivers.get(share.key, "")))]
        if errors:
            raise InvalidForm(errors)
        chosen = {share.key: receivers[share.key] for share in shares if share.candidates}
        state: Data = {
            "receivers": chosen,
            "reason": reason,
            "deactivate": deactivate,
            "done": 0,
            "failed": {},
            "total": sum(share.many for share in shares),
            "over": False,
        }
        work.registers.set_mark(_mark(person_id), state)
        detail = {"person_id": person_id, "receivers": chosen, "reason": reason, "deactivate": deactivate}
        record_event(work, "LeavingBegun", detail, actor=actor.person_id, at=engine.clock.now())


def continue_leaving(engine: Engine, actor: Actor, person_id: str) -> LeavingView:
    """Moves the next portion; once nothing is left, closes what was asked for. Raises as `begin_leaving`."""
    person = _allowed(engine, actor, person_id, "continue_leaving")
    with engine.store.read() as work:
        state = work.registers.mark(_mark(person_id))
        if state is None:
            raise InvalidState(Message("还没有开始转办。", "The transfer has not begun."))
        tasks = work.stand_ins.held_by(person_id, PORTION, but=sorted(state["failed"]))
    if not tasks:
        _finish(engine, actor, person, state)
        return leaving_of(engine, actor, person_id)
    done, failed = state["done"], dict(state["failed"])
    for task in tasks:
        try:
            _hand_over(engine, actor, person, task, state)
            done += 1
        except EngineError as error:  # the boundary of one item
            failed[task.task_id] = {
                "name": _named(engine, actor, task),
                "zh": error.message.zh,
                "en": error.message.en,
            }
    with engine.store.write() as work:
        work.registers.set_mark(_mark(person_id), {**state, "done": done, "failed": failed})
    return leaving_of(engine, actor, person_id)


def may_transfer_leavers(actor: Actor) -> bool:
    return actor.is_admin or actor.is_office_admin or any(actor.holds(role) for role in HEADS)


def leavers_of(engine: Engine, actor: Actor) -> tuple[Person, ...]:
    """Active persons whose tasks the actor may hand over, by user name. Raises Forbidden."""
    if not may_transfer_leavers(actor):
        raise _not_yours()
    with engine.store.read() as work:
        people = (p for p in work.org.people() if p.active and _may_hand_over(actor, p))
        return tuple(replace(p, password_hash="") for p in people)


def _allowed(engine: Engine, actor: Actor, person_id: str, attempted: str | None = None) -> Person:
    """A refusal of what is `attempted` is audited; one to read changes nothing."""
    with engine.store.read() as work:
        person = work.org.person(person_id)
    if person is None:
        raise NotFound(Message("人员", "person"), person_id)
    if not _may_hand_over(actor, person):
        if attempted is not None:
            record_refusal(engine, actor, attempted, {"person_id": person_id})
        raise _not_yours()
    return person


def _may_hand_over(actor: Actor, person: Person) -> bool:
    is_head = any(actor.holds(role, person.unit) for role in HEADS)
    return (actor.is_admin or actor.is_office_admin or is_head) and person.person_id != actor.person_id


def _not_yours() -> Forbidden:
    return Forbidden(
        Message(
            "离职转办由机关管理员、流程管理员或本单位负责人办理，且不能为自己办理。",
            "An admin or the head of the unit does this, and not for oneself.",
        )
    )


def _shares(work: UnitOfWork, person: Person) -> Iterator[Share]:
    colleagues = tuple(p for p in work.reach.colleagues(person.unit) if p.person_id != person.person_id)
    units = {person.unit, *(grant.unit for grant in work.org.grants().get(person.person_id, ()))}
    for (procedure, role), many in work.stand_ins.count_held(person.person_id).items():
        if role:
            holders = {p.person_id: p for unit in sorted(units) for p in work.org.holders(role, unit)}
            fit = tuple(replace(p, password_hash="") for p in holders.values() if p.person_id != person.person_id)
        else:
            fit = colleagues
        yield Share(procedure, role, many, fit)


def _unfit(share: Share, person_id: str) -> FieldError | None:
    if not share.candidates or any(p.person_id == person_id for p in share.candidates):
        return None
    return FieldError(share.key, Message("请选择接手人。", "Choose who takes over."))


def _hand_over(engine: Engine, actor: Actor, leaver: Person, task: UserTask, state: Data) -> None:
    receiver_id = state["receivers"].get(f"{task.procedure}:{task.role or ''}")
    if receiver_id is None:
        raise _nobody_chosen()

    def hold(work: UnitOfWork) -> Held:
        held = hold_by_task(work, task.task_id)
        if held is None or is_accused(actor, held.case):
            raise unknown_task(task.task_id)
        return held

    def plan(work: UnitOfWork, held: Held, now: datetime) -> Operation:
        acting = Acting(engine, work, actor, held, held.task or task, now)
        return _plan(acting, leaver, receiver_id, state["reason"])

    run_step(engine, hold, plan, actor=actor.person_id)


def _plan(acting: Acting, leaver: Person, receiver_id: str, reason: str) -> Operation:
    task, leaver_id = acting.task, leaver.person_id
    acting.require_open()
    if leaver_id not in {task.assignee, task.owner}:
        raise Conflict(Message("已由他人办理，不再需要转办。", "Somebody else has it by now."))
    receiver = acting.work.org.actor(receiver_id, acting.now)
    if receiver is None:
        raise NotFound(Message("人员", "person"), receiver_id)
    is_fit = (
        may_be_asked(receiver, task, acting.case)
        if task.kind is TaskKind.SIGN
        else may_be_handed(receiver, task, acting.case, acting.actor)
    )
    if not is_fit:
        raise refuse_receiver(receiver.name, task.name)
    if task.owner == leaver_id:
        changed = replace(task, owner=receiver_id)
    else:
        changed = replace(task, assignee=receiver_id, begun_at=None, suspended_until=None, suspended_why="")
        changed = changed if task.kind is TaskKind.SIGN else replace(changed, suspended=False)
    told = notice(
        acting,
        people_to_tell(acting, [receiver_id]),
        "transferred",
        f"{leaver.name}离岗，“{task.name}”转交您办理。",
        f"“{task.name}” is yours now: {leaver.name} has left.",
    )
    detail = {"from": leaver_id, "to": receiver_id, "reason": reason, "leaving": True}
    return acting.operation("TaskTransferred", detail, changed=[changed], beside=told)


def _named(engine: Engine, actor: Actor, task: UserTask) -> str:
    with engine.store.read() as work:
        case = work.cases.get(task.case_id)
    if case is None or is_accused(actor, case):
        return "应当回避的案件"
    return f"{case.number or case.title}：{task.name}"


def _finish(engine: Engine, actor: Actor, person: Person, state: Data) -> None:
    """Closes the account where asked; not while a task is left with it."""
    now = engine.clock.now()
    with engine.store.write() as work:
        left = sum(work.stand_ins.count_held(person.person_id).values())
        grants = [f"{g.role}@{g.unit}" for g in work.org.grants().get(person.person_id, ())]
        closes = bool(state["deactivate"]) and left == 0
        known = work.org.person(person.person_id)
        if closes and known is not None and known.active and is_not_needed(work, person.person_id):
            closed = replace(
                known, active=False, revision=known.revision + 1, changed_by=actor.person_id, changed_at=now
            )
            work.org.save_person(closed)
            end_all_sessions(work, person.person_id)
            end_with_account(work, known, now)
            detail = {"person_id": person.person_id, "grants": grants, "reason": state["reason"]}
            record_event(work, "PersonDeactivated", detail, actor=actor.person_id, at=now)
        if not state["over"]:
            ended: Data = {"person_id": person.person_id, "done": state["done"], "left": left, "grants": grants}
            record_event(work, "LeavingEnded", ended, actor=actor.person_id, at=now)
        work.registers.set_mark(_mark(person.person_id), {**state, "over": True})


def _nobody_chosen() -> InvalidState:
    return InvalidState(
        Message(
            "没有可接手的人员。请先授权他人或登记代理。",
            "Nobody could take it over. Grant the role to somebody first.",
        )
    )


def _mark(person_id: str) -> str:
    return f"leaving:{person_id}"
