"""The value of a file field: what was uploaded, by id and name; the files are attachments of the case.

An entry is `{"id": …, "name": …}`, or `{"upload": 0, "name": …}` while the case does not exist yet: the number is
the file's place among those sent along.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.errors import Message
from engine.kernel.forms_schema import Schema
from engine.values import Value

MOST_FILES: Final = 20
_LONGEST: Final = 200


class BadUpload(Exception):
    """`message` does not yet name the field."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.message = Message(zh, en)


def uploads_of(field: Schema, raw: Any) -> list[Value]:
    """The entries. Raises BadUpload where they are no entries, too many, or of a type the field does not take."""
    if raw is None or raw == "":
        return []
    if not isinstance(raw, list) or not all(map(_is_entry, raw)):
        raise BadUpload("应为已上传的文件。请重新选择。", "must be uploaded files. Choose them again.")
    most = MOST_FILES if field.get("multiple") else 1
    if len(raw) > most:
        raise BadUpload(
            f"最多 {most} 个文件，现有 {len(raw)} 个。", f"takes at most {most} files and has {len(raw)}."
        )
    suffixes = accepted(field)
    wrong = [str(entry["name"]) for entry in raw if suffixes and not str(entry["name"]).lower().endswith(suffixes)]
    if wrong:
        listed = "、".join(suffixes)
        raise BadUpload(
            f"不接受文件“{wrong[0]}”，只接受 {listed}。", f"does not take “{wrong[0]}”, only {', '.join(suffixes)}."
        )
    return [{name: entry[name] for name in ("id", "upload", "name") if name in entry} for entry in raw]


def accepted(field: Schema) -> tuple[str, ...]:
    """The suffixes that the field takes, in lower case; none: any that the office takes."""
    found = (part.strip().lower() for part in str(field.get("accept") or "").split(","))
    return tuple(part for part in found if part.startswith("."))


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        return False
    identity, upload = entry.get("id"), entry.get("upload")
    known = isinstance(identity, str) and 0 < len(identity) <= _LONGEST
    fresh = isinstance(upload, int) and not isinstance(upload, bool) and 0 <= upload < 1000
    return known != fresh and len(entry["name"]) <= _LONGEST
