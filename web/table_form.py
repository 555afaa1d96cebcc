"""Between the form of a table's page and a draft: names of inputs, and the draft that a confirmation carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from werkzeug.datastructures import MultiDict

from engine.deadlines.effective import ON
from engine.deadlines.table_cells import BETWEEN, Kind
from engine.deadlines.table_draft import NEW, RowDraft, TableDraft
from engine.deadlines.table_read import TableView
from engine.errors import InvalidState, Message

CELL, FROM, UNTIL, STARTS, REMOVED = "c", "f", "u", "s", "x"
"""The first part of an input's name: `c:ROW:COLUMN`, and `f:ROW`, `u:ROW`, `s:ROW`, `x:ROW`."""
FRESH: Final = f"{NEW}1"
"""The row that the page offers to fill in."""


def read_draft(form: MultiDict[str, str], view: TableView) -> TableDraft:
    """What was entered, as far as it differs from the version shown. Days that are none stay as they were typed."""
    rows: dict[str, dict[str, str]] = {}
    for name in form:
        part, _, rest = name.partition(":")
        row_id, _, column = rest.rpartition(":") if part == CELL else (rest, "", "")
        if part in {CELL, FROM} and row_id:
            entry = form.getlist(name)[-1]
            if part == FROM:
                column, entry = ON, _span(entry, form.get(f"{UNTIL}:{row_id}", ""))
            rows.setdefault(row_id, {})[column] = entry
    drafts = [
        RowDraft(
            row_id,
            entries,
            is_removed=form.get(f"{REMOVED}:{row_id}") == "1",
            starts_on=_day(form.get(f"{STARTS}:{row_id}", "")),
        )
        for row_id, entries in rows.items()
    ]
    return TableDraft(tuple(row for draft in drafts if (row := _touched(draft, view)) is not None))


def write_draft(draft: TableDraft) -> str:
    """For a hidden input."""
    return json.dumps(
        [
            {
                "row": row.row_id,
                "entries": dict(row.entries),
                "removed": row.is_removed,
                "starts_on": row.starts_on.isoformat() if row.starts_on else None,
            }
            for row in draft.rows
        ],
        ensure_ascii=False,
    )


def reread_draft(text: str) -> TableDraft:
    """The inverse of `write_draft`. Raises InvalidState for anything else."""
    try:
        return TableDraft(tuple(_row(each) for each in json.loads(text)))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidState(
            Message(
                "改动的内容不完整。请回到表格重新填写。",
                "The changes are incomplete. Enter them again in the table.",
            )
        ) from error


def _row(data: Mapping[str, object]) -> RowDraft:
    entries, starts_on = data["entries"], data["starts_on"]
    if not isinstance(entries, dict):
        raise TypeError("entries")
    return RowDraft(
        row_id=str(data["row"]),
        entries={str(name): str(entry) for name, entry in entries.items()},
        is_removed=data["removed"] is True,
        starts_on=None if starts_on is None else date.fromisoformat(str(starts_on)),
    )


def _touched(draft: RowDraft, view: TableView) -> RowDraft | None:
    """None for a row that nobody changed: a new one that is still blank, or one that is as it was."""
    if draft.is_new:
        blank = {column.name: "false" for column in view.sheet.columns if view.kinds[column.name] is Kind.FLAG}
        filled = any(entry.strip() != blank.get(name, "") for name, entry in draft.entries.items())
        return draft if filled and not draft.is_removed else None
    shown = next((row.entries for row in view.rows if row.row.row_id == draft.row_id), {})
    changed = {name: entry for name, entry in draft.entries.items() if _plain(entry) != _plain(shown.get(name, ""))}
    return replace(draft, entries=changed) if changed or draft.is_removed or draft.starts_on else None


def _plain(entry: str) -> str:
    return entry.replace("\r\n", "\n").strip()


def _span(first: str, last: str) -> str:
    return f"{first.strip()}{BETWEEN}{last.strip()}" if first.strip() or last.strip() else ""


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidState(
            Message(f"“{text}”不是日期。请写成 2026-07-01。", f"“{text}” is no date. Write 2026-07-01.")
        ) from error
