"""What a channel is given of an entry of the outbox, in the recipient's language."""

from __future__ import annotations

from engine.errors import Message
from engine.ports.channel import Notice
from engine.records.org import Person
from engine.records.step import DIGEST, OutboxEntry

LONGEST_SUBJECT = 80


def notice_of(entry: OutboxEntry, person: Person, address: str, *, public_url: str) -> Notice:
    """The subject is the beginning of the text, on one line."""
    text = Message(entry.text_zh, entry.text_en).in_language(person.language)
    line = " ".join(text.split())
    subject = line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
    path = _path(entry)
    return Notice(
        idempotency_key=entry.idempotency_key,
        address=address,
        subject=subject,
        text=text,
        link=f"{public_url}{path}" if public_url and path else None,
        at=entry.created_at,
        level=entry.level,
    )


def _path(entry: OutboxEntry) -> str | None:
    if entry.topic == DIGEST:
        return "/messages"
    # the case, not the task: who is notified of a task need not be one who may open it
    return f"/cases/{entry.case_id}" if entry.case_id else None
