"""A form on a page: what the script needs to draw it, and what comes back from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import request

from engine.errors import FieldError, InvalidForm, Message, StepFailed
from web.current import language
from web.frame import office_time, unit_names
from web.i18n import text

PAYLOAD = "payload"
UNITS = "units"
NAME = re.compile(r"[^\W\d]\w*")
TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
SHORT = frozenset({"textfield", "select", "number"})
DEEPEST = 20
"""Levels of data; a form nests its groups and lists eight deep at most."""
HALF = 8
"""Columns of sixteen."""


@dataclass(frozen=True)
class FormPage:
    """Schema, values and errors of a form, for one page.

    `draft_url` is where the script saves what was typed, "" where there is no draft.
    """

    schema: Mapping[str, object]
    values: Mapping[str, object]
    editable: bool = True
    draft_url: str = ""
    errors: Sequence[FieldError] = field(default=())

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to fill or read."""
        return bool(self.schema.get("components"))

    def island(self) -> dict[str, Any]:
        """What the page carries for the script, as plain JSON."""
        lang = language()
        return {
            "schema": in_rows(in_language(self.schema, lang)),
            "values": {**plain(self.values), **sources()},
            "editable": self.editable,
            "draft_url": self.draft_url,
            "language": lang,
            "errors": [{"path": e.path, "message": e.message.in_language(lang)} for e in self.errors],
            "texts": {name: text(f"draft.{name}", lang, at="{at}") for name in ("saving", "saved", "failed")},
        }


def errors_of(error: InvalidForm | StepFailed) -> Sequence[FieldError]:
    """What the form shows of a refusal: at its fields, or above all where the procedure itself failed."""
    return error.errors if isinstance(error, InvalidForm) else (FieldError("", error.message),)


def sources() -> dict[str, Any]:
    """What select fields may choose from, by `valuesKey`: the units of the office."""
    return {UNITS: [{"label": name, "value": code} for code, name in unit_names().items()]}


def mentioned(schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the form's texts and conditions name (`{{requirement}}`, `=channel != "upper"`)."""
    names = {name for formula in _formulas(schema) for name in NAME.findall(formula)}
    return {name: value for name, value in data.items() if name in names}


def _formulas(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for item in node.values():
            yield from _formulas(item)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _formulas(item)
    elif isinstance(node, str):
        if node.startswith("="):
            yield node
        else:
            yield from TEMPLATE.findall(node)


def read_payload() -> dict[str, Any]:
    """The data that the form's script posted. Raises InvalidForm where it is not a JSON object."""
    return read_object(request.form.get(PAYLOAD) or "{}")


def read_object(content: str | bytes) -> dict[str, Any]:
    """A JSON object as a browser sent it. Raises InvalidForm where it is none, or none that a form sends."""
    try:
        data = json.loads(content)
        # no NaN, no infinity, no half of a surrogate pair: none can be stored, sent back and read again
        json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict) and not _is_deep(data):
        return data
    unreadable = Message(
        "表单内容无法读取，没有保存任何更改。请返回刷新页面后重新填写。",
        "The form could not be read and nothing was changed. Reload the page and fill it in again.",
    )
    raise InvalidForm([FieldError("", unreadable)])


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(DEEPEST):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def plain(value: Any) -> Any:
    """A variable's value as form-js holds it: dates as ISO text in the office's zone, decimals as numbers."""
    match value:
        case datetime():
            return value.astimezone(office_time().zone).strftime("%Y-%m-%dT%H:%M")
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def in_rows(node: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with short fields two to a row, where the form's author said nothing about rows."""
    children = [in_rows(c) if c.get("components") else dict(c) for c in node.get("components") or ()]
    waiting: dict[str, Any] | None = None
    for child in children:
        if child.get("type") not in SHORT or child.get("layout"):
            waiting = None
        elif waiting is None:
            waiting = child
        else:
            row = {"row": f"Row_{waiting.get('id')}", "columns": HALF}
            waiting["layout"], child["layout"] = row, dict(row)
            waiting = None
    return {**node, "components": children}


def in_language(node: Any, lang: str) -> Any:
    """A form's schema with its English texts in place, where it carries them (`properties.label_en` …)."""
    if lang != "en":
        return node
    if isinstance(node, Mapping):
        properties = node.get("properties")
        translated = dict(node)
        if isinstance(properties, Mapping):
            for name in ("label", "description", "text"):
                if properties.get(f"{name}_en"):
                    translated[name] = properties[f"{name}_en"]
        return {key: in_language(item, lang) for key, item in translated.items()}
    if isinstance(node, list | tuple):
        return [in_language(item, lang) for item in node]
    return node
