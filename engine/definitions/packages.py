"""A version as one file, to be carried to another installation and read there as a draft.

A zip of the procedure's folder with a manifest that names every file with its SHA-256. The tables that all
procedures share are named, not carried: they belong to the installation.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from engine.audit.record import record_event
from engine.definitions.builtin import shared_tables
from engine.definitions.content import SHARED, is_scenario
from engine.definitions.deploy import findings_in, misnamed
from engine.definitions.draft_files import check_key, draft_files
from engine.definitions.draft_rights import demand_admin, demand_reader, missing_draft
from engine.definitions.drafts import add_draft
from engine.definitions.sources import load_procedure
from engine.errors import InvalidDiagram, InvalidFile, Message
from engine.kernel.diagram import read_diagram
from engine.kernel.diagram_xml import as_utf8
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.studio import ProcedureDraft

MANIFEST: Final = "manifest.json"
FORMAT: Final = "duban-procedure"
FORMAT_VERSION: Final = 1
_MOST_MANIFEST: Final = 200_000
"""Bytes."""
_SAME_TIME: Final = (2000, 1, 1, 0, 0, 0)
"""Of every entry: the same version gives the same file, byte for byte."""


@dataclass(frozen=True)
class Package:
    """`file_name` is ASCII."""

    file_name: str
    content: bytes


def export_version(engine: Engine, actor: Actor, definition_id: str) -> Package:
    """A version with the scenarios of its draft. Every member of staff may read versions. Raises NotFound."""
    del actor
    with engine.store.read() as work:
        definition = load_procedure(work, definition_id).definition
        former = work.studio.of_definition(definition_id)
        beside = work.studio.files(former.draft_id) if former else {}
        called = {key: load_procedure(work, pinned).definition.sha256 for key, pinned in definition.calls.items()}
    files = {file.path: file.content for file in definition.files}
    own = draft_files(files) | {path: content for path, content in beside.items() if is_scenario(path)}
    about = {
        "key": definition.key,
        "name": definition.name,
        "version": definition.version,
        "sha256": definition.sha256,
        "changelog": definition.changelog,
        "waivers": definition.waivers,
        "calls": called,
        "shared": {path: _hash(content) for path, content in files.items() if path.startswith(SHARED)},
    }
    return Package(f"{definition.key}-v{definition.version}.zip", _packed(definition.key, own, about))


def export_draft(engine: Engine, actor: Actor, draft_id: str) -> Package:
    """A draft as it is stored. Raises Forbidden (audited), NotFound."""
    demand_reader(engine, actor, "export_draft", draft_id)
    with engine.store.read() as work:
        draft = work.studio.get(draft_id)
        if draft is None:
            raise missing_draft(draft_id)
        files = work.studio.files(draft_id)
    about = {
        "key": draft.key,
        "name": draft.name,
        "changelog": draft.changelog,
        "waivers": draft.waivers,
        "shared": {f"{SHARED}{path}": _hash(content) for path, content in shared_tables().items()},
    }
    return Package(f"{draft.key}-draft-{draft.revision}.zip", _packed(draft.key, dict(files), about))


def import_package(engine: Engine, actor: Actor, key: str, files: Mapping[str, bytes]) -> ProcedureDraft:
    """A draft from the files of a folder, after the version in force where there is one.

    With a manifest among them, every file must be there and be what the manifest says; reasons for warnings and the
    changelog come along. A lone diagram takes the place of the one in force, whose forms and tables stay. Raises
    InvalidFile, InvalidDiagram where no diagram of the procedure's name can be read, Forbidden (audited).
    """
    demand_admin(engine, actor, "import_package", key)
    manifest = _manifest(files)
    if manifest is not None:
        key = manifest.key
    check_key(key)
    now = engine.clock.now()
    with engine.store.write() as work:
        current = work.definitions.current(key, now)
        content = {path: _readable(path, data) for path, data in draft_files(files).items()}
        if current is not None and len(files) == 1:
            content = draft_files({file.path: file.content for file in current.files}) | content
        _demand_diagram(engine, work, key, content)
        draft = add_draft(
            engine,
            work,
            actor.person_id,
            key,
            base_id=current.definition_id if current else None,
            files=content,
            changelog=manifest.changelog if manifest else "",
            waivers=_taken_over(manifest.waivers, now) if manifest else None,
        )
        detail = {"procedure": key, "draft": draft.draft_id, "files": len(content)}
        if manifest is not None:
            detail |= {"sha256": manifest.sha256, "version": manifest.version}
        record_event(work, "ProcedureDraftImported", detail, actor=actor.person_id, at=now)
        return draft


def _readable(path: str, content: bytes) -> bytes:
    """XML in UTF-8, as editors need it; all else as it is. Raises InvalidDiagram."""
    return as_utf8(content, path) if path.endswith((".bpmn", ".dmn")) else content


def _demand_diagram(engine: Engine, work: UnitOfWork, key: str, content: Mapping[str, bytes]) -> None:
    """Raises InvalidDiagram where there is no drawing of the procedure's name that can be read."""
    drawings = [path for path in content if path.endswith(".bpmn")]
    if len(drawings) != 1:
        raise InvalidDiagram(findings_in(engine, work, key, content))
    read_diagram(content[drawings[0]], drawings[0])
    if odd := tuple(misnamed(key, content)):
        raise InvalidDiagram(odd)


