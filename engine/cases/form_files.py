"""Files of a form: those it names must be attachments of its case; those sent along become some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.audit.record import record_event
from engine.cases.form_context import components_of
from engine.documents.attachments import sent_along
from engine.errors import FieldError, InvalidFile, InvalidForm, Message
from engine.kernel.forms import FormData
from engine.kernel.forms_paths import at, replaced
from engine.kernel.forms_schema import CONTAINERS, Schema, is_repeating
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.attachment import Attachment
from engine.records.org import Actor


@dataclass(frozen=True)
class Upload:
    """A file that was sent along with a form. `name` as the browser has it."""

    name: str
    content: bytes


def require_files(work: UnitOfWork, schema: Schema, form: FormData, case_id: str) -> FormData:
    """The form's values with the files' own names. Raises InvalidForm where the case has no such file.

    One statement where the form has files, none where it has not.
    """
    named = [(path, label, files) for path, label, files in file_fields(schema, form.variables) if files]
    if not named:
        return form
    known = {each.attachment_id: each.name for each in work.registers.attachments(case_id)}
    errors = [
        FieldError(path, _missing(label, str(entry["name"])))
        for path, label, files in named
        for entry in files
        if entry.get("id") not in known
    ]
    if errors:
        raise InvalidForm(errors)
    variables: dict[str, Any] = dict(form.variables)
    for path, _, files in named:
        variables = replaced(variables, path, [{"id": e["id"], "name": known[e["id"]]} for e in files])
    return replace(form, variables=variables)


@dataclass(frozen=True)
class SentFile:
    """A file that came with a form, as it will be attached."""

    attachment: Attachment
    content: bytes


def with_sent_files(
    engine: Engine, actor: Actor, schema: Schema, form: FormData, *, case_id: str, uploads: Sequence[Upload]
) -> tuple[FormData, tuple[SentFile, ...]]:
    """The form's values naming attachments to be, and these. Raises InvalidForm where one cannot be taken."""
    variables: dict[str, Any] = dict(form.variables)
    sent, errors = list[SentFile](), list[FieldError]()
    for path, label, files in [each for each in file_fields(schema, form.variables) if each[2]]:
        entries = []
        for entry in files:
            number = entry.get("upload")
            if number is None or number >= len(uploads):
                errors.append(FieldError(path, _missing(label, str(entry["name"]))))
                continue
            upload = uploads[number]
            try:
                attachment = sent_along(engine, actor, case_id, upload.name, upload.content, field=path)
            except InvalidFile as refused:
                errors.append(FieldError(path, refused.message))
                continue
            sent.append(SentFile(attachment, upload.content))
            entries.append({"id": attachment.attachment_id, "name": attachment.name})
        variables = replaced(variables, path, entries)
    if errors:
        raise InvalidForm(errors)
    return replace(form, variables=variables), tuple(sent)


def keep_sent_files(work: UnitOfWork, actor: Actor, case_id: str, files: Sequence[SentFile], now: datetime) -> None:
    """Inside the transaction that writes the case."""
    for file in files:
        detail = {"attachment_id": file.attachment.attachment_id, "sha256": file.attachment.sha256}
        record_event(work, "AttachmentAdded", detail, actor=actor.person_id, at=now, case_id=case_id)
        work.registers.add_attachment(file.attachment, file.content)


def file_fields(schema: Schema, variables: Mapping[str, Any]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Path, label and entries of each file field."""
    for path, component in _fields(schema, ""):
        yield path, str(component.get("label") or path), at(variables, path) or []


def has_files(schema: Schema) -> bool:
    """Whether anything can be uploaded."""
    return any(component.get("type") == "filepicker" for component in components_of(schema))


def _fields(schema: Schema, above: str) -> Iterator[tuple[str, Schema]]:
    for component in schema.get("components") or ():
        if component.get("type") == "filepicker":
            yield f"{above}{component['key']}", component
        elif component.get("type") in CONTAINERS and not is_repeating(component):
            path = component.get("path")
            yield from _fields(component, f"{above}{path}." if path else above)


def _missing(label: str, name: str) -> Message:
    return Message(
        f"“{label}”中的文件“{name}”不在本案的附件中。请移除后重新上传。",
        f"“{name}” in “{label}” is no attachment of this case. Remove it and upload it again.",
    )
