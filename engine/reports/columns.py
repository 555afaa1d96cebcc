"""The columns of a register's sheet: the fields of the form that starts the procedure. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from engine.documents.sheets import Cell
from engine.errors import Message
from engine.kernel.forms_schema import CHOICES, CONTAINERS, KEYED, MULTIPLE, Schema, is_repeating
from engine.values import Value

_SEPARATORS = str.maketrans({"，": "、", ",": "、", ";": "、", "；": "、", "\n": "、"})
YES = {"是": True, "yes": True, "y": True, "√": True, "true": True, "1": True}
NO = {"否": False, "no": False, "n": False, "false": False, "0": False, "×": False}


_NO_CELL = frozenset({"expression", "filepicker"})
"""Kinds of fields that a cell cannot hold."""


@dataclass(frozen=True)
class Column:
    """`labels` maps what a cell may say to the option's value; empty where anything may be written."""

    heading: str
    key: str
    field: Schema
    labels: Mapping[str, Value]

    @property
    def is_required(self) -> bool:
        return (self.field.get("validate") or {}).get("required") is True

    @property
    def kind(self) -> str:
        return str(self.field["type"])


@dataclass(frozen=True)
class BadCell(Exception):
    """What is wrong with one cell."""

    message: Message


Options = Mapping[str, Mapping[str, Value]]
"""What an office's lists offer, by the list's name (`units`): values by label."""


def columns_of(schema: Schema, options: Options) -> tuple[Column, ...]:
    """One for each field that a line of a sheet can hold, in the form's order; repeated groups and files cannot.

    A heading that occurs twice gets the label of its group before it.
    """
    found = list(_fields(schema, ""))
    labels = [label for label, _, _ in found]
    headings = [label if labels.count(label) == 1 else f"{group}·{label}" for label, group, _ in found]
    return tuple(
        Column(heading, str(field["key"]), field, _labels(field, options))
        for heading, (_, _, field) in zip(headings, found, strict=True)
    )


def _fields(component: Schema, group: str) -> Iterator[tuple[str, str, Schema]]:
    for each in component.get("components") or ():
        kind = each.get("type")
        if kind in CONTAINERS and not is_repeating(each) and not each.get("path"):
            yield from _fields(each, str(each.get("label") or group))
        elif kind in KEYED - _NO_CELL and not (each.get("disabled") or each.get("readonly")):
            yield str(each.get("label") or each["key"]), group, each


def _labels(field: Schema, options: Options) -> dict[str, Value]:
    if field["type"] == "checkbox":
        return {**YES, **NO}
    properties = field.get("properties") or {}
    listed = options.get(str(field.get("valuesKey") or properties.get("options") or properties.get("source")), {})
    labels: dict[str, Value] = dict(listed)
    for option in field.get("values") or ():
        if isinstance(option, Mapping):
            labels[str(option.get("label"))] = option["value"]
    return {**{str(value): value for value in labels.values()}, **_last_parts(labels), **labels}


def _last_parts(labels: Mapping[str, Value]) -> dict[str, Value]:
    """`城乡建设/市政管理` is found as 市政管理 too, where nothing else ends so."""
    ends = [label.rpartition("/")[2] for label in labels]
    return {end: value for end, value in zip(ends, labels.values(), strict=True) if ends.count(end) == 1}


def value_of(column: Column, cell: Cell) -> Value:
    """What the form would be given for this cell; None for an empty one. Raises BadCell."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if column.kind == "datetime":
        return _instant(str(column.field.get("subtype")), cell)
    if column.kind == "number":
        return _number(cell)
    text = _text(cell)
    if column.kind == "checkbox":
        return _labelled(column, text.lower())
    if column.kind in MULTIPLE:
        return [_labelled(column, part.strip()) for part in text.translate(_SEPARATORS).split("、") if part.strip()]
    if column.kind in CHOICES and column.labels:
        return _labelled(column, text)
    return text


def _labelled(column: Column, text: str) -> Value:
    if text in column.labels or not column.labels:
        return column.labels.get(text, text)
    known = [label for label in column.labels if not label.isascii()] or list(column.labels)
    near = get_close_matches(text, known, n=5, cutoff=0.5) or known[:8]
    shown = "、".join(near) + ("……" if len(known) > len(near) else "")
    zh, en = f"没有“{text}”这个选项。可以填：{shown}。", f"“{text}” is no choice. Write one of: {shown}."
    raise BadCell(Message(zh, en))


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        # a telephone number that Excel took for a number
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _number(cell: Cell) -> Value:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    text = _text(cell)
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        raise BadCell(Message(f"“{text}”不是数字。", f"“{text}” is no number.")) from None


def _instant(subtype: str, cell: Cell) -> Value:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes") if subtype == "datetime" else cell.date().isoformat()
    if isinstance(cell, date):
        return datetime.combine(cell, time()).isoformat(timespec="minutes") if subtype == "datetime" else str(cell)
    text = _text(cell).replace("/", "-").replace(".", "-").replace("年", "-").replace("月", "-").replace("日", "")
    try:
        if subtype == "date":
            year, month, day = (int(part) for part in text.split("-"))
            return date(year, month, day).isoformat()
        return text.replace(" ", "T") if subtype == "datetime" else text
    except ValueError:
        zh, en = f"“{text}”不是日期，应写成 2026-03-01。", f"“{text}” is no date such as 2026-03-01."
        raise BadCell(Message(zh, en)) from None


def shape_of(column: Column) -> Message:
    """What may be written, for the instructions."""
    validate: Mapping[str, Any] = column.field.get("validate") or {}
    match column.kind:
        case "checkbox":
            return Message("是 或 否", "是 (yes) or 否 (no)")
        case "datetime":
            return Message("日期，如 2026-03-01", "a date such as 2026-03-01")
        case "number":
            return Message("数字", "a number")
        case kind if column.labels:
            own = [str(option.get("label")) for option in column.field.get("values") or ()]
            listed = "、".join(dict.fromkeys(own or [label for label in column.labels if not label.isascii()]))
            several = kind in MULTIPLE
            return Message(f"{'可填多个，用、分开：' if several else ''}{listed}", f"one of {listed}")
        case _:
            longest = validate.get("maxLength")
            return Message(f"文字，最多 {longest} 字" if longest else "文字", "text")
