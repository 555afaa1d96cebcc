"""Values for required fields of a start form that the answers leave out, so that anything can be tried at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.casework.categories import category_codes
from engine.errors import InvalidForm
from engine.kernel.feel import Feel
from engine.kernel.forms import validate_form
from engine.kernel.forms_schema import Schema, list_of, options_of

MOST_ROUNDS = 8
"""A value may make another field required; a form that goes on asking is left to say so itself."""
TEXT = "模拟"
PHONE = "13800000000"
_SHAPES = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}


def filled(
    schema: Schema, given: Mapping[str, Any], feel: Feel, *, now: datetime, unit: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The data with values for what the form misses, and the keys that got one.

    `now` is local; `unit` is chosen among units.
    """
    data, keys = dict(given), list[str]()
    fields = {str(field["key"]): field for field in _fields(schema) if field.get("key")}
    for _ in range(MOST_ROUNDS):
        try:
            validate_form(schema, data, feel, now)
        except InvalidForm as error:
            missing = [e.path for e in error.errors if e.path in fields and data.get(e.path) in (None, "", [])]
            if not missing:
                break
            for key in missing:
                data[key] = _value(fields[key], now, unit)
                keys.append(key)
        else:
            break
    return data, tuple(keys)


def _fields(schema: Schema) -> Iterator[Schema]:
    for component in schema.get("components", ()):
        yield component
        yield from _fields(component)


def _value(field: Schema, now: datetime, unit: str) -> Any:
    kind = field.get("type")
    validate = field.get("validate") or {}
    match kind:
        case "number":
            return validate.get("min") if isinstance(validate.get("min"), int) else 1
        case "checkbox":
            return True
        case "datetime":
            return now.strftime(_SHAPES[str(field.get("subtype"))])
        case "select" | "radio":
            return _choice(field, unit)
        case "checklist" | "taglist":
            return [_choice(field, unit)]
        case _:
            is_phone = "phone" in {validate.get("validationType"), (field.get("properties") or {}).get("check")}
            shortest = validate.get("minLength")
            return PHONE if is_phone else TEXT * max(1, (int(shortest) + 1) // 2 if shortest else 1)


def _choice(field: Schema, unit: str) -> Any:
    if list_of(field) == "categories":
        return min(category_codes())
    options = options_of(field)
    return options[0] if options else unit
