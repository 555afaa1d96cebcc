"""Whether a version of an office's table can hold: each row is read as it will be read in a step."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.deadlines.duty_rows import duties_from
from engine.deadlines.ladders import check_ladders, ladders_from
from engine.deadlines.light_rules import lights_from
from engine.deadlines.office_tables import DUTIES, ESCALATIONS, LIGHTS, RULES
from engine.deadlines.rule_rows import check_rules
from engine.deadlines.table_fault import TableFault
from engine.definitions.builtin import shipped_table
from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions import parse_decisions
from engine.kernel.decisions_sheet import ANNOTATION, OUTPUT, Sheet, SheetRow, read_sheet
from engine.kernel.feel import Feel
from engine.kernel.findings import Finding


def check_table(
    table_id: str, content: bytes, feel: Feel, known_rules: Collection[str] = ()
) -> tuple[TableFault, ...]:
    """Everything that is wrong with a version, by row; empty where it may be saved.

    `known_rules` are the deadlines that ladders may stand on.
    """
    file = f"{table_id}.dmn"
    sheet: Sheet | None = None
    try:
        sheet = read_sheet(content, file, table_id)
        missing = tuple(_missing_columns(table_id, sheet))
        if missing:
            return missing
        parse_decisions(content, file, feel)
        return tuple(_faults(table_id, sheet, content, feel, known_rules))
    except InvalidDiagram as refused:
        found = tuple(_placed(finding, sheet) for finding in refused.findings)
    # a cell that is no FEEL is no reason to keep silent about the others
    known = {(fault.row_id, fault.column) for fault in found}
    others = _rule_faults(sheet) if sheet is not None and table_id == RULES else ()
    return (*found, *(fault for fault in others if (fault.row_id, fault.column) not in known))


def _rule_faults(sheet: Sheet) -> Iterator[TableFault]:
    for fault in check_rules(sheet):
        row_id, line = (fault.row.row_id, fault.row.line) if fault.row is not None else ("", None)
        yield TableFault(row_id, fault.column, fault.message, line)


def _faults(
    table_id: str, sheet: Sheet, content: bytes, feel: Feel, known_rules: Collection[str]
) -> Iterator[TableFault]:
    if table_id == RULES:
        yield from _rule_faults(sheet)
    elif table_id == LIGHTS:
        lights_from(content, feel)
    elif table_id == ESCALATIONS:
        findings = check_ladders(ladders_from(content, feel), known_rules)
        yield from (_placed(finding, sheet) for finding in findings)
    elif table_id == DUTIES:
        duties_from(content, feel)


def _missing_columns(table_id: str, sheet: Sheet) -> Iterator[TableFault]:
    shipped = shipped_table(table_id)
    if shipped is None:
        return
    names = {column.name for column in sheet.columns}
    for column in read_sheet(shipped, f"{table_id}.dmn", table_id).columns:
        if column.name not in names and column.part != ANNOTATION:
            yield TableFault(
                "",
                column.name,
                Message(
                    f"缺少“{column.label}”（{column.name}）一列。请先下载现行的表，在它的基础上修改。",
                    f"The column {column.name} is missing. Download the table in force and change that.",
                ),
            )


def _placed(finding: Finding, sheet: Sheet | None) -> TableFault:
    """Where a finding belongs: the element it names, or the row that starts with the id it names."""
    row, column = None, ""
    if sheet is not None:
        found = sheet.cell_of(finding.element_id) or _row_called(sheet, finding.element_id)
        if found is not None:
            row, column = found
    if sheet is not None and not column and sheet.column(finding.element_name or "") is not None:
        column = finding.element_name or ""
    return TableFault("" if row is None else row.row_id, column, finding.message, finding.line)


def _row_called(sheet: Sheet, name: str | None) -> tuple[SheetRow, str] | None:
    """The row that gives its name in its first output."""
    first = next((column.name for column in sheet.columns if column.part == OUTPUT), None)
    for row in sheet.rows:
        if name and first and row.cells.get(first) == f'"{name}"':
            return row, ""
    return None
