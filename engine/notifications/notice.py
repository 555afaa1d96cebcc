"""What a channel is given of an entry of the outbox, in the recipient's language."""

from __future__ import annotations

from engine.errors import Message
from engine.ports.channel import Notice
from engine.records.org import Person
from engine.records.step import OutboxEntry

LONGEST_SUBJECT = 80


def notice_of(entry: OutboxEntry, person: Person, address: str) -> Notice:
    """The subject is the beginning of the text, on one line."""
    text = Message(entry.text_zh, entry.text_en).in_language(person.language)
    line = " ".join(text.split())
    subject = line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
    return Notice(
        idempotency_key=entry.idempotency_key,
        address=address,
        subject=subject,
        text=text,
        # the case, not the task: who is notified of a task need not be one who may open it
        link=f"/cases/{entry.case_id}" if entry.case_id else None,
        at=entry.created_at,
    )
