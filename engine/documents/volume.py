"""The archive volume of a case: its sheets, papers and attachments, numbered, indexed, each with its hash.

The manifest lists every file; its own hash goes into the case's audit trail before the first byte leaves, so that a
volume that was changed afterwards is found out (`verify_volume`).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, BinaryIO

from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import read_file
from engine.cases.read import checked_purpose
from engine.documents.attachments import open_attachment, sanitised_name
from engine.documents.paper_file import paper_file, read_source
from engine.errors import EngineError, Forbidden, InvalidFile, Message
from engine.ports.engine import Engine
from engine.records.dossier import FileView
from engine.records.org import Actor

MANIFEST = "manifest.json"
FORMAT = 1
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Entry:
    """A numbered file of the volume. `kind` is sheet, paper or attachment; `note` why a file is missing.

    `path` is "" and `sha256` is None where it is missing. `page` is where it begins in the PDF, None where it is no
    part of it.
    """

    number: int
    kind: str
    title: str
    path: str
    size: int
    sha256: str | None
    media_type: str
    source_id: str = ""
    note: str = ""
    page: int | None = None


@dataclass(frozen=True)
class Sheets:
    """What the pages give: the case's own sheet as a whole HTML document, and how its index is laid out."""

    front: str
    index: Callable[[Sequence[Entry]], str]


@dataclass(frozen=True)
class Volume:
    """A volume that is recorded and about to leave. `held` are contents made for it, by source id."""

    case_id: str
    name: str
    entries: tuple[Entry, ...]
    manifest: bytes
    held: dict[str, bytes]

    @property
    def manifest_sha256(self) -> str:
        return sha256(self.manifest).hexdigest()


def plan_volume(
    engine: Engine, actor: Actor, case_id: str, sheets: Sheets, *, purpose: str, form: str = "zip"
) -> Volume:
    """Gathers the volume and records it. `purpose` "": the redacted one, without papers that name the petitioner.

    Raises NotFound, Forbidden (audited) for the whole one where the actor does not handle the case, InvalidState.
    """
    with engine.store.read() as work:
        file = read_file(work, actor, case_id)
    whole = bool(purpose)
    if whole:
        purpose = checked_purpose(purpose)
        if not file.may_reveal:
            record_refusal(engine, actor, "make_volume", {"purpose": purpose}, case_id=case_id)
            raise Forbidden(
                Message(
                    "只有本案的经办人员可以制作带信访人信息的归档卷。请改为制作不含信访人信息的一份。",
                    "Only those who handle this case may make a volume with the petitioner. Make the redacted one.",
                )
            )
    held: dict[str, bytes] = {}
    entries = [_front(sheets, held)]
    entries += _papers(engine, actor, file, held, whole=whole, purpose=purpose)
    entries += _attachments(file)
    numbered = tuple(_numbered(entry, number) for number, entry in enumerate(entries, start=1))
    manifest = _manifest(file, numbered, engine.clock.now().isoformat(), redacted=not whole)
    volume = Volume(case_id, _volume_name(file), numbered, manifest, held)
    detail = {
        "manifest_sha256": volume.manifest_sha256,
        "files": len(numbered),
        "form": form,
        "redacted": not whole,
        **({"purpose": purpose} if whole else {}),
    }
    with engine.store.write() as work:
        at = engine.clock.now()
        record_event(work, "ArchiveVolumeMade", detail, actor=actor.person_id, at=at, case_id=case_id)
    return volume


def stream_zip(engine: Engine, actor: Actor, volume: Volume, sheets: Sheets) -> Iterator[bytes]:
    """The ZIP, piece by piece: never more than one file in memory."""
    index = sheets.index(volume.entries)
    out = _Pieces()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in ((MANIFEST, volume.manifest), ("目录.html", index.encode())):
            archive.writestr(name, content)
        yield from out.taken()
        for entry in volume.entries:
            if entry.sha256 is None:
                continue
            archive.writestr(entry.path, content_of(engine, actor, volume, entry))
            yield from out.taken()
    yield from out.taken()


def content_of(engine: Engine, actor: Actor, volume: Volume, entry: Entry) -> bytes:
    """The content of an entry that is not missing. Raises InvalidFile where it is no longer what was recorded."""
    content = volume.held.get(entry.source_id)
    if content is None:
        content = open_attachment(engine, actor, entry.source_id)[1]
    if sha256(content).hexdigest() != entry.sha256:
        raise InvalidFile(
            Message(
                f"“{entry.title}”的内容与记录的校验值不符，归档卷没有完成。请联系管理员核查数据库。",
                f"The content of “{entry.title}” is not what its hash says. The volume was not finished.",
            )
        )
    return content


