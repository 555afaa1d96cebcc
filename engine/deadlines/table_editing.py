"""Changing the office's tables: previewed, checked against the law, saved as a new version, audited.

Nothing is overwritten: a change is a version, and restoring an old version makes a new one. What is running keeps
the rule version that it started under.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from engine.audit.record import record_event, record_refusal
from engine.deadlines.known_rules import known_rules
from engine.deadlines.table_check import check_table
from engine.deadlines.table_diff import RowChange, diff_data, diff_of
from engine.deadlines.table_draft import TableDraft, edits_of
from engine.deadlines.table_fault import InvalidTable, TableFault
from engine.deadlines.table_read import content_of, line_of, names_in, not_found
from engine.errors import Conflict, Forbidden, InvalidDiagram, InvalidFile, InvalidState, Message
from engine.kernel.decisions_edit import edit_table
from engine.kernel.decisions_parse import MAX_BYTES
from engine.kernel.decisions_sheet import read_sheet
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.tables import TableVersion
from engine.values import Data

LONGEST_NOTE: Final = 500
_AUDITED_ROWS: Final = 200
"""Rows that an audit entry lists; the version itself keeps the rest."""


@dataclass(frozen=True)
class Preview:
    """What saving would do. `content` is the new file; with `faults` it cannot be saved.

    The rows of `faults` are those of the draft, where there is one.
    """

    table_id: str
    base: int
    content: bytes
    changes: tuple[RowChange, ...]
    faults: tuple[TableFault, ...]


def preview_draft(engine: Engine, actor: Actor, table_id: str, draft: TableDraft, *, base: int) -> Preview:
    """A draft on the version `base`. Raises Forbidden, NotFound; Conflict where another version holds by now."""
    demand_admin(engine, actor, "preview_table", table_id)
    with engine.store.read() as work:
        return _of_draft(engine, work, table_id, draft, base)


def save_draft(engine: Engine, actor: Actor, table_id: str, draft: TableDraft, *, base: int, note: str) -> int:
    """The new version's number. Raises also InvalidTable with all faults, InvalidState where nothing changes."""
    demand_admin(engine, actor, "change_table", table_id)
    with engine.store.write() as work:
        return _save(engine, work, actor, _of_draft(engine, work, table_id, draft, base), note)


def preview_upload(engine: Engine, actor: Actor, table_id: str, content: bytes) -> Preview:
    """A whole file in place of the table. Raises Forbidden, NotFound, InvalidFile."""
    demand_admin(engine, actor, "preview_table", table_id)
    with engine.store.read() as work:
        return _of_file(engine, work, table_id, content, line_of(work, table_id, None, {}).version)


def save_upload(engine: Engine, actor: Actor, table_id: str, content: bytes, *, base: int, note: str) -> int:
    """As `save_draft`, for a whole file."""
    demand_admin(engine, actor, "change_table", table_id)
    with engine.store.write() as work:
        return _save(engine, work, actor, _of_file(engine, work, table_id, content, base), note)


def restore_version(engine: Engine, actor: Actor, table_id: str, version: int, *, base: int, note: str) -> int:
    """An old version's content (0: as it comes with Duban) as a new version. Raises as `save_draft`."""
    demand_admin(engine, actor, "restore_table", table_id)
    with engine.store.write() as work:
        content = content_of(work, table_id, line_of(work, table_id, version, {}).version)
        if content is None:
            raise not_found(table_id)
        return _save(engine, work, actor, _of_file(engine, work, table_id, content, base), note, restored=version)


@dataclass(frozen=True)
class _Base:
    """The version that a change is made on."""

    table_id: str
    version: int
    content: bytes

    @property
    def file(self) -> str:
        return f"{self.table_id}.dmn"


