"""A decision table as rows and columns of texts, as a person edits it. Nothing here is evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from lxml import etree

from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions_parse import NAMESPACES
from engine.kernel.diagram_xml import parse_xml
from engine.kernel.findings import Finding, Severity

NOTE: Final = "note"
"""The column of the annotations; a table's second and third are `note2`, `note3`."""
ANY: Final = "-"
INPUT, OUTPUT, ANNOTATION = "input", "output", "annotation"
ENTRIES: Final = {INPUT: "inputEntry", OUTPUT: "outputEntry", ANNOTATION: "annotationEntry"}


@dataclass(frozen=True)
class SheetColumn:
    """`name` is an input's expression, an output's name, or `note`. `part` is input, output or annotation.

    `allowed` are the column's allowed values as FEEL unary tests.
    """

    name: str
    part: str
    label: str
    type_ref: str | None = None
    allowed: str | None = None


@dataclass(frozen=True)
class SheetRow:
    """`cells` are texts by column: unary tests, FEEL, or a plain note. `number` counts from 1.

    `row_id` is the rule's id in the file, or `row-3` where it has none; `elements` are the ids of the cells.
    """

    row_id: str
    number: int
    cells: Mapping[str, str]
    line: int | None = None
    elements: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """One decision table of a file."""

    decision_id: str
    name: str
    description: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]

    @cached_property
    def by_id(self) -> Mapping[str, SheetRow]:
        return {row.row_id: row for row in self.rows}

    def column(self, name: str) -> SheetColumn | None:
        return next((column for column in self.columns if column.name == name), None)

    def cell_of(self, element_id: str | None) -> tuple[SheetRow, str] | None:
        """The row and the column of an element's id; the column is "" for a whole row."""
        for row in self.rows:
            if element_id == row.row_id:
                return row, ""
            for column, cell in row.elements.items():
                if element_id == cell:
                    return row, column
        return None


def read_sheet(content: bytes, file: str, decision_id: str) -> Sheet:
    """The table of that decision. Raises InvalidDiagram where the file cannot be read or does not hold it."""
    table = find_table(parse_xml(content, file), decision_id, file)
    decision = table.getparent()
    columns = tuple(columns_of(table))
    return Sheet(
        decision_id=decision_id,
        name=decision.get("name") or decision_id,
        description=(decision.findtext("{*}description") or "").strip(),
        columns=columns,
        rows=tuple(_row(rule, number, columns) for number, rule in enumerate(table.findall("{*}rule"), start=1)),
    )


def find_table(root: Any, decision_id: str, file: str) -> Any:
    """The `decisionTable` element of a decision. Raises InvalidDiagram."""
    if etree.QName(root).namespace in NAMESPACES:
        for decision in root.findall("{*}decision"):
            table = decision.find("{*}decisionTable")
            if decision.get("id") == decision_id and table is not None:
                return table
    message = Message(
        f"文件中没有决策表“{decision_id}”。请先下载这张表，在它的基础上修改。",
        f"The file holds no decision table “{decision_id}”. Download the table and change that.",
    )
    raise InvalidDiagram([Finding(Severity.ERROR, "table-missing", message, file, element_id=decision_id)])


def columns_of(table: Any) -> Iterator[SheetColumn]:
    """Inputs, outputs, notes: the order of the cells in a rule."""
    for each in table.findall("{*}input"):
        expression = each.find("{*}inputExpression")
        name = "" if expression is None else (expression.findtext("{*}text") or "").strip()
        type_ref = None if expression is None else expression.get("typeRef")
        yield SheetColumn(name, INPUT, each.get("label") or name, type_ref, _allowed(each, "inputValues"))
    for each in table.findall("{*}output"):
        name = each.get("name") or ""
        allowed = _allowed(each, "outputValues")
        yield SheetColumn(name, OUTPUT, each.get("label") or name, each.get("typeRef"), allowed)
    for number, each in enumerate(table.findall("{*}annotation"), start=1):
        name = NOTE if number == 1 else f"{NOTE}{number}"
        yield SheetColumn(name, ANNOTATION, each.get("name") or name)


def id_of(rule: Any, number: int) -> str:
    """What a row is called: its id in the file, or its place."""
    return rule.get("id") or f"row-{number}"


def cells_of(rule: Any, columns: tuple[SheetColumn, ...]) -> Iterator[tuple[SheetColumn, Any]]:
    """The entry elements of a rule with their columns; those that the rule lacks are left out."""
    for part, tag in ENTRIES.items():
        entries = rule.findall(f"{{*}}{tag}")
        yield from zip((column for column in columns if column.part == part), entries, strict=False)


def _row(rule: Any, number: int, columns: tuple[SheetColumn, ...]) -> SheetRow:
    cells = {column.name: _text(entry, column) for column, entry in cells_of(rule, columns)}
    elements = {column.name: entry.get("id") for column, entry in cells_of(rule, columns) if entry.get("id")}
    return SheetRow(id_of(rule, number), number, cells, rule.sourceline, elements)


def _text(entry: Any, column: SheetColumn) -> str:
    text = (entry.findtext("{*}text") or "").strip()
    return text or (ANY if column.part == INPUT else "")


def _allowed(column: Any, tag: str) -> str | None:
    values = column.find(f"{{*}}{tag}")
    return None if values is None else (values.findtext("{*}text") or "").strip() or None