@dataclass(frozen=True)
class _Manifest:
    key: str
    version: int | None
    sha256: str
    changelog: str
    waivers: Mapping[str, Any]


def _manifest(files: Mapping[str, bytes]) -> _Manifest | None:
    """Raises InvalidFile where the files are not those that the manifest names."""
    content = files.get(MANIFEST)
    if content is None:
        return None
    try:
        read = json.loads(content) if len(content) <= _MOST_MANIFEST else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or read.get("format") != FORMAT or read.get("format_version") != FORMAT_VERSION:
        raise InvalidFile(
            Message(
                "文件包里的 manifest.json 不是本系统导出的格式。请重新导出，或删去它、按普通文件夹上传。",
                "The package's manifest.json is not one that this product exports. Export it again, or leave it "
                "out and upload the plain folder.",
            )
        )
    named = read.get("files")
    there = {path: _hash(data) for path, data in files.items() if path != MANIFEST}
    if named != there:
        listed = named if isinstance(named, dict) else {}
        odd = sorted(path for path in {*listed, *there} if listed.get(path) != there.get(path))
        raise InvalidFile(
            Message(
                f"文件包与清单不符，可能被改动或不完整：{'、'.join(map(str, odd[:5]))}。请重新导出后再导入。",
                f"The package is not what its manifest says, so it was changed or is incomplete: "
                f"{', '.join(map(str, odd[:5]))}. Export it again and import that.",
            )
        )
    version, waivers = read.get("version"), read.get("waivers")
    return _Manifest(
        key=str(read.get("key", "")),
        version=version if isinstance(version, int) else None,
        sha256=str(read.get("sha256", ""))[:64],
        changelog=str(read.get("changelog", ""))[:4000],
        waivers=waivers if isinstance(waivers, dict) else {},
    )


def _taken_over(waivers: Mapping[str, Any], now: datetime) -> dict[str, dict[str, str]]:
    """Reasons given elsewhere: the text is kept, the person is unknown here."""
    return {
        key[:300]: {"text": str(kept["text"])[:4000], "by": "", "at": now.isoformat()}
        for key, kept in waivers.items()
        if isinstance(kept, dict) and kept.get("text")
    }


def _packed(key: str, files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **about,
        "files": {path: _hash(content) for path, content in sorted(files.items())},
    }
    told = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in [(MANIFEST, told), *sorted(files.items())]:
            archive.writestr(zipfile.ZipInfo(f"{key}/{path}", _SAME_TIME), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
