"""What an actor may do with a task now: the same questions that the use cases ask, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.cases.withdrawing import may_withdraw
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import SignMode, TaskKind, TaskState, UserTask
from engine.records.task_desk import Signer, TaskDesk
from engine.tasks.copies import may_copy
from engine.tasks.rights import is_head, is_owner, is_suspended, may_claim, may_complete, principal_for
from engine.tasks.signers import may_drop
from engine.tasks.unsubmitting import has_answered, may_unsubmit
from engine.tasks.urging import may_urge, urge_again_at


def read_desk(engine: Engine, actor: Actor, task: UserTask, case: CaseFile) -> TaskDesk:
    """Of a task that the actor may open."""
    with engine.store.read() as work:
        desk = desk_of(work, actor, task, case, engine.clock.now())
    if task.state is TaskState.COMPLETED and may_withdraw(engine, actor, task.task_id) is None:
        return replace(desk, acts=desk.acts | {"withdraw"})
    return desk


def names_of(engine: Engine, person_ids: Sequence[str | None]) -> dict[str, str]:
    """Names by person id; who is unknown or inactive is missing."""
    with engine.store.read() as work:
        found = work.org.addressees((), sorted({p for p in person_ids if p}))
    return {person.person_id: person.name for person in found}


def desk_of(work: UnitOfWork, actor: Actor, task: UserTask, case: CaseFile, now: datetime) -> TaskDesk:
    """At most five statements."""
    step = work.tasks.get(task.parent_id) if task.parent_id else None
    asked = work.desk.signers_of((step or task).task_id)
    signers = tuple(_signer(each) for each in asked)
    lock = _lock(task, step, signers, now)
    again = urge_again_at(task)
    is_following = work.desk.is_following(actor.person_id, case.case_id)
    acts = _acts(actor, task, case, lock=lock, signers=signers)
    acts |= {"withdraw"} if may_unsubmit(actor, task, has_answered(task, asked)) else set()
    acts |= {"unfollow" if is_following else "follow"}
    principal = principal_for(actor, task)
    claimed_for = task.claimed_for if task.assignee == actor.person_id else None
    named = {p for each in (task, step) if each for p in (each.assignee, each.owner, each.asked_by, each.closed_by)}
    named |= {s.person_id for s in signers} | {s.asked_by for s in signers} | {task.closed_for, claimed_for}
    found = work.org.addressees((), sorted(p for p in named if p))
    people = {person.person_id: person.name for person in found}
    if principal is not None:
        people[principal.person_id] = principal.name
    return TaskDesk(
        acts=acts,
        lock=lock,
        is_suspended=is_suspended(task, now) and task.kind is TaskKind.STEP,
        signers=signers,
        step=step,
        is_following=is_following,
        urge_again_at=again if again is not None and again > now else None,
        acts_for=principal.person_id if principal else claimed_for,
        people=people,
    )


def _acts(
    actor: Actor, task: UserTask, case: CaseFile, *, lock: str | None, signers: Sequence[Signer]
) -> frozenset[str]:
    is_open, is_step = task.state is TaskState.OPEN, task.kind is TaskKind.STEP
    has_it = may_complete(actor, task, case)
    # of a step that is neither delegated nor submitted
    is_free = is_open and is_step and task.owner is None and lock != "held"
    own = has_it and is_free
    may = {
        "copy": may_copy(actor, case, (task,)),
        "urge": is_open and may_urge(actor, task, case),
        "sign": has_it and not is_step and lock is None,
        "claim": is_step and may_claim(actor, task, case),
        "remove_signer": is_step and may_drop(actor, task, case) and any(signer.is_open for signer in signers),
        "recall": is_open and is_owner(actor, task),
        "give_back": has_it and task.owner is not None,
        "transfer": is_free and (has_it or is_head(actor, task)),
        "add_signers": own,
        "return": own,
        "resume": own and lock == "suspended",
        "suspend": own and lock != "suspended",
        "delegate": own and lock != "suspended",
        "unclaim": own and task.role is not None and task.assignee == actor.person_id,
    }
    return frozenset(act for act, is_so in may.items() if is_so)


def _lock(task: UserTask, step: UserTask | None, signers: Sequence[Signer], now: datetime) -> str | None:
    if task.kind is TaskKind.SIGN:
        is_early = task.sign_mode is SignMode.AFTER and (step is None or step.held_result is None)
        return "waiting" if is_early else None
    if task.held_result is not None:
        return "held"
    if is_suspended(task, now):
        return "suspended"
    if any(signer.is_open and signer.mode is SignMode.BEFORE for signer in signers):
        return "signing"
    return None


def _signer(task: UserTask) -> Signer:
    if task.state is TaskState.OPEN:
        state = "waiting" if task.suspended else "asked"
    elif task.state is TaskState.COMPLETED:
        state = str((task.result or {}).get("verdict", "agree"))
    else:
        state = "removed"
    return Signer(
        task_id=task.task_id,
        person_id=task.assignee or "",
        mode=task.sign_mode or SignMode.PARALLEL,
        state=state,
        opinion=str((task.result or {}).get("opinion", "")),
        asked_by=task.asked_by,
        request=task.note,
        at=task.closed_at or task.opened_at,
    )
