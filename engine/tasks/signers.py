"""加签 and 减签: opinions asked of others on a step, and no longer asked.

BEFORE: the owner waits for them, and does not fill in the form meanwhile. PARALLEL: the owner works, and waits with
completing. AFTER: they are asked once the owner has submitted; the step goes on when the last one has agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from engine.cases.advance import Operation
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import SignMode, TaskClosure, TaskKind, TaskState, UserTask
from engine.tasks.acting import Acting, act_on, checked_text, refuse
from engine.tasks.notices import notice, people_to_tell
from engine.tasks.receivers import may_be_asked, refuse_receiver
from engine.tasks.refusals import unknown_task
from engine.tasks.released import given_to_owner, release_if_signed
from engine.tasks.rights import is_owner, may_complete

MOST = 20
"""Signers asked at once."""


def add_signers(
    engine: Engine, actor: Actor, task_id: str, people: Sequence[str], *, mode: SignMode, request: str
) -> None:
    """Asks colleagues of any unit but an accused one for their opinion on a step; each has a task of its own.

    Who is asked already is not asked twice. Raises NotFound, Forbidden (audited), Conflict, InvalidState.
    """
    request = checked_text(request, zh="加签事项", en="request")
    asked = tuple(dict.fromkeys(people))
    if not 0 < len(asked) <= MOST:
        refuse(f"请选择 1 至 {MOST} 位加签人。", f"Choose 1 to {MOST} signers.")

    def add(acting: Acting) -> Operation | None:
        acting.require_own()
        known = {t.assignee for t in open_signers(acting)} if acting.held.has_signers else set()
        signers = [acting.receiver(person_id) for person_id in asked if person_id not in known]
        if not signers:
            return None
        for signer in signers:
            if signer.person_id == actor.person_id or not may_be_asked(signer, acting.task, acting.case):
                raise refuse_receiver(signer.name, acting.task.name)
        tasks = [_sign_task(acting, signer.person_id, mode, request) for signer in signers]
        owned = replace(
            acting.task,
            assignee=acting.task.assignee or actor.person_id,
            begun_at=acting.task.begun_at or acting.now,
        )
        told = () if mode is SignMode.AFTER else people_to_tell(acting, [s.person_id for s in signers])
        return acting.operation(
            "SignersAdded",
            {"people": [s.person_id for s in signers], "mode": mode.value, "reason": request},
            changed=[owned],
            opened=tasks,
            beside=notice(
                acting,
                told,
                "sign_asked",
                f"{actor.name}请您对“{acting.task.name}”签署意见。",
                f"{actor.name} asks for your opinion on “{acting.task.name}”.",
            ),
        )

    act_on(engine, actor, task_id, "add_signers", add)


def remove_signer(engine: Engine, actor: Actor, sign_task_id: str, reason: str) -> None:
    """Asks a signer no longer: by who has the step. Where the step only waited for that, it goes on.

    Raises NotFound, Forbidden (audited), Conflict, InvalidState where the opinion is given already.
    """
    reason = checked_text(reason, zh="减签理由", en="reason")

    def remove(acting: Acting) -> Operation | None:
        parent = parent_of(acting)
        if not may_drop(actor, parent, acting.case):
            raise Forbidden(
                Message(
                    "只有这一步的办理人可以减签。请联系办理人。",
                    "Only who has the step can stop asking a signer. Ask them.",
                )
            )
        acting.require_open()
        gone = TaskClosure(acting.task.task_id, TaskState.CANCELLED, acting.now, actor.person_id)
        operation = acting.operation(
            "SignerRemoved",
            {"signer": acting.task.assignee, "parent_id": parent.task_id, "reason": reason},
            closed=[gone],
            beside=notice(
                acting,
                people_to_tell(acting, [acting.task.assignee]),
                "sign_dropped",
                f"“{parent.name}”不再需要您签署意见。",
                f"Your opinion on “{parent.name}” is not needed any more.",
                task_id=parent.task_id,
            ),
        )
        return release_if_signed(acting, parent, operation)

    act_on(engine, actor, sign_task_id, "remove_signer", remove)


def sign(engine: Engine, actor: Actor, sign_task_id: str, verdict: str, opinion: str) -> None:
    """Gives one's opinion: `verdict` is agree or disagree; the latter says why.

    After the owner's submission, the last agreement takes the step on; a disagreement gives it back to the owner
    with the opinion, and all signers are asked again when it is submitted anew. Raises NotFound, Forbidden
    (audited), Conflict, InvalidState.
    """
    if verdict not in {"agree", "disagree"}:
        refuse("请选择同意或不同意。", "Choose to agree or to disagree.")
    opinion = checked_text(opinion, zh="意见", en="opinion", required=verdict == "disagree")

    def give(acting: Acting) -> Operation | None:
        parent = parent_of(acting)
        acting.require_hand()
        if acting.task.sign_mode is SignMode.AFTER and parent.held_result is None:
            refuse(
                f"“{parent.name}”还没有提交，提交后再请您签署。",
                f"“{parent.name}” has not been submitted yet; you are asked once it is.",
            )
        me = actor.person_id
        given = {"verdict": verdict, "opinion": opinion}
        closed = TaskClosure(
            acting.task.task_id, TaskState.COMPLETED, acting.now, me, given, closed_for=acting.acted_for
        )
        is_agreed = verdict == "agree"
        operation = acting.operation(
            "SignerAgreed" if is_agreed else "SignerDisagreed",
            {"parent_id": parent.task_id, "reason": opinion},
            closed=[closed],
            beside=notice(
                acting,
                people_to_tell(acting, [parent.owner or parent.assignee]),
                "signed",
                f"{actor.name}已对“{parent.name}”签署意见：{'同意' if is_agreed else '不同意'}。",
                f"{actor.name} {'agrees' if is_agreed else 'disagrees'} on “{parent.name}”.",
                task_id=parent.task_id,
            ),
        )
        if is_agreed:
            return release_if_signed(acting, parent, operation)
        return given_to_owner(acting, parent, operation, opinion)

    act_on(engine, actor, sign_task_id, "sign", give)


def may_drop(actor: Actor, step: UserTask, case: CaseFile) -> bool:
    """Who has the step; of a delegated one its owner, who asked."""
    return may_complete(actor, step, case) if step.owner is None else is_owner(actor, step)


def open_signers(acting: Acting) -> tuple[UserTask, ...]:
    """The signers of the acting's task who have still to answer."""
    found = acting.work.desk.signers_of(acting.task.task_id)
    return tuple(task for task in found if task.state is TaskState.OPEN)


