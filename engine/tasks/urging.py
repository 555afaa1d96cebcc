"""催办: whoever has a task, or could claim it, is asked to go on with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from engine.cases.advance import Operation
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.tasks.acting import Acting, act_on, checked_text, refuse
from engine.tasks.notices import holders_of, notice
from engine.tasks.rights import is_accused, is_head, is_owner

PAUSE = timedelta(hours=2)
"""Between two urgings of one task, by whomever."""
KEEPERS = ("case_officer", "supervisor")
"""Roles in the office that keeps the case."""


def urge_task(engine: Engine, actor: Actor, task_id: str, note: str = "") -> None:
    """Sends a warning to whoever holds the task or may claim it; counted, and not more than once in two hours.

    By keepers of the case, who started it, who delegated the task or asked for the opinion, and the head of its
    unit. Raises NotFound, Forbidden (audited), Conflict, InvalidState (urged too recently).
    """
    note = checked_text(note, zh="催办说明", en="note", required=False)

    def urge(acting: Acting) -> Operation | None:
        task = acting.task
        if not may_urge(actor, task, acting.case):
            raise Forbidden(
                Message(
                    "只有主管单位的经办人、督查人员，发起人、委派人和办理单位的负责人可以催办，不能催办自己。",
                    "Only the keeping office, who started the case, who delegated the task and the head of its "
                    "unit may urge it, and nobody urges themselves.",
                )
            )
        acting.require_open()
        again = urge_again_at(task)
        if again is not None and again > acting.now:
            at = again.astimezone(engine.settings.timezone)
            refuse(
                f"“{task.name}”刚催办过，{at:%H:%M} 后可以再催。",
                f"“{task.name}” was urged already; it can be urged again after {at:%H:%M}.",
            )
        times = task.urged + 1
        return acting.operation(
            "TaskUrged",
            {"times": times, "reason": note},
            changed=[replace(task, urged=times, urged_at=acting.now)],
            beside=notice(
                acting,
                holders_of(acting, task),
                "urged",
                f"{actor.name}催办“{task.name}”，请抓紧办理。",
                f"{actor.name} urges “{task.name}”. Please go on with it.",
                level="warning",
            ),
        )

    act_on(engine, actor, task_id, "urge_task", urge)


def may_urge(actor: Actor, task: UserTask, case: CaseFile) -> bool:
    """Whoever waits for the task; not who has it."""
    if is_accused(actor, case) or task.assignee == actor.person_id:
        return False
    is_keeper = any(actor.holds(role, case.unit) for role in KEEPERS)
    has_asked = actor.person_id in {task.asked_by, case.created_by}
    return is_keeper or has_asked or is_owner(actor, task) or is_head(actor, task)


def urge_again_at(task: UserTask) -> datetime | None:
    """When the task may be urged again, None where it never was."""
    return task.urged_at + PAUSE if task.urged_at is not None else None
