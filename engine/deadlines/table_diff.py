"""The difference between two versions of a table, row by row and cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from engine.deadlines.table_cells import entry_of, kind_of, literal
from engine.kernel.decisions_sheet import Sheet, SheetColumn, SheetRow
from engine.values import Data


class Change(Enum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class CellChange:
    """Entries as a person types them; "" is an empty cell."""

    column: SheetColumn
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """`key` is the row's first cell, `name` its name in both languages where it has one."""

    change: Change
    row_id: str
    key: str
    name: str
    name_en: str
    cells: tuple[CellChange, ...]


def diff_of(old: Sheet, new: Sheet) -> tuple[RowChange, ...]:
    """Removed and changed rows in the old order, then the added ones. Rows are told by their ids."""
    return tuple(_changes(old, new))


def diff_data(changes: tuple[RowChange, ...]) -> list[Data]:
    """For the audit chain."""
    return [
        {
            "change": each.change.value,
            "row": each.key or each.row_id,
            "cells": {cell.column.name: [cell.before, cell.after] for cell in each.cells},
        }
        for each in changes
    ]


def _changes(old: Sheet, new: Sheet) -> Iterator[RowChange]:
    for row in old.rows:
        after = new.by_id.get(row.row_id)
        cells = tuple(_cells(old, new, row, after))
        if after is None:
            yield _row(Change.REMOVED, old, row, cells)
        elif cells:
            yield _row(Change.CHANGED, new, after, cells)
    for row in new.rows:
        if row.row_id not in old.by_id:
            yield _row(Change.ADDED, new, row, tuple(_cells(old, new, None, row)))


def _cells(old: Sheet, new: Sheet, before: SheetRow | None, after: SheetRow | None) -> Iterator[CellChange]:
    columns: Mapping[str, SheetColumn] = {
        **{column.name: column for column in old.columns},
        **{column.name: column for column in new.columns},
    }
    for column in columns.values():
        one, two = entry_in(new, column, before), entry_in(new, column, after)
        if one != two:
            yield CellChange(column, one, two)


def entry_in(sheet: Sheet, column: SheetColumn, row: SheetRow | None) -> str:
    """A cell as a person types it; "" where there is no row or no cell."""
    text = row.cells.get(column.name) if row is not None else None
    return "" if text is None or text == "" else entry_of(kind_of(sheet.decision_id, column), text)


def _row(change: Change, sheet: Sheet, row: SheetRow, cells: tuple[CellChange, ...]) -> RowChange:
    return RowChange(change, row.row_id, key_of(sheet, row), said(row, "name"), said(row, "name_en"), cells)


def key_of(sheet: Sheet, row: SheetRow) -> str:
    """The row's first cell as entered; "" for all."""
    return entry_in(sheet, sheet.columns[0], row)


def said(row: SheetRow, column: str) -> str:
    """A cell's text where it is a plain text, else ""."""
    is_plain, value = literal(row.cells.get(column, "null"))
    return value if is_plain and isinstance(value, str) else ""