def demand_admin(engine: Engine, actor: Actor, attempted: str, table_id: str) -> None:
    """Raises Forbidden, audited, for who is no process admin."""
    if not actor.is_admin:
        record_refusal(engine, actor, attempted, {"table": table_id[:80]})
        raise Forbidden(
            Message(
                "只有流程管理员可以修改规则表。请联系流程管理员。",
                "Only a process admin may change the tables of rules. Ask one.",
            )
        )


def _of_draft(engine: Engine, work: UnitOfWork, table_id: str, draft: TableDraft, base: int) -> Preview:
    old = _base(work, table_id, base)
    edits = edits_of(read_sheet(old.content, old.file, table_id), draft)
    content = edit_table(old.content, old.file, table_id, edits.edits) if edits.edits else old.content
    preview = _compared(engine, work, old, content)
    found = [replace(fault, row_id=edits.homes.get(fault.row_id, fault.row_id)) for fault in preview.faults]
    # an entry that is no value left its cell as it was: what that cell is found to lack says nothing
    said = {(fault.row_id, fault.column) for fault in edits.faults}
    kept = [fault for fault in found if (fault.row_id, fault.column) not in said]
    return replace(preview, faults=(*edits.faults, *kept))


def _of_file(engine: Engine, work: UnitOfWork, table_id: str, content: bytes, base: int) -> Preview:
    if len(content) > MAX_BYTES:
        raise InvalidFile(
            Message(
                "文件超过 2 MB。规则表不会这么大，请检查文件。", "The file exceeds 2 MB; no table is that large."
            )
        )
    return _compared(engine, work, _base(work, table_id, base), content)


def _base(work: UnitOfWork, table_id: str, base: int) -> _Base:
    """The content of the version that the change was made on. Raises Conflict where it holds no more."""
    newest = line_of(work, table_id, None, names_in(work))
    if newest.version != base:
        at = "" if newest.summary is None else newest.summary.created_at.isoformat(timespec="minutes")
        raise Conflict(
            Message(
                f"{newest.by}刚刚保存了第 {newest.version} 版，您的改动是在第 {base} 版上做的，没有保存。"
                "请打开新的一版，再改一次。",
                f"{newest.by} has just saved version {newest.version}; your changes were made on version {base} "
                "and were not saved. Open the new version and make them again.",
            ),
            by=newest.by,
            at=at,
        )
    content = content_of(work, table_id, base)
    if content is None:
        raise not_found(table_id)
    return _Base(table_id, base, content)


def _compared(engine: Engine, work: UnitOfWork, old: _Base, content: bytes) -> Preview:
    faults = check_table(old.table_id, content, engine.kernel.feel, known_rules(work, engine.clock.now()))
    try:
        changes = diff_of(*(read_sheet(each, old.file, old.table_id) for each in (old.content, content)))
    except InvalidDiagram:
        changes = ()
    return Preview(old.table_id, old.version, content, changes, faults)


def _save(
    engine: Engine,
    work: UnitOfWork,
    actor: Actor,
    preview: Preview,
    note: str,
    *,
    restored: int | None = None,
) -> int:
    if preview.faults:
        raise InvalidTable(preview.faults)
    if not preview.changes:
        raise InvalidState(Message("没有任何改动，未保存新版本。", "Nothing was changed; no version was saved."))
    now = engine.clock.now()
    digest = sha256(preview.content).hexdigest()
    version = work.tables.add(
        TableVersion(
            table_id=preview.table_id,
            version=preview.base + 1,
            revision=0,
            sha256=digest,
            created_at=now,
            created_by=actor.person_id,
            note=" ".join(note.split())[:LONGEST_NOTE],
            content=preview.content,
        )
    )
    detail: Data = {
        "table": version.table_id,
        "version": version.version,
        "sha256": digest,
        "note": version.note,
        "changes": len(preview.changes),
        "diff": diff_data(preview.changes[:_AUDITED_ROWS]),
        **({} if restored is None else {"restored": restored}),
    }
    record_event(work, "TableChanged", detail, actor=actor.person_id, at=now)
    return version.version
