"""What a filled-in sheet says, line by line, and every bad cell in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.cases.start import Desk, check_entry
from engine.documents.sheets import Cell, column_letter
from engine.errors import InvalidFile, InvalidForm, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.reports.columns import BadCell, Column, value_of
from engine.values import Data, Value

MOST_LINES = 500
MOST_FAULTS = 200
"""Shown at a time: who sees so many mends the sheet and tries again."""
HEADING_ROW = 1


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell (`cell`, as Excel names it), or with a whole line (`cell` is "")."""

    line: int
    cell: str
    heading: str
    message: Message

    def place(self) -> tuple[int, bool, int, str]:
        """For sorting: line by line, from left to right, what is wrong with the whole line last."""
        return self.line, not self.cell, len(self.cell), self.cell


@dataclass(frozen=True)
class Line:
    """A line of the sheet: its row number and what the form would be given."""

    number: int
    # petitioners' data: never in a log by way of a repr
    data: Data = field(repr=False)


@dataclass(frozen=True)
class Reading:
    """`places` maps the keys of the form's fields to the columns (counted from 0) in which they stand."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    places: Mapping[str, int]
    headings: Mapping[str, str]

    def cell(self, line: Line, key: str) -> str:
        return f"{column_letter(self.places[key])}{line.number}" if key in self.places else ""


def read_lines(rows: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> Reading:
    """The lines below the headings; empty ones are passed over.

    Raises InvalidFile where a heading is unknown, missing or repeated, or no line is filled in.
    """
    places = _places(rows[0] if rows else (), columns)
    lines, faults = [], []
    for number, row in enumerate(rows[1:], start=HEADING_ROW + 1):
        if not any(value not in (None, "") for value in row):
            continue
        data: dict[str, Value] = {}
        for index, column in places.items():
            try:
                value = value_of(column, row[index])
            except BadCell as bad:
                faults.append(Fault(number, f"{column_letter(index)}{number}", column.heading, bad.message))
            else:
                if value is not None:
                    data[column.key] = value
        lines.append(Line(number, data))
    if not lines:
        raise InvalidFile(
            Message(
                "表中没有填写任何一行。请从第 2 行起逐行填写后再上传。",
                "The sheet has no line. Fill it in from row 2 on.",
            )
        )
    return Reading(
        tuple(lines), tuple(faults), {c.key: i for i, c in places.items()}, {c.key: c.heading for c in columns}
    )


def _places(headings: Sequence[Cell], columns: Sequence[Column]) -> dict[int, Column]:
    known = {column.heading: column for column in columns}
    places: dict[int, Column] = {}
    problems = []
    for index, cell in enumerate(headings):
        heading = str(cell or "").strip().rstrip("*＊ ")
        if not heading:
            continue
        if heading not in known or known[heading] in places.values():
            problems.append(f"{column_letter(index)}{HEADING_ROW}“{heading}”")
        else:
            places[index] = known[heading]
    missing = [c.heading for c in columns if c.is_required and c not in places.values()]
    if problems or missing:
        wrong, lacking = "、".join(problems[:10]), "、".join(missing)
        zh = f"表头不认识或重复：{wrong}。" if problems else ""
        zh += f"缺少必填的列：{lacking}。" if missing else ""
        en = f"Unknown or repeated headings: {wrong}. " if problems else ""
        en += f"Missing columns: {lacking}. " if missing else ""
        raise InvalidFile(Message(f"{zh}请使用本页下载的模板。", f"{en}Use the template of this page."))
    return places


def form_faults(engine: Engine, actor: Actor, desk: Desk, reading: Reading, now: datetime) -> Iterator[Fault]:
    """What the start's form says, cells apart that are known to be bad: the very check of the page."""
    told = {fault.cell for fault in reading.faults}
    for line in reading.lines:
        try:
            check_entry(engine, actor, desk, line.data, now)
        except InvalidForm as invalid:
            for error in invalid.errors:
                key = error.path.partition("[")[0].partition(".")[0]
                cell = reading.cell(line, key)
                if not cell or cell not in told:
                    yield Fault(line.number, cell, reading.headings.get(key, ""), error.message)
