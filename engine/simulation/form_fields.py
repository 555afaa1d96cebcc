"""The fields of a form that a person sees and may fill, flat: a simulation lets them be answered otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine.casework.categories import categories
from engine.errors import Message
from engine.kernel.feel import Feel
from engine.kernel.forms import Lists
from engine.kernel.forms_paths import at
from engine.kernel.forms_schema import CHOICES, CONTAINERS, MULTIPLE, Schema, is_repeating, list_of
from engine.kernel.forms_scope import Conditions, Scope
from engine.values import Data

_SHOWN: Final = CHOICES | MULTIPLE | {"textfield", "textarea", "number", "checkbox", "datetime"}


@dataclass(frozen=True)
class Option:
    """What a choice offers."""

    value: str
    label: Message


@dataclass(frozen=True)
class FormField:
    """`kind` is form-js' type, `subtype` that of a date. `value` is what was entered, as JSON has it.

    `is_choice`: what is entered may turn the case another way, so it is shown first.
    """

    path: str
    kind: str
    subtype: str
    label: Message
    options: tuple[Option, ...]
    is_required: bool
    value: Any

    @property
    def is_choice(self) -> bool:
        return self.kind in CHOICES | MULTIPLE | {"checkbox"}


@dataclass(frozen=True)
class FieldReader:
    """What a form's conditions are asked with."""

    feel: Feel
    now: datetime
    context: Data
    lists: Lists
    units: Mapping[str, str]

    def fields(self, schema: Schema, data: Mapping[str, Any]) -> tuple[FormField, ...]:
        """Those that are shown for this data; files, computed fields and the rows of lists are left out."""
        conditions = Conditions(self.feel, self.now)
        scope = conditions.scope_of(schema, data, dict(self.context))
        return tuple(self._within(schema, data, conditions, scope, ""))

    def _within(
        self, level: Schema, data: Mapping[str, Any], conditions: Conditions, scope: Scope, place: str
    ) -> Iterator[FormField]:
        for component in level.get("components") or ():
            kind = str(component.get("type"))
            if is_repeating(component) or conditions.hides(component, scope):
                continue
            if kind in CONTAINERS:
                path = component.get("path") or ""
                yield from self._within(component, data, conditions, scope, f"{place}{path}." if path else place)
            elif kind in _SHOWN and not conditions.is_readonly(component, scope):
                yield self._field(component, kind, f"{place}{component['key']}", data)

    def _field(self, component: Schema, kind: str, path: str, data: Mapping[str, Any]) -> FormField:
        properties = component.get("properties") or {}
        label = str(component.get("label") or component.get("dateLabel") or path)
        return FormField(
            path=path,
            kind=kind,
            subtype=str(component.get("subtype") or ""),
            label=Message(label, str(properties.get("label_en") or label)),
            options=tuple(self._options(component)),
            is_required=(component.get("validate") or {}).get("required") is True,
            value=at(data, path),
        )

    def _options(self, component: Schema) -> Iterator[Option]:
        name = list_of(component)
        if name == "categories":
            yield from (Option(each.code, Message(each.name, each.name_en)) for each in categories())
        elif name:
            codes = self.lists.get(name, ())
            yield from (Option(code, Message(self.units.get(code, code), code)) for code in codes)
        else:
            found = component.get("values") or self.context.get(str(component.get("valuesKey"))) or ()
            yield from map(_option, found if isinstance(found, list | tuple) else ())


def _option(raw: Any) -> Option:
    if not isinstance(raw, Mapping):
        return Option(str(raw), Message(str(raw), str(raw)))
    label = str(raw.get("label") or raw.get("value"))
    return Option(
        str(raw.get("value")), Message(label, str((raw.get("properties") or {}).get("label_en") or label))
    )
