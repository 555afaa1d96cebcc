"""Cells of a decision table as a person types them, and as FEEL.

A cell that is no plain value (an expression of the office's own) shows as `=` and its text, and is written so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

from engine.clock.calendar import ImpossibleTime
from engine.clock.moment import parse_moment
from engine.deadlines.duty_rows import DutyAction
from engine.deadlines.duty_schedule import Roll
from engine.deadlines.effective import ON, Span, span_of
from engine.deadlines.ladders import What
from engine.errors import EngineError, Message
from engine.kernel.decisions_sheet import ANNOTATION, ANY, INPUT, SheetColumn
from engine.kernel.decisions_types import base_type
from engine.values import Value

RAW: Final = "="
BETWEEN: Final = ".."
"""Effective dates are entered as `2026-07-01..2026-12-31`, either day left out for open."""
LONGEST: Final = 2000
_LISTED = re.compile(r"[\s,，、;；]+")
_QUOTED = re.compile(r'"([^"\\]*)"')
_LITERALS = re.compile(r'"[^"\\]*"(?:\s*,\s*"[^"\\]*")*')
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_CODE = re.compile(r"[^\s\"\\,，、;；]{1,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Kind(Enum):
    """What a cell is entered as. KEY: ids of rules, or empty for all. CODES: several words."""

    KEY = "key"
    DATES = "dates"
    CHOICE = "choice"
    FLAG = "flag"
    NUMBER = "number"
    MOMENT = "moment"
    CODES = "codes"
    TEXT = "text"
    NOTE = "note"


_SPECIAL: Final[Mapping[tuple[str, str], Kind]] = {
    ("deadline_rules", "pause_reasons"): Kind.CODES,
    ("lights", "blue"): Kind.MOMENT,
    ("lights", "yellow"): Kind.MOMENT,
    ("escalations", "when"): Kind.MOMENT,
}


_CHOICES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("escalations", "what"): tuple(what.value for what in What),
    ("escalations", "level"): ("info", "warning", "overdue", "urgent"),
    ("duties", "every"): ("week", "halfmonth", "month", "quarter", "halfyear", "year"),
    ("duties", "roll"): tuple(roll.value for roll in Roll),
    ("duties", "action"): tuple(action.value for action in DutyAction),
}
"""Of columns whose file names no allowed values."""


class CellRefused(EngineError):
    """An entry that cannot be a value of its column; the message says what is expected."""


def kind_of(table_id: str, column: SheetColumn) -> Kind:
    """How a column is entered."""
    special = _SPECIAL.get((table_id, column.name))
    if special is not None:
        return special
    if column.part == ANNOTATION:
        return Kind.NOTE
    if column.part == INPUT and column.name == ON:
        return Kind.DATES
    if choices_of(table_id, column):
        return Kind.CHOICE
    if column.part == INPUT:
        return Kind.KEY
    return {"boolean": Kind.FLAG, "number": Kind.NUMBER}.get(base_type(column.type_ref or "") or "", Kind.TEXT)


def choices_of(table_id: str, column: SheetColumn) -> tuple[str, ...]:
    """The values that a CHOICE offers."""
    if column.allowed is not None and _LITERALS.fullmatch(column.allowed):
        return tuple(_QUOTED.findall(column.allowed))
    return _CHOICES.get((table_id, column.name), ())


def literal(text: str) -> tuple[bool, Value]:
    """Whether a FEEL text is a plain value (text, number, true, false, null, a list of texts), and that value."""
    try:
        value = json.loads(text)
    except ValueError:
        return False, None
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value), value
    return not isinstance(value, dict), value


def entry_of(kind: Kind, text: str) -> str:
    """What the input shows for a cell."""
    if kind is Kind.NOTE:
        return text
    if kind in {Kind.KEY, Kind.DATES} or text == ANY:
        return _test_entry(kind, text)
    if kind is Kind.CHOICE and text.startswith('"') and _LITERALS.fullmatch(text):
        return ", ".join(_QUOTED.findall(text))
    is_plain, value = literal(text)
    if not is_plain:
        return RAW + text
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(value)
        case _:
            shown = str(value)
            return RAW + text if shown.startswith(RAW) else shown


def text_of(table_id: str, column: SheetColumn, entry: str) -> str:
    """The cell for an entry. Raises CellRefused."""
    kind = kind_of(table_id, column)
    entry = entry.replace("\r\n", "\n").strip()
    if len(entry) > LONGEST or _CONTROL.search(entry):
        raise CellRefused(
            Message(
                f"请填写不超过 {LONGEST} 个字、没有控制字符的文字。",
                f"Enter a text of at most {LONGEST} characters without control characters.",
            )
        )
    if kind is Kind.NOTE:
        return entry
    if entry.startswith(RAW):
        return _raw(entry.removeprefix(RAW).strip())
    if kind is Kind.CHOICE:
        return _choice(entry, column, choices_of(table_id, column))
    return _WRITERS[kind](entry)


def keys_in(test: str) -> tuple[str, ...] | None:
    """The ids that a test lists, () for all, None for another kind of test."""
    if test == ANY:
        return ()
    return tuple(_QUOTED.findall(test)) if _LITERALS.fullmatch(test) else None


def _test_entry(kind: Kind, text: str) -> str:
    if kind is Kind.DATES:
        try:
            span = span_of(text)
        except ValueError:
            span = None
        if span is None:
            return RAW + text
        return "" if span == Span() else f"{span.first or ''}{BETWEEN}{span.last or ''}"
    keys = keys_in(text)
    return RAW + text if keys is None else ", ".join(keys)


def _raw(text: str) -> str:
    if not text:
        raise CellRefused(
            Message("“=”后面请写 FEEL 表达式，或清空。", "Write a FEEL expression after “=”, or clear the cell.")
        )
    return text


def _keys(entry: str) -> str:
    if entry in {"", ANY}:
        return ANY
    codes = [code for code in _LISTED.split(entry) if code]
    if not all(_CODE.fullmatch(code) for code in codes):
        raise CellRefused(
            Message("请填写编号，例如 T4；几个编号用逗号分开。", "Enter ids such as T4, separated by commas.")
        )
    return ",".join(f'"{code}"' for code in codes)


def _dates(entry: str) -> str:
    first, _, last = entry.partition(BETWEEN)
    try:
        span = Span(_day(first), _day(last))
    except ValueError as error:
        raise CellRefused(
            Message(f"“{entry}”不是日期。请写成 2026-07-01。", f"“{entry}” is no date. Write 2026-07-01.")
        ) from error
    if span.is_empty:
        raise CellRefused(
            Message("施行的最后一日早于第一日。请更正。", "The last day is before the first. Correct it.")
        )
    return span.test


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None


def _flag(entry: str) -> str:
    if entry not in {"true", "false"}:
        raise CellRefused(Message("请选择是或否。", "Choose yes or no."))
    return entry


def _number(entry: str) -> str:
    if not entry:
        return "null"
    if not _NUMBER.fullmatch(entry):
        raise CellRefused(Message(f"“{entry}”不是数字。请填写数字。", f"“{entry}” is no number. Enter a number."))
    return f"{Decimal(entry).normalize():f}"


def _choice(entry: str, column: SheetColumn, choices: tuple[str, ...]) -> str:
    if not entry or entry == ANY:
        return ANY if column.part == INPUT else "null"
    if entry not in choices:
        listed = "、".join(choices)
        raise CellRefused(Message(f"“{entry}”不可选。可选：{listed}。", f"“{entry}” is none of {listed}."))
    return json.dumps(entry, ensure_ascii=False)


def _moment(entry: str) -> str:
    if not entry:
        return "null"
    try:
        return json.dumps(parse_moment(entry).text)
    except ImpossibleTime as error:
        raise CellRefused(error.message) from error


def _codes(entry: str) -> str:
    return json.dumps([code for code in _LISTED.split(entry) if code], ensure_ascii=False)


def _words(entry: str) -> str:
    return json.dumps(entry, ensure_ascii=False) if entry else "null"


_WRITERS: Final[Mapping[Kind, Callable[[str], str]]] = {
    Kind.KEY: _keys,
    Kind.DATES: _dates,
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
    Kind.CODES: _codes,
    Kind.TEXT: _words,
}
