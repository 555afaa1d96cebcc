"""Attachments of a case: checked by content, stored once for each content, in versions that all stay."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import visible_case
from engine.cases.handling import Right, file_right
from engine.documents.media import media_type_of
from engine.errors import Conflict, Forbidden, InvalidFile, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.attachment import Attachment
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.tasks.rights import is_accused, is_handler

_NAME_LIMIT = 120
_FIELD_LIMIT = 200
ATTACHMENT = Message("附件", "attachment")


def add_attachment(
    engine: Engine,
    actor: Actor,
    case_id: str,
    name: str,
    content: bytes,
    *,
    task_id: str | None = None,
    field: str | None = None,
    replaces: str | None = None,
) -> Attachment:
    """Adds a file to a case that the actor handles or keeps; `replaces` makes it the next version of a document.

    `task_id` and `field` say for which field of an open task's form it is. Raises NotFound, Forbidden (audited),
    Conflict where the replaced one is not the newest version, InvalidFile (too large, empty, a type that is not
    accepted, a misleading suffix).
    """
    given = Attachment(
        attachment_id=str(uuid4()),
        case_id=case_id,
        name=(clean := sanitised_name(name)),
        media_type=_checked(engine, clean, content),
        size=len(content),
        sha256=sha256(content).hexdigest(),
        added_at=engine.clock.now(),
        added_by=actor.person_id,
        task_id=task_id,
        field=field[:_FIELD_LIMIT] if field else None,
    )
    try:
        with engine.store.write() as work:
            right = _right(work, actor, given)
            # the chain's lock: of two next versions one comes second
            work.registers.audit_head(case_id)
            attachment = _next_version(work, given, replaces) if replaces else given
            _record(work, attachment, right, replaces)
            work.registers.add_attachment(attachment, content)
    except Forbidden:
        record_refusal(engine, actor, "add_attachment", {"name": clean}, case_id=case_id)
        raise
    return attachment


def sent_along(engine: Engine, actor: Actor, case_id: str, name: str, content: bytes, *, field: str) -> Attachment:
    """What becomes of a file that comes with the form of a case not yet written. Raises InvalidFile."""
    return Attachment(
        attachment_id=str(uuid4()),
        case_id=case_id,
        name=(clean := sanitised_name(name)),
        media_type=_checked(engine, clean, content),
        size=len(content),
        sha256=sha256(content).hexdigest(),
        added_at=engine.clock.now(),
        added_by=actor.person_id,
        field=field[:_FIELD_LIMIT],
    )


def list_attachments(engine: Engine, actor: Actor, case_id: str) -> tuple[Attachment, ...]:
    """Oldest first. Raises NotFound."""
    with engine.store.read() as work:
        visible_case(work, actor, case_id)
        return work.registers.attachments(case_id)


def open_attachment(engine: Engine, actor: Actor, attachment_id: str) -> tuple[Attachment, bytes]:
    """Raises NotFound, also where the actor may not know of the case.

    What a case brought along that was merged is open to whoever sees the case that took it in.
    """
    with engine.store.read() as work:
        found = work.registers.attachment(attachment_id)
        if found is None or not _may_open(work, actor, found[0].case_id):
            raise NotFound(ATTACHMENT, attachment_id)
        return found


def sanitised_name(name: str) -> str:
    """The last part of the name, without control or path characters, at most 120 characters, suffix kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    printable = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, suffix = printable.rpartition(".")
    if not dot:
        return printable[:_NAME_LIMIT] or "附件"
    return f"{stem[: _NAME_LIMIT - len(suffix) - 1] or '附件'}.{suffix[:10]}"


def _checked(engine: Engine, name: str, content: bytes) -> str:
    limit = engine.settings.max_upload_bytes
    if len(content) > limit:
        raise InvalidFile(
            Message(
                f"文件“{name}”超过 {limit // 1024 // 1024} MB。请压缩或拆分后再上传。",
                f"The file “{name}” is larger than {limit // 1024 // 1024} MB. Compress or split it.",
            )
        )
    return media_type_of(name, content)


def _right(work: UnitOfWork, actor: Actor, given: Attachment) -> Right:
    case = visible_case(work, actor, given.case_id)
    tasks = work.dossier.tasks_of_case(case.case_id)
    right = file_right(actor, case, tasks)
    if right is None or (given.task_id is not None and not _is_asked(actor, tasks, given.task_id)):
        raise Forbidden(
            Message(
                "只有本案的经办人员和主管单位的登记、经办、督查人员可以添加附件。请把材料交给经办人员。",
                "Only those who handle this case, and its keepers, may add attachments. Give it to its handlers.",
            )
        )
    return right


def _is_asked(actor: Actor, tasks: tuple[UserTask, ...], task_id: str) -> bool:
    """Whether the form's field is the actor's to fill in now."""
    task = next((t for t in tasks if t.task_id == task_id and t.state is TaskState.OPEN), None)
    return task is not None and is_handler(actor, task)


def _next_version(work: UnitOfWork, given: Attachment, replaces: str) -> Attachment:
    present = work.registers.attachments(given.case_id)
    before = next((a for a in present if a.attachment_id == replaces), None)
    if before is None:
        raise NotFound(ATTACHMENT, replaces)
    series = before.series_id or before.attachment_id
    newest = max((a for a in present if a.series_id == series), key=lambda a: a.version, default=before)
    if newest.attachment_id != replaces:
        raise Conflict(
            Message(
                f"“{before.name}”已有更新的第 {newest.version} 版。请刷新页面，在最新一版上替换。",
                f"“{before.name}” has a newer version {newest.version}. Reload, and replace the newest one.",
            )
        )
    if before.series_id is None:
        work.dossier.begin_series(before.attachment_id)
    return replace(given, series_id=series, version=newest.version + 1)


def _record(work: UnitOfWork, attachment: Attachment, right: Right, replaces: str | None) -> None:
    detail = {
        "attachment_id": attachment.attachment_id,
        "sha256": attachment.sha256,
        "version": attachment.version,
        "replaces": replaces,
        "task_id": attachment.task_id,
        "field": attachment.field,
        "acted_for": right.acted_for,
    }
    record_event(
        work,
        "AttachmentReplaced" if replaces else "AttachmentAdded",
        {key: value for key, value in detail.items() if value is not None},
        actor=attachment.added_by,
        at=attachment.added_at,
        case_id=attachment.case_id,
    )


def _may_open(work: UnitOfWork, actor: Actor, case_id: str) -> bool:
    case = work.cases.get(case_id)
    if case is None or is_accused(actor, case):
        return False
    return work.cases.may_see(actor, case_id) or (case.merged_into is not None and _sees(work, actor, case))


def _sees(work: UnitOfWork, actor: Actor, case: CaseFile) -> bool:
    main = work.cases.get(case.merged_into or "")
    return main is not None and not is_accused(actor, main) and work.cases.may_see(actor, main.case_id)
