"""转办: another candidate has the task from now on, for good."""

from __future__ import annotations

from dataclasses import replace

from engine.cases.advance import Operation
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.tasks.acting import Acting, act_on, checked_text, refuse
from engine.tasks.notices import notice, people_to_tell
from engine.tasks.receivers import may_be_handed, refuse_receiver
from engine.tasks.rights import is_head


def transfer_task(engine: Engine, actor: Actor, task_id: str, person_id: str, reason: str) -> None:
    """Hands an open task to another candidate: by who has it or may claim it, or by the head of its unit.

    Signers stay with the task. It is not suspended any longer: who gets it decides anew. Raises NotFound, Forbidden
    (audited; also where the person is no candidate, accused, or stands aside), Conflict, InvalidState.
    """
    reason = checked_text(reason, zh="转办理由", en="reason")

    def transfer(acting: Acting) -> Operation | None:
        task = acting.task
        if is_head(actor, task):
            acting.require_open()
            acting.require_unheld()
            if task.owner is not None:
                refuse(
                    f"“{task.name}”已委派他人，请委派人收回后再转办。",
                    f"“{task.name}” has been delegated. Its owner recalls it first.",
                )
        else:
            acting.require_own()
        receiver = acting.receiver(person_id)
        if not may_be_handed(receiver, task, acting.case, actor):
            raise refuse_receiver(receiver.name, task.name)
        told = people_to_tell(acting, [person_id, task.assignee])
        return acting.operation(
            "TaskTransferred",
            {"from": task.assignee, "to": person_id, "reason": reason},
            changed=[_handed(task, actor, person_id, reason)],
            beside=notice(
                acting,
                told,
                "transferred",
                f"“{task.name}”已由{actor.name}转交{receiver.name}办理。",
                f"{actor.name} has handed “{task.name}” to {receiver.name}.",
            ),
        )

    act_on(engine, actor, task_id, "transfer_task", transfer)


def _handed(task: UserTask, actor: Actor, person_id: str, reason: str) -> UserTask:
    """A task that was returned keeps saying why; the reason of the hand-over stands in the timeline."""
    handed = replace(
        task, assignee=person_id, begun_at=None, suspended=False, suspended_until=None, suspended_why=""
    )
    if task.asked_by and not task.came_by:
        return handed
    return replace(handed, asked_by=actor.person_id, note=reason, came_by="transferred")
