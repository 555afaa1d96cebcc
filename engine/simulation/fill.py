"""Values for required fields of a form that the answers leave out, so that anything can be tried at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.casework.categories import category_codes
from engine.errors import InvalidForm
from engine.kernel.feel import Feel
from engine.kernel.forms import Lists, validate_form
from engine.kernel.forms_paths import at, replaced
from engine.kernel.forms_schema import CONTAINERS, Schema, is_repeating, list_of, options_of
from engine.values import Data

MOST_ROUNDS = 8
"""A value may make another field required; a form that goes on asking is left to say so itself."""
NOTHING: tuple[Any, ...] = (None, "", [], False)
TEXT = "模拟"
PHONE = "13800000000"
RESIDENT_ID = "11010519491231002X"
CREDIT_CODE = "91350100M000100Y43"
_SHAPES = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}


def filled(
    schema: Schema,
    given: Mapping[str, Any],
    feel: Feel,
    *,
    now: datetime,
    unit: str,
    context: Data | None = None,
    lists: Lists | None = None,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The data with values for what the form misses, and the paths that got one.

    `now` is local; `unit` is chosen among units where the form may choose it. Fields inside repeated lists are left
    to whoever adds a row.
    """
    data, keys = dict(given), list[str]()
    fields = dict(_fields(schema))
    known = lists or {}
    for _ in range(MOST_ROUNDS):
        try:
            validate_form(schema, data, feel, now, context=context, lists=known)
        except InvalidForm as error:
            missing = [e.path for e in error.errors if e.path in fields and at(data, e.path) in NOTHING]
            if not missing:
                break
            for path in missing:
                data = replaced(data, path, _value(fields[path], now, unit, known, context or {}))
                keys.append(path)
        else:
            break
    return data, tuple(keys)


def _fields(schema: Schema, place: str = "") -> Iterator[tuple[str, Schema]]:
    """Fields by the path at which their value stands."""
    for component in schema.get("components", ()):
        if is_repeating(component):
            continue
        if component.get("type") in CONTAINERS:
            path = component.get("path") or ""
            yield from _fields(component, f"{place}{path}." if path else place)
        elif component.get("key") and component.get("type") != "filepicker":
            yield f"{place}{component['key']}", component


def _value(field: Schema, now: datetime, unit: str, lists: Lists, context: Data) -> Any:
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
            return _choice(field, unit, lists, context)
        case "checklist" | "taglist":
            return _every(field) or [_choice(field, unit, lists, context)]
        case _:
            return _text(field, validate)


def _text(field: Schema, validate: Mapping[str, Any]) -> str:
    checks = {validate.get("validationType"), (field.get("properties") or {}).get("check")}
    if checks & {"phone", "mobile"}:
        return PHONE
    if checks & {"resident_id", "id_number"}:
        return RESIDENT_ID
    if checks & {"credit_code", "uscc"}:
        return CREDIT_CODE
    shortest = validate.get("minLength")
    return TEXT * max(1, (int(shortest) + 1) // 2 if isinstance(shortest, int) else 1)


def _every(field: Schema) -> list[Any]:
    """A list of checks is ticked from top to bottom: what follows may ask for all of them."""
    return list(options_of(field) or ()) if field.get("type") == "checklist" else []


def _choice(field: Schema, unit: str, lists: Lists, context: Data) -> Any:
    name = list_of(field)
    if name == "categories":
        return min(category_codes())
    options = options_of(field)
    if options is None and not name:
        found = context.get(str(field.get("valuesKey")))
        listed = found if isinstance(found, list) else []
        options = [each.get("value") if isinstance(each, Mapping) else each for each in listed]
    offered = options or (list(lists.get(name, ())) if name else [])
    return unit if not offered or unit in offered else offered[0]
