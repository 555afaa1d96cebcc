"""What others have changed of a case while somebody filled in a form: shown, never overwritten in silence.

Shared are the fields that are columns of the case file, and those that were filled in from the case already; what a
form asks anew is its own. A field's property `own: true` keeps it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.cases.form_context import plain
from engine.cases.form_flow import COLUMNS, is_kept_sealed
from engine.errors import Conflict, FieldError, Message
from engine.kernel.forms_schema import CONTAINERS, KEYED, Schema, is_repeating
from engine.records.case import CaseFile
from engine.values import Data

_COMPARED: Final = (KEYED | CONTAINERS) - {"expression", "filepicker"}


@dataclass(frozen=True)
class Change:
    """A field whose value in the case is no longer what the person began from; `now` as a form holds it."""

    key: str
    label: str
    label_en: str
    now: Any


class ChangedMeanwhile(Conflict):
    """Somebody else changed what this form would overwrite. `changes` says which fields, and what they are now."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        listed, listed_en = "、".join(c.label for c in changes), ", ".join(c.label_en for c in changes)
        super().__init__(
            Message(
                f"填写期间，别人已更改：{listed}。没有覆盖，您填写的都还在；请逐项选择后再提交。",
                f"Meanwhile somebody else changed: {listed_en}. Nothing was overwritten, what you typed is kept. "
                "Choose for each, then submit.",
            )
        )
        self.errors = tuple(
            FieldError(
                change.key,
                Message(
                    f"“{change.label}”已被别人更改。请选择用哪一个。",
                    f"“{change.label_en}” was changed by somebody else. Choose which to keep.",
                ),
            )
            for change in changes
        )


def shared_values(
    case: CaseFile, schema: Schema, variables_now: Callable[[], Data], zone: ZoneInfo
) -> dict[str, Any]:
    """What the case holds now of the form's editable fields, by key, as a form holds it."""
    keys = _editable(schema)
    if not keys:
        return {}
    found = variables_now()
    variables = {key: plain(found.get(key), zone) for key in keys}
    columns = {key: plain(getattr(case, key), zone) for key in keys if key in COLUMNS and getattr(case, key)}
    return {**variables, **columns}


def changed_since(
    seen: Mapping[str, Any], now: Mapping[str, Any], typed: Data, schema: Schema
) -> tuple[Change, ...]:
    """The shared fields that are not what was seen, and that `typed` would set to something else."""
    return tuple(
        Change(key, str(component.get("label") or key), _english(component), now[key])
        for key, component in _editable(schema).items()
        if key in now
        and key in seen
        and (key in COLUMNS or _value(seen[key]) is not None)
        and _value(seen[key]) != _value(now[key])
        and _value(typed.get(key)) != _value(now[key])
    )


def _editable(schema: Schema) -> dict[str, Schema]:
    """Fields by top-level key that may be edited here and are the case's, not the form's own."""
    found: dict[str, Schema] = {}
    for component in schema.get("components") or ():
        kind, key = component.get("type"), component.get("key") or component.get("path")
        is_own = (component.get("properties") or {}).get("own") == "true"
        if is_own or component.get("readonly") or component.get("disabled"):
            continue
        if kind in CONTAINERS and not is_repeating(component) and not key:
            found |= _editable(component)
        elif kind in _COMPARED and isinstance(key, str) and "." not in key and not is_kept_sealed(component):
            found[key] = component
    return found


def _english(component: Schema) -> str:
    properties = component.get("properties") or {}
    return str(properties.get("label_en") or component.get("label") or component.get("key"))


def _value(value: Any) -> Any:
    """What counts as the same: nothing, whichever way it is written; text without its margins."""
    if isinstance(value, str):
        value = value.strip()
    return None if value in ("", False) or value == [] else value
