"""撤回 of a submission that waits for signers: as long as none of them has answered, its owner has it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.cases.advance import Operation
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.task import Draft, SignMode, TaskState, UserTask
from engine.tasks.acting import Acting, refuse
from engine.tasks.notices import notice, people_to_tell
from engine.tasks.refusals import not_yours


def is_submitted(task: UserTask) -> bool:
    """The task is open, and what its owner filled in waits for signers."""
    return task.state is TaskState.OPEN and task.held_result is not None


def may_unsubmit(actor: Actor, task: UserTask, answered: bool) -> bool:
    """`answered`: a signer has answered to this submission."""
    return is_submitted(task) and _is_own(actor, task) and not answered


def has_answered(task: UserTask, signers: Sequence[UserTask]) -> bool:
    """Whether one of the signers has answered to what the task's owner submitted."""
    since = (task.held_result or {}).get("at")
    return any(
        signer.sign_mode is SignMode.AFTER
        and signer.state is TaskState.COMPLETED
        and signer.closed_at is not None
        and (since is None or signer.closed_at >= since)
        for signer in signers
    )


def unsubmitting(acting: Acting, reason: str = "") -> Operation:
    """What was submitted is the owner's draft again, and the signers wait for the next submission.

    Raises Forbidden for anybody but who submitted it, InvalidState where somebody has signed.
    """
    task, actor = acting.task, acting.actor
    if not _is_own(actor, task):
        raise not_yours(task)
    signers = acting.work.desk.signers_of(task.task_id)
    if has_answered(task, signers):
        refuse(
            f"“{task.name}”已经有人签署意见，不能再撤回。如需修改，请尚未签署的人员签署不同意，或等签完。",
            f"Somebody has signed “{task.name}”; it cannot be taken back. Let a signer disagree, or wait.",
        )
    asked = [s for s in signers if s.sign_mode is SignMode.AFTER and s.state is TaskState.OPEN]
    operation = acting.operation(
        "SubmissionWithdrawn",
        {"people": [signer.assignee for signer in asked], "reason": reason},
        changed=[
            replace(task, held_result=None, assignee=actor.person_id),
            *(replace(signer, suspended=True) for signer in asked),
        ],
        beside=notice(
            acting,
            people_to_tell(acting, [signer.assignee for signer in asked]),
            "withdrawn",
            f"“{task.name}”已由{actor.name}撤回修改，暂不需签署。",
            f"{actor.name} has taken “{task.name}” back to change it; nothing is to be signed for now.",
        ),
    )
    return replace(operation, after=lambda work, _batch: _keep_typed(work, acting))


def _keep_typed(work: UnitOfWork, acting: Acting) -> None:
    """What was submitted is a draft again; fields about the parties are sealed with the case already."""
    task, held = acting.task, acting.task.held_result or {}
    before = work.drafts.of_task(task.task_id, held["by"])
    party = before.party if before is not None else {}
    work.drafts.save(Draft(task.task_id, acting.actor.person_id, held["variables"], acting.now, party=party))


def _is_own(actor: Actor, task: UserTask) -> bool:
    held = task.held_result or {}
    return actor.person_id in {held.get("by"), held.get("for")}
