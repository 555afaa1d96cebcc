"""Which files a draft may hold: paths, kinds, sizes. A draft holds what a version does, and scenarios beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from engine.definitions.content import SHARED, executable_files, is_scenario
from engine.errors import InvalidFile, Message

MOST_FILES: Final = 200
MOST_BYTES: Final = 8 * 1024 * 1024
"""All files of a draft together."""
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,60}", re.ASCII)
_SEGMENT = r"(?!\.)[\w.\-() （）]{1,100}"
_PATH = re.compile(rf"(?:{_SEGMENT}/){{0,3}}{_SEGMENT}")
_KINDS: Final = {
    ".bpmn": "diagram",
    ".form.json": "forms",
    ".dmn": "tables",
    ".docx": "documents",
    ".yaml": "scenarios",
    ".yml": "scenarios",
}
_BY_TEXT: Final = (".bpmn", ".dmn", ".json", ".yaml", ".yml")


def draft_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of a folder or of a version that a draft keeps: not the shared tables, no README."""
    own = {path: content for path, content in files.items() if not path.startswith(SHARED)}
    kept = executable_files(own) | {path: content for path, content in own.items() if is_scenario(path)}
    return dict(sorted(kept.items()))


def is_text(path: str) -> bool:
    """Whether a file is edited as text; the Word templates are not."""
    return path.endswith(_BY_TEXT)


def kinds_of(files: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The paths by kind (diagram, forms, tables, documents, scenarios), kinds that there are none of left out."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in dict.fromkeys(_KINDS.values())}
    for path in sorted(files):
        by_kind[next(kind for suffix, kind in _KINDS.items() if path.endswith(suffix))].append(path)
    return [(kind, paths) for kind, paths in by_kind.items() if paths]


def check_paths(paths: Mapping[str, bytes]) -> None:
    """Raises InvalidFile for a path that a draft cannot hold."""
    for path in paths:
        if not _PATH.fullmatch(path) or path not in draft_files({path: b""}):
            raise InvalidFile(
                Message(
                    f"草稿里不能放“{path[:80]}”。可以放：.bpmn 流程图、.dmn 决策表、forms/ 下的 .form.json、"
                    "documents/ 下的 .docx、scenarios/ 下的 .yaml。",
                    f"A draft cannot hold “{path[:80]}”. It holds: the .bpmn diagram, .dmn tables, .form.json in "
                    "forms/, .docx in documents/, .yaml in scenarios/.",
                )
            )


def check_sizes(files: Mapping[str, bytes]) -> None:
    """Raises InvalidFile where a draft would hold too much."""
    if len(files) > MOST_FILES or sum(len(content) for content in files.values()) > MOST_BYTES:
        raise InvalidFile(
            Message(
                f"草稿太大：最多 {MOST_FILES} 个文件、共 {MOST_BYTES // 1024 // 1024} MB。请先删去不用的文件。",
                f"The draft is too large: at most {MOST_FILES} files and {MOST_BYTES // 1024 // 1024} MB. "
                "Drop files that are not needed.",
            )
        )


def check_key(key: str) -> None:
    """Raises InvalidFile for a key that cannot name a procedure."""
    if not KEY.fullmatch(key):
        raise InvalidFile(
            Message(
                f"“{key[:80]}”不能作流程编号。请用英文字母开头，只含字母、数字、下划线，"
                "最长 61 个字符，例如 petition_main。",
                f"“{key[:80]}” cannot be the key of a procedure. Begin with a letter, use letters, digits and "
                "underscores, at most 61 characters, as in petition_main.",
            )
        )
