"""What a person has changed in a table but not saved: entries of cells, and what they mean for the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from engine.deadlines.effective import ON, Span, span_of
from engine.deadlines.table_cells import CellRefused, entry_of, keys_in, kind_of, text_of
from engine.deadlines.table_fault import TableFault
from engine.errors import Message
from engine.kernel.decisions_edit import AddRow, RemoveRow, RowEdit, SetCells
from engine.kernel.decisions_sheet import Sheet, SheetRow

NEW: Final = "new-"
"""How the ids of rows start that are not in the table yet."""
MOST_ROWS: Final = 500
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RowDraft:
    """What was entered for a row. `entries` are texts by column; columns left out stay as they are.

    `starts_on`: the changes hold from that day; the row as it was ends the day before. `is_removed`: the row goes.
    """

    row_id: str
    entries: Mapping[str, str] = field(default_factory=dict)
    is_removed: bool = False
    starts_on: date | None = None

    @property
    def is_new(self) -> bool:
        return self.row_id.startswith(NEW)


@dataclass(frozen=True)
class TableDraft:
    """All rows that were touched."""

    rows: tuple[RowDraft, ...] = ()


@dataclass(frozen=True)
class Edits:
    """Edits of the file. `homes` maps the ids of added rows to the rows of the draft that they come from."""

    edits: tuple[RowEdit, ...]
    faults: tuple[TableFault, ...]
    homes: Mapping[str, str]


def edits_of(sheet: Sheet, draft: TableDraft) -> Edits:
    """The edits, and what is wrong with entries; a row that nothing was changed in gives none."""
    translator = _Translator(sheet)
    for row in draft.rows[:MOST_ROWS]:
        translator.take(row)
    return Edits(tuple(translator.edits), tuple(translator.faults), translator.homes)


class _Translator:
    def __init__(self, sheet: Sheet) -> None:
        self.edits: list[RowEdit] = []
        self.faults: list[TableFault] = []
        self.homes: dict[str, str] = {}
        self._sheet = sheet
        self._ids = set(sheet.by_id)

    def take(self, draft: RowDraft) -> None:
        if draft.is_new:
            if not draft.is_removed:
                self._add(draft)
            return
        row = self._sheet.by_id.get(draft.row_id)
        if row is None:
            self._fault(
                draft, "", "表中已没有这一行。请刷新页面。", "The table has no such row any more. Reload the page."
            )
        elif draft.is_removed:
            self.edits.append(RemoveRow(row.row_id))
        else:
            changed = dict(self._changed(draft, row))
            if draft.starts_on is not None:
                self._split(draft, row, changed, draft.starts_on)
            elif changed:
                self.edits.append(SetCells(row.row_id, changed))

    def _add(self, draft: RowDraft) -> None:
        cells = dict(self._changed(draft, None))
        row_id = self._fresh_id(cells.get(self._sheet.columns[0].name, ""))
        self.homes[row_id] = draft.row_id
        self.edits.append(AddRow(row_id, cells))

    def _split(self, draft: RowDraft, row: SheetRow, changed: dict[str, str], starts_on: date) -> None:
        """The row ends the day before, and a copy with the changes begins."""
        try:
            span = span_of(row.cells.get(ON, "-"))
        except ValueError:
            span = None
        if (
            self._sheet.column(ON) is None
            or span is None
            or not span.holds(starts_on)
            or starts_on == span.first
            or ON in changed
        ):
            self._fault(
                draft,
                ON,
                f"不能自 {starts_on} 起另立一行：这一天须在本行施行期内、首日之后，且施行日期未另作改动。",
                f"No new row can begin on {starts_on}: it must lie within this row's days in force, "
                "after the first, and the days themselves be left alone.",
            )
            return
        row_id = self._fresh_id(row.cells.get(self._sheet.columns[0].name, ""))
        self.homes[row_id] = draft.row_id
        self.edits.append(SetCells(row.row_id, {ON: Span(span.first, starts_on - _ONE_DAY).test}))
        begun = {**row.cells, **changed, ON: Span(starts_on, span.last).test}
        self.edits.append(AddRow(row_id, begun, after=row.row_id))

    def _changed(self, draft: RowDraft, row: SheetRow | None) -> Iterator[tuple[str, str]]:
        for column in self._sheet.columns:
            entry = draft.entries.get(column.name)
            if entry is None:
                continue
            kind = kind_of(self._sheet.decision_id, column)
            entry = entry.replace("\r\n", "\n").strip()
            if row is not None and entry == entry_of(kind, row.cells.get(column.name, "")).strip():
                continue
            try:
                yield column.name, text_of(self._sheet.decision_id, column, entry)
            except CellRefused as refused:
                self._fault(draft, column.name, refused.message.zh, refused.message.en)

    def _fresh_id(self, test: str) -> str:
        """An XML id that tells the rule, e.g. `deadline_rules_T4_1f3c`."""
        key = "".join(c for c in "_".join(keys_in(test) or ())[:40] if c.isascii() and (c.isalnum() or c == "_"))
        while True:
            made = "_".join(part for part in (self._sheet.decision_id, key, uuid4().hex[:6]) if part)
            if made not in self._ids:
                self._ids.add(made)
                return made

    def _fault(self, draft: RowDraft, column: str, zh: str, en: str) -> None:
        self.faults.append(TableFault(draft.row_id, column, Message(zh, en)))