def parent_of(acting: Acting) -> UserTask:
    """The step that the signer's task belongs to. Raises NotFound where the task is no signer's."""
    task = acting.task
    parent = acting.work.tasks.get(task.parent_id) if task.kind is TaskKind.SIGN and task.parent_id else None
    if parent is None:
        raise unknown_task(task.task_id)
    return parent


def _sign_task(acting: Acting, person_id: str, mode: SignMode, request: str) -> UserTask:
    """Stands under the clocks of its step. Nobody but the signer is a candidate: it has neither role nor unit."""
    step = acting.task
    return replace(
        step,
        task_id=str(uuid4()),
        name=f"加签：{step.name}",
        kind=TaskKind.SIGN,
        parent_id=step.task_id,
        sign_mode=mode,
        role=None,
        unit=None,
        assignee=person_id,
        opened_at=acting.now,
        scopes=(*step.scopes, step.task_id),
        properties={},
        data={},
        form=None,
        owner=None,
        asked_by=acting.actor.person_id,
        note=request,
        came_by="sign",
        returns_to=None,
        # who signs afterwards waits for the submission
        suspended=mode is SignMode.AFTER,
        suspended_until=None,
        suspended_why="",
        begun_at=None,
        held_result=None,
        urged=0,
        urged_at=None,
        claimed_for=None,
    )
