"""Attachments of a case: checked by content, stored once for each content."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from uuid import uuid4

from engine.audit.record import record_event
from engine.documents.media import media_type_of
from engine.errors import InvalidFile, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.attachment import Attachment
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.tasks.rights import is_accused

_NAME_LIMIT = 120


def add_attachment(engine: Engine, actor: Actor, case_id: str, name: str, content: bytes) -> Attachment:
    """Adds a file to a case that the actor may see.

    Raises NotFound, InvalidFile (too large, empty, a type that is not accepted, a misleading suffix).
    """
    limit = engine.settings.max_upload_bytes
    if len(content) > limit:
        raise InvalidFile(
            Message(
                f"文件超过 {limit // 1024 // 1024} MB。请压缩或拆分后再上传。",
                f"The file is larger than {limit // 1024 // 1024} MB. Compress or split it.",
            )
        )
    clean = sanitised_name(name)
    now = engine.clock.now()
    attachment = Attachment(
        attachment_id=str(uuid4()),
        case_id=case_id,
        name=clean,
        media_type=media_type_of(clean, content),
        size=len(content),
        sha256=sha256(content).hexdigest(),
        added_at=now,
        added_by=actor.person_id,
    )
    with engine.store.write() as work:
        _visible(work, actor, case_id)
        detail = {"attachment_id": attachment.attachment_id, "sha256": attachment.sha256}
        record_event(work, "AttachmentAdded", detail, actor=actor.person_id, at=now, case_id=case_id)
        work.registers.add_attachment(attachment, content)
    return attachment


def list_attachments(engine: Engine, actor: Actor, case_id: str) -> tuple[Attachment, ...]:
    """Oldest first. Raises NotFound."""
    with engine.store.read() as work:
        _visible(work, actor, case_id)
        return work.registers.attachments(case_id)


def open_attachment(engine: Engine, actor: Actor, attachment_id: str) -> tuple[Attachment, bytes]:
    """Raises NotFound, also where the actor may not know of the case."""
    with engine.store.read() as work:
        found = work.registers.attachment(attachment_id)
        if found is None:
            raise NotFound(Message("附件", "attachment"), attachment_id)
        _visible(work, actor, found[0].case_id)
        return found


def sanitised_name(name: str) -> str:
    """The last part of the name, without control or path characters, at most 120 characters, suffix kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    printable = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, suffix = printable.rpartition(".")
    if not dot:
        return printable[:_NAME_LIMIT] or "附件"
    return f"{stem[: _NAME_LIMIT - len(suffix) - 1] or '附件'}.{suffix[:10]}"


def _visible(work: UnitOfWork, actor: Actor, case_id: str) -> CaseFile:
    case = work.cases.get(case_id)
    if case is None or is_accused(actor, case) or not work.cases.may_see(actor, case_id):
        raise NotFound(Message("案件", "case"), case_id)
    return case
