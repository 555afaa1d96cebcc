"""Which files of two versions differ, and what of each: items where a reader understands it, else lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from enum import StrEnum
from hashlib import sha256
from typing import Final

from engine.definitions.differences import Aspect, Change, Item, Thing, aspects_between, compare_things
from engine.definitions.differences_diagram import REFERENCES, diagram_things
from engine.definitions.differences_form import form_things
from engine.definitions.differences_table import table_things
from engine.errors import InvalidDiagram

MOST_LINES: Final = 400
"""Lines of one text file that are told; who needs more compares the files themselves."""


class FileKind(StrEnum):
    DIAGRAM = "diagram"
    TABLE = "table"
    FORM = "form"
    PAPER = "paper"
    TEXT = "text"


@dataclass(frozen=True)
class FileDifference:
    """A file that is not the same. `lines` are those of a unified diff, where no reader understands the file."""

    path: str
    kind: FileKind
    change: Change
    items: tuple[Item, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def is_same_content(self) -> bool:
        """Written otherwise, and nothing of it means anything else."""
        return self.change is Change.CHANGED and not self.items and not self.lines


_READERS: Final[Mapping[FileKind, Callable[[bytes, str], dict[str, Thing]]]] = {
    FileKind.DIAGRAM: diagram_things,
    FileKind.TABLE: table_things,
    FileKind.FORM: form_things,
}


def differing_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[FileDifference, ...]:
    """All files that differ: the diagram, tables, forms, papers, the rest; each kind by path."""
    found = [
        _differing(path, old.get(path), new.get(path))
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    ]
    order = list(FileKind)
    return tuple(sorted(found, key=lambda each: (order.index(each.kind), each.path)))


def kind_of_file(path: str) -> FileKind:
    """By the path's end."""
    if path.endswith(".bpmn"):
        return FileKind.DIAGRAM
    if path.endswith(".dmn"):
        return FileKind.TABLE
    if path.endswith(".form.json"):
        return FileKind.FORM
    return FileKind.PAPER if path.endswith(".docx") else FileKind.TEXT


def _differing(path: str, old: bytes | None, new: bytes | None) -> FileDifference:
    kind = kind_of_file(path)
    change = Change.ADDED if old is None else Change.REMOVED if new is None else Change.CHANGED
    if kind is FileKind.PAPER:
        return FileDifference(path, kind, change, (_paper(change, path, old, new),))
    try:
        items = _items(kind, path, old, new)
    except InvalidDiagram:
        # half a drawing is a drawing in the making: its lines can still be told
        items = None
    if items is None:
        return FileDifference(path, kind, change, lines=tuple(_lines(old or b"", new or b"")))
    return FileDifference(path, kind, change, items)


def _items(kind: FileKind, path: str, old: bytes | None, new: bytes | None) -> tuple[Item, ...] | None:
    read = _READERS.get(kind)
    if read is None:
        return None
    before, after = ({} if content is None else read(content, path) for content in (old, new))
    items = compare_things(before, after)
    return tuple(_named(item, before, after) for item in items) if kind is FileKind.DIAGRAM else items


def _named(item: Item, before: Mapping[str, Thing], after: Mapping[str, Thing]) -> Item:
    """With the names of the elements that its aspects refer to, each as its own side calls it."""
    aspects = tuple(
        Aspect(a.name, _name_of(a.before, before), _name_of(a.after, after))
        if re.split(r"[.:]", a.name)[-1] in REFERENCES
        else a
        for a in item.aspects
    )
    return replace(item, aspects=aspects)


def _name_of(item_id: str, things: Mapping[str, Thing]) -> str:
    thing = things.get(item_id)
    return item_id if thing is None or thing.name == item_id else f"{thing.name}（{item_id}）"


def _paper(change: Change, path: str, old: bytes | None, new: bytes | None) -> Item:
    """A Word file: its size and its hash tell it from another."""
    aspects = aspects_between(_paper_facts(old), _paper_facts(new))
    return Item(change, "paper", path, path.rpartition("/")[2], aspects)


def _paper_facts(content: bytes | None) -> dict[str, str]:
    return {} if content is None else {"bytes": str(len(content)), "sha256": sha256(content).hexdigest()[:12]}


def _lines(old: bytes, new: bytes) -> Iterator[str]:
    one, two = (content.decode("utf-8", errors="replace").splitlines() for content in (old, new))
    for number, line in enumerate(unified_diff(one, two, lineterm="", n=1)):
        if number >= MOST_LINES:
            yield "…"
            return
        if number > 1:  # the two lines of file names say nothing here
            yield line
