"""A person's notifications: neutral texts that say where to look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.notifications.digest import digest_text
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.step import DIGEST, LEVELS, OutboxEntry

PAGE_SIZE = 30


@dataclass(frozen=True)
class MessageRow:
    """A message, and what it bundles where it is a digest; a digest counts what the reader may know of."""

    entry: OutboxEntry
    members: tuple[OutboxEntry, ...] = ()


@dataclass(frozen=True)
class MessagePage:
    """`unread` stand above `read`; both newest first. The unread ones are on the first page only."""

    unread: tuple[MessageRow, ...]
    read: tuple[MessageRow, ...]
    page: int
    has_next: bool


def list_messages(
    engine: Engine, actor: Actor, *, unread_only: bool = False, limit: int = 50
) -> tuple[OutboxEntry, ...]:
    """The actor's own, newest first; none of a case that has come to accuse the actor's unit since."""
    with engine.store.read() as work:
        return work.registers.inbox_messages(actor.person_id, unread_only=unread_only, limit=limit, reader=actor)


def message_page(
    engine: Engine, actor: Actor, *, unread_only: bool = False, level: str | None = None, page: int = 1
) -> MessagePage:
    """The actor's own, the unread first; only those of `level` where it is one of LEVELS."""
    chosen = level if level in LEVELS else None
    page = min(max(page, 1), 1000)
    unread: tuple[OutboxEntry, ...] = ()
    read: tuple[OutboxEntry, ...] = ()
    with engine.store.read() as work:
        if unread_only or page == 1:
            size = PAGE_SIZE + 1 if unread_only else 10 * PAGE_SIZE
            offset = (page - 1) * PAGE_SIZE if unread_only else 0
            unread = work.registers.messages_of(actor, is_read=False, level=chosen, limit=size, offset=offset)
        if not unread_only:
            read = work.registers.messages_of(
                actor, is_read=True, level=chosen, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE
            )
        has_next = len(unread if unread_only else read) > PAGE_SIZE
        if unread_only:
            unread = unread[:PAGE_SIZE]
        rows = _rows(work, actor, (*unread, *read[:PAGE_SIZE]))
    return MessagePage(rows[: len(unread)], rows[len(unread) :], page, has_next)


def unread_count(engine: Engine, actor: Actor) -> int:
    """A digest counts once."""
    with engine.store.read() as work:
        return work.registers.unread_count(actor.person_id, reader=actor)


def mark_read(engine: Engine, actor: Actor, entry_ids: Iterable[str] | None = None) -> None:
    """Marks the given ones of the actor's own, or all where `entry_ids` is None; others' ids do nothing.

    A digest takes what it bundles along.
    """
    with engine.store.write() as work:
        work.registers.mark_read(actor.person_id, entry_ids, engine.clock.now())


def _rows(work: UnitOfWork, actor: Actor, entries: tuple[OutboxEntry, ...]) -> tuple[MessageRow, ...]:
    digests = [entry.entry_id for entry in entries if entry.topic == DIGEST]
    members: dict[str, list[OutboxEntry]] = defaultdict(list)
    for member in work.deliveries.members(digests, reader=actor) if digests else ():
        members[member.digest_id or ""].append(member)
    rows = []
    for entry in entries:
        bundled = tuple(members.get(entry.entry_id, ()))
        text = digest_text(bundled) if bundled else None
        shown = replace(entry, text_zh=text.zh, text_en=text.en) if text else entry
        rows.append(MessageRow(shown, bundled))
    return tuple(rows)
