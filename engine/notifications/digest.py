"""One message instead of a flood: what fires together for one person, bundled. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from engine.errors import Message
from engine.notifications.quiet import URGENT
from engine.records.step import DIGEST, LEVELS, OutboxEntry

DIGEST_FROM = 3
"""So many at once become one."""
_NAMES = {
    "urgent": Message("紧急 {n} 条", "{n} urgent"),
    "overdue": Message("超期 {n} 条", "{n} overdue"),
    "warning": Message("预警 {n} 条", "{n} warning(s)"),
    "info": Message("提醒 {n} 条", "{n} note(s)"),
}


def bundles(entries: Iterable[OutboxEntry]) -> tuple[tuple[OutboxEntry, ...], ...]:
    """The groups among entries ready to go out that are large enough for a digest, each of one person.

    What is urgent is bundled apart from the rest: the rest may have to wait, it never does. What has been read on
    the pages already is in none.
    """
    groups: dict[tuple[str, bool], list[OutboxEntry]] = {}
    for entry in entries:
        if entry.read_at is None:
            groups.setdefault((entry.recipient, entry.level == URGENT), []).append(entry)
    return tuple(tuple(group) for group in groups.values() if len(group) >= DIGEST_FROM)


def digest_of(members: Sequence[OutboxEntry], at: datetime) -> OutboxEntry:
    """The entry that bundles the members, all of one person. The same members always give the same key."""
    ids = "\n".join(sorted(member.entry_id for member in members))
    key = f"digest:{hashlib.sha256(ids.encode()).hexdigest()}"
    text = digest_text(members)
    return OutboxEntry(
        entry_id=str(uuid5(NAMESPACE_URL, key)),
        idempotency_key=key,
        recipient=members[0].recipient,
        case_id=None,
        task_id=None,
        topic=DIGEST,
        text_zh=text.zh,
        text_en=text.en,
        created_at=at,
        level=max((member.level for member in members), key=LEVELS.index),
    )


def digest_text(members: Sequence[OutboxEntry]) -> Message:
    """How many there are, by level; nothing of what they say."""
    counts = Counter(member.level for member in members)
    levels = [(_NAMES[level], counts[level]) for level in reversed(LEVELS) if counts[level]]
    zh = "、".join(name.zh.format(n=n) for name, n in levels)
    en = ", ".join(name.en.format(n=n) for name, n in levels)
    return Message(
        f"【汇总】您有 {len(members)} 条新消息（{zh}），请登录查看。",
        f"[Digest] You have {len(members)} new messages ({en}). Please log in to read them.",
    )
