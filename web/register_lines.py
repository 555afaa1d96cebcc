"""A line of a register in the office's words: for Excel and for print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.documents.sheets import Cell
from engine.records.views import CaseRow
from web import lights
from web.choices import choice, procedure_names
from web.current import language
from web.frame import office_time, unit_names
from web.i18n import text

CLAIM = "诉求"
"""The label under which the intake form's claim stands among the facts."""


def line_of(row: CaseRow, columns: Sequence[str], people: Mapping[str, str]) -> list[Cell]:
    """The cells of one case, in the order of the columns. Nothing of its parties. `people`: names by id."""
    return [
        people.get(row.case.created_by) if column == "received_by" else _CELLS[column](row) for column in columns
    ]


def _coded(name: str) -> Callable[[CaseRow], Cell]:
    def cell(row: CaseRow) -> Cell:
        value = getattr(row.case, name)
        return choice(name, value) if value else None

    return cell


def _claim(row: CaseRow) -> Cell:
    value = row.case.facts.get(CLAIM)
    return None if value is None else str(value)


def _light(row: CaseRow) -> Cell:
    return text("light.closed", language()) if row.case.closed_at else lights.pill_of(row, office_time()).words


_CELLS: Mapping[str, Callable[[CaseRow], Cell]] = {
    "number": lambda row: row.case.number,
    "registered": lambda row: row.case.created_at,
    "procedure": lambda row: procedure_names().get(row.case.procedure, row.case.procedure),
    "channel": _coded("channel"),
    "purpose": _coded("purpose"),
    "category": _coded("category"),
    "title": lambda row: row.case.title,
    "persons": lambda row: row.case.persons_count,
    "place": lambda row: row.case.occurred_place,
    "claim": _claim,
    "unit": lambda row: unit_names().get(row.case.unit, row.case.unit),
    "steps": lambda row: "、".join(row.current_steps) or None,
    "state": lambda row: row.case.state,
    # 24:00 is no time of day that a sheet knows
    "due": lambda row: office_time().due_date(row.due_at) if row.due_at else None,
    "light": _light,
    "closed": lambda row: row.case.closed_at,
}
