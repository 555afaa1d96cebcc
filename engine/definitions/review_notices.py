"""Who is told of a review: the other process admins when it is asked for, the submitter when it is decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import uuid4

from engine.errors import Message
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition
from engine.records.org import Actor
from engine.records.step import OutboxEntry
from engine.records.studio import ProcedureDraft

TOPIC: Final = "procedure.review"


def tell_reviewers(work: UnitOfWork, draft: ProcedureDraft, by: Actor, at: datetime) -> None:
    """All process admins but who submitted the draft and who changed it last. Two statements."""
    text = Message(
        f"【流程审核】{by.name}送审“{draft.name}”，请到“流程设计”审核。",
        f"[Procedure review] {by.name} submitted “{draft.name}”. Please review it in the process studio.",
    )
    not_asked = {draft.submitted_by, draft.changed_by}
    admins = {person.person_id for person in work.org.holders("process_admin", None)}
    work.deliveries.add(list(_entries(sorted(admins - not_asked), text, at)))


def tell_submitter(
    work: UnitOfWork, draft: ProcedureDraft, definition: Definition | None, by: Actor, at: datetime
) -> None:
    """`definition` None: the draft was sent back."""
    if definition is None:
        text = Message(
            f"【流程审核】{by.name}退回了“{draft.name}”的草稿，意见见“流程设计”。",
            f"[Procedure review] {by.name} sent the draft of “{draft.name}” back; the note is in the studio.",
        )
    else:
        text = Message(
            f"【流程审核】{by.name}审核通过，“{draft.name}”第 {definition.version} 版已发布。",
            f"[Procedure review] {by.name} approved “{draft.name}”; version {definition.version} is published.",
        )
    work.deliveries.add(list(_entries([draft.submitted_by or draft.changed_by], text, at)))


def _entries(recipients: list[str], text: Message, at: datetime) -> Iterator[OutboxEntry]:
    for recipient in recipients:
        entry_id = str(uuid4())
        yield OutboxEntry(
            entry_id=entry_id,
            idempotency_key=f"{TOPIC}:{entry_id}",
            recipient=recipient,
            case_id=None,
            task_id=None,
            topic=TOPIC,
            text_zh=text.zh,
            text_en=text.en,
            created_at=at,
        )
