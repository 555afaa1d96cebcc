"""Who stands in for somebody to whom a step gave a task by name is told of it; the task stays that person's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from engine.cases.actions.notify import neutral_text
from engine.errors import Message
from engine.notifications.receivers import told_of
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.step import OutboxEntry
from engine.records.task import TaskState, UserTask

TOPIC = "deputised"


def words_to_deputies(
    work: UnitOfWork, tasks: Sequence[UserTask], case: CaseFile, now: datetime
) -> tuple[OutboxEntry, ...]:
    """One for each deputy and task. No statement where no task went to a person by name; two for each that did."""
    notices = []
    for task in tasks:
        if task.assignee is None or task.state is not TaskState.OPEN:
            continue
        holders = work.org.addressees((), [task.assignee])
        names = "、".join(person.name for person in holders)
        text = neutral_text(
            case,
            "info",
            Message(
                f"有任务交给{names}，现由您代理，请登录查看。",
                f"A task went to {names}, for whom you stand in. Please log in to read it.",
            ),
        )
        notices += [
            OutboxEntry(
                entry_id=str(uuid5(NAMESPACE_OID, f"{TOPIC}:{task.task_id}:{person.person_id}")),
                idempotency_key=f"{TOPIC}:{task.task_id}:{person.person_id}",
                recipient=person.person_id,
                case_id=case.case_id,
                task_id=task.task_id,
                topic=TOPIC,
                text_zh=text.zh,
                text_en=text.en,
                created_at=now,
            )
            for person in told_of(work, holders, case, now, [task.procedure])
            if person.person_id != task.assignee
        ]
    return tuple(notices)
