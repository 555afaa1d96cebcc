"""A variable's value as an operator types it: as a field of a form takes it, or as FEEL of the kind that it has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.cases.form_context import components_of, lists_of
from engine.definitions.sources import Procedure
from engine.errors import FieldError, InvalidForm, InvalidState, Message
from engine.kernel.forms import validate_form
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.tasks.acting import refuse
from engine.values import Data, Value

LONGEST = 4000
_SEVERAL = frozenset({"checklist", "taglist"})
_TYPED = _SEVERAL | {"textfield", "textarea", "number", "datetime", "select", "radio", "checkbox"}
_YES = frozenset({"true", "yes", "1", "是"})
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    ((int, float, Decimal), "number"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (str, "string"),
    ((list, tuple), "list"),
    (Mapping, "context"),
)
_FREE = ("hidden", "hide", "conditional", "disabled", "readonly")
"""What says when a field may be typed into: not the operator's concern."""


@dataclass(frozen=True)
class Variable:
    """`kind` is what FEEL calls it, `label` that of the form's field, "" where no form has one."""

    name: str
    value: Value
    kind: str
    label: str


def kind_of(value: Value) -> str:
    """As FEEL names it: string, number, boolean, date, …, null."""
    return next((name for types, name in _KINDS if isinstance(value, types)), "null")


def variables_of(procedure: Procedure, data: Data) -> tuple[Variable, ...]:
    """By name, with the labels of the forms' fields; without what forms keep about parties."""
    fields = fields_of(procedure)
    return tuple(
        Variable(name, value, kind_of(value), str(fields.get(name, {}).get("label") or ""))
        for name, value in sorted(data.items())
        if (fields.get(name, {}).get("properties") or {}).get("store") != "party"
    )


def fields_of(procedure: Procedure) -> dict[str, Mapping[str, Any]]:
    """The fields of all forms of the procedure and of those that it calls, by key; its own win."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in _with_called(procedure):
        for file in each.definition.files:
            if file.path.endswith(".form.json"):
                for component in components_of(json.loads(file.content)):
                    if isinstance(component.get("key"), str):
                        found.setdefault(component["key"], component)
    return found


@dataclass(frozen=True)
class Reading:
    """What typed values are read against."""

    engine: Engine
    work: UnitOfWork
    procedure: Procedure
    case: CaseFile

    def value_of(self, name: str, text: str, current: Value) -> Value:
        """The value that `text` means for the variable. Raises InvalidForm, InvalidState, FeelError."""
        if len(text) > LONGEST or "\0" in text:
            refuse(f"值最多 {LONGEST} 个字符。", f"A value has at most {LONGEST} characters.")
        field = fields_of(self.procedure).get(name, {})
        if (field.get("properties") or {}).get("store") == "party":
            refuse("信访人信息不是流程变量。", "The petitioner's details are no variables.")
        if field.get("type") in _TYPED:
            return self._as_field(field, name, text)
        return self._as_feel(text, current)

    def _as_field(self, field: Mapping[str, Any], name: str, text: str) -> Value:
        alone = {"type": "default", "components": [{k: v for k, v in field.items() if k not in _FREE}]}
        lists = lists_of(self.work, alone, self.case.accused_units)
        feel, now = self.engine.kernel.feel, self.engine.clock.now()
        value = validate_form(alone, {name: _raw(field, text)}, feel, now, lists=lists).variables.get(name)
        if value is None and text.strip():
            raise InvalidForm([FieldError(name, Message("这个字段不接受此值。", "The field does not take this."))])
        return value

    def _as_feel(self, text: str, current: Value) -> Value:
        value: Value = self.engine.kernel.feel.evaluate(text, {}, self.engine.clock.now())
        was, now = kind_of(current), kind_of(value)
        if current is not None and value is not None and was != now:
            raise InvalidState(
                Message(
                    f"变量原是 {was}，新值是 {now}。请按原来的类型填写 FEEL，如文字加双引号。",
                    f"The variable is a {was}, the new value a {now}. Write FEEL of the same type; quote texts.",
                )
            )
        return value


def _raw(field: Mapping[str, Any], text: str) -> Any:
    """As a browser would send what was typed."""
    if field["type"] == "checkbox":
        return text.strip().lower() in _YES
    if field["type"] in _SEVERAL:
        return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    return text.strip() or None


def _with_called(procedure: Procedure) -> Iterator[Procedure]:
    yield procedure
    for called in procedure.called.values():
        yield from _with_called(called)