@dataclass(frozen=True)
class Verified:
    """What a check of a volume found. No problems and `is_recorded`: it is as it left."""

    manifest_sha256: str
    files: int
    problems: tuple[Message, ...]
    is_recorded: bool


def verify_volume(engine: Engine, content: BinaryIO) -> Verified:
    """Recomputes every hash of a ZIP volume, and looks for its manifest in the trail of its case.

    Raises InvalidFile where it is no volume at all.
    """
    try:
        with zipfile.ZipFile(content) as archive:
            manifest = archive.read(MANIFEST)
            told = json.loads(manifest)
            problems = tuple(_problems(archive, told))
            files, case_id = len(told["files"]), str(told["case_id"])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise InvalidFile(
            Message("这不是督办制作的归档卷，或已损坏。", "This is no archive volume, or it is damaged.")
        ) from error
    digest = sha256(manifest).hexdigest()
    with engine.store.read() as work:
        trail = work.registers.audit_of(case_id)
    recorded = any(
        entry.event == "ArchiveVolumeMade" and entry.detail.get("manifest_sha256") == digest for entry in trail
    )
    return Verified(digest, files, problems, recorded)


def _problems(archive: zipfile.ZipFile, told: Any) -> Iterator[Message]:
    listed = {MANIFEST, "目录.html"}
    present = set(archive.namelist())
    for file in told["files"]:
        path = file["path"]
        if not path:
            continue
        listed.add(path)
        if path not in present:
            yield Message(f"缺少文件：{path}", f"A file is missing: {path}")
        elif _digest(archive, path) != file["sha256"]:
            yield Message(f"文件已被改动：{path}", f"A file was changed: {path}")
    for path in sorted(present - listed):
        yield Message(f"目录之外的文件：{path}", f"A file that is not listed: {path}")


def _digest(archive: zipfile.ZipFile, path: str) -> str:
    digest = sha256()
    with archive.open(path) as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _front(sheets: Sheets, held: dict[str, bytes]) -> Entry:
    content = sheets.front.encode()
    held[""] = content
    return Entry(0, "sheet", "案卷", "案卷.html", len(content), sha256(content).hexdigest(), "text/html")


def _papers(
    engine: Engine, actor: Actor, file: FileView, held: dict[str, bytes], *, whole: bool, purpose: str
) -> Iterator[Entry]:
    """A paper that cannot be opened stands in the index with the reason."""
    for paper in file.view.papers:
        title = f"{paper.title} {paper.number or ''}".strip()
        missing = Entry(0, "paper", title, "", 0, None, "", paper.paper_id)
        if not whole and read_source(engine, actor, paper.paper_id).kind.party:
            yield replace(missing, note="载有信访人信息，本卷不含")
            continue
        try:
            name, content = paper_file(engine, actor, paper.paper_id, purpose=purpose)
        except EngineError as error:
            yield replace(missing, note=error.message.zh)
            continue
        held[paper.paper_id] = content
        yield Entry(0, "paper", title, name, len(content), sha256(content).hexdigest(), WORD, paper.paper_id)


def _attachments(file: FileView) -> Iterator[Entry]:
    for attachment in file.attachments:
        version = f"（第 {attachment.version} 版）" if attachment.version > 1 else ""
        yield Entry(
            0,
            "attachment",
            attachment.name + version,
            attachment.name,
            attachment.size,
            attachment.sha256,
            attachment.media_type,
            attachment.attachment_id,
        )


def _numbered(entry: Entry, number: int) -> Entry:
    path = "" if entry.sha256 is None else f"{number:03d} {sanitised_name(entry.path)}"
    return replace(entry, number=number, path=path)


def _manifest(file: FileView, entries: Sequence[Entry], at: str, *, redacted: bool) -> bytes:
    told = {
        "format": FORMAT,
        "case_id": file.case.case_id,
        "number": file.case.number,
        "title": file.case.title,
        "made_at": at,
        "redacted": redacted,
        "audit_head": file.view.audit[-1].hash if file.view.audit else "",
        "files": [
            {
                "number": e.number,
                "kind": e.kind,
                "title": e.title,
                "path": e.path,
                "size": e.size,
                "sha256": e.sha256,
                "media_type": e.media_type,
                "note": e.note,
            }
            for e in entries
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _volume_name(file: FileView) -> str:
    return sanitised_name(f"归档卷 {file.case.number or file.case.title}")[:80]


class _Pieces(io.RawIOBase):
    """Takes what a ZIP writes, and gives it away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces
