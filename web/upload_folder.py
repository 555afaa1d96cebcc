"""An uploaded procedure: one .bpmn, or a .zip of the procedure's folder. Read whole or refused, never half.

A zip's entries are counted and measured before anything is unpacked, and unpacked into memory only.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from engine.errors import InvalidFile, Message

MOST_FILES = 200
MOST_BYTES = 8 * 1024 * 1024
"""Unpacked, all files together."""
# what zipfile and the decompressors raise, found by feeding them damaged archives
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, RuntimeError, ValueError, EOFError, OSError),
)
KINDS = (".bpmn", ".dmn", ".json", ".yaml", ".yml", ".md", ".docx")


def read_folder(name: str, content: bytes) -> tuple[str | None, dict[str, bytes]]:
    """The folder's name (None for a single diagram) and its files by path. Raises InvalidFile."""
    if len(content) > MOST_BYTES:
        raise _too_large()
    if name.lower().endswith(".bpmn"):
        return None, {PurePosixPath(name.replace("\\", "/")).name: content}
    if not name.lower().endswith(".zip"):
        raise InvalidFile(
            Message(
                "只接受 .bpmn 文件，或流程文件夹打包成的 .zip。",
                "Only a .bpmn file, or a .zip of a procedure's folder, is accepted.",
            )
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            folder, files = _unpack(archive)
    except _BROKEN as error:
        raise InvalidFile(
            Message(
                "压缩包已损坏、加密或格式不受支持。请重新打包为普通 .zip 再上传。",
                "The archive is broken, encrypted or of an unknown kind. Pack a plain .zip and upload it again.",
            )
        ) from error
    if not any(path.endswith(".bpmn") for path in files):
        raise InvalidFile(
            Message(
                "压缩包里没有 .bpmn 流程图。请打包整个流程文件夹。",
                "The archive holds no .bpmn diagram. Pack the whole folder of the procedure.",
            )
        )
    return folder, files


def _unpack(archive: zipfile.ZipFile) -> tuple[str | None, dict[str, bytes]]:
    entries = [e for e in archive.infolist() if not e.is_dir() and not _is_rubbish(e.filename)]
    if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > MOST_BYTES:
        raise _too_large()
    files: dict[str, bytes] = {}
    room = MOST_BYTES
    for entry in entries:
        path = _safe(entry.filename)
        with archive.open(entry) as stream:
            content = stream.read(room + 1)
        room -= len(content)
        if room < 0:
            raise _too_large()
        files[str(path)] = content
    return _without_folder(files)


def _is_rubbish(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in {".DS_Store", "Thumbs.db"})


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or not path.name.lower().endswith(KINDS):
        raise InvalidFile(
            Message(
                f"压缩包内的“{name[:80]}”路径或类型不允许。只放流程文件夹内的 .bpmn、.dmn、表单、场景和说明。",
                f"“{name[:80]}” in the archive has a path or type that is not allowed. Pack only the folder's "
                ".bpmn, .dmn, forms, scenarios and README.",
            )
        )
    return path


def _without_folder(files: dict[str, bytes]) -> tuple[str | None, dict[str, bytes]]:
    tops = {PurePosixPath(path).parts[0] for path in files}
    if len(tops) == 1 and all(len(PurePosixPath(path).parts) > 1 for path in files):
        (top,) = tops
        return top, {str(PurePosixPath(*PurePosixPath(path).parts[1:])): content for path, content in files.items()}
    return None, files


def _too_large() -> InvalidFile:
    return InvalidFile(
        Message(
            f"文件太大：解开后最多 {MOST_FILES} 个文件、共 {MOST_BYTES // 1024 // 1024} MB。",
            f"Too large: at most {MOST_FILES} files and {MOST_BYTES // 1024 // 1024} MB unpacked.",
        )
    )
