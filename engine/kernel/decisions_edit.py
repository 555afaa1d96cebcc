"""Edits of a decision table's XML. Whatever an edit does not name stays as it is: order, ids, comments, drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from lxml import etree

from engine.errors import InvalidState, Message
from engine.kernel.decisions_sheet import (
    ANY,
    ENTRIES,
    INPUT,
    OUTPUT,
    SheetColumn,
    cells_of,
    columns_of,
    find_table,
    id_of,
)
from engine.kernel.diagram_xml import parse_xml

_INDENT: Final = "  "
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class SetCells:
    """New texts of some cells of a row, by column."""

    row_id: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class AddRow:
    """A new row with the id `row_id`, after the row `after`, or before the first that matches everything.

    Columns that `cells` leaves out are `-` (inputs), null (outputs) or empty (notes).
    """

    row_id: str
    cells: Mapping[str, str] = field(default_factory=dict)
    after: str | None = None


@dataclass(frozen=True)
class RemoveRow:
    row_id: str


RowEdit: TypeAlias = SetCells | AddRow | RemoveRow


def edit_table(content: bytes, file: str, decision_id: str, edits: Sequence[RowEdit]) -> bytes:
    """The file with the edits made, in UTF-8. Raises InvalidDiagram for the file, InvalidState for an edit of a row
    that is not there.
    """
    root = parse_xml(content, file, keep_comments=True)
    table = find_table(root, decision_id, file)
    columns = tuple(columns_of(table))
    for edit in edits:
        match edit:
            case SetCells():
                _set(_rule(table, edit.row_id), columns, edit.cells)
            case AddRow():
                _add(table, columns, edit)
            case RemoveRow():
                _remove(_rule(table, edit.row_id))
    written: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return _DECLARATION + written + b"\n"


def _rule(table: Any, row_id: str) -> Any:
    for number, rule in enumerate(table.findall("{*}rule"), start=1):
        if id_of(rule, number) == row_id:
            return rule
    raise InvalidState(
        Message(
            f"表中没有“{row_id}”这一行，可能刚被他人删除。请刷新页面。",
            f"The table has no row “{row_id}”; somebody may have removed it. Reload the page.",
        )
    )


def _set(rule: Any, columns: tuple[SheetColumn, ...], cells: Mapping[str, str]) -> None:
    for column, entry in cells_of(rule, columns):
        if column.name in cells:
            text = entry.find("{*}text")
            if text is None:
                text = etree.SubElement(entry, _tag(entry, "text"))
            for child in list(text):
                text.remove(child)
            text.text = cells[column.name]


def _add(table: Any, columns: tuple[SheetColumn, ...], edit: AddRow) -> None:
    made = _blank(table, columns, edit.row_id)
    _set(made, columns, edit.cells)
    rules = table.findall("{*}rule")
    if edit.after is not None:
        place = table.index(_rule(table, edit.after)) + 1
    else:
        last = next((rule for rule in rules if _matches_all(rule)), None)
        place = len(table) if last is None else table.index(last)
    _insert(table, place, made)


def _blank(table: Any, columns: tuple[SheetColumn, ...], row_id: str) -> Any:
    made = etree.Element(_tag(table, "rule"), id=row_id, nsmap=table.nsmap)
    depth = sum(1 for _ in table.iterancestors()) + 1
    made.text = "\n" + _INDENT * (depth + 1)
    for column in columns:
        entry = etree.SubElement(made, _tag(table, ENTRIES[column.part]))
        if column.part in {INPUT, OUTPUT}:
            entry.set("id", f"{row_id}_{len(made)}")
        etree.SubElement(entry, _tag(table, "text")).text = {INPUT: ANY, OUTPUT: "null"}.get(column.part, "")
        entry.tail = "\n" + _INDENT * (depth + 1)
    made[-1].tail = "\n" + _INDENT * depth
    return made


def _insert(table: Any, place: int, made: Any) -> None:
    """Keeps the white space between rows: the new row stands on lines of its own."""
    before = table[place - 1]
    made.tail = before.tail
    before.tail = "\n" + _INDENT * (sum(1 for _ in table.iterancestors()) + 1)
    table.insert(place, made)


def _remove(rule: Any) -> None:
    before = rule.getprevious()
    if before is not None:
        before.tail = rule.tail
    rule.getparent().remove(rule)


def _matches_all(rule: Any) -> bool:
    first = rule.findtext("{*}inputEntry/{*}text")
    return (first or "").strip() in {"", ANY}


def _tag(near: Any, name: str) -> str:
    return f"{{{etree.QName(near).namespace}}}{name}"
