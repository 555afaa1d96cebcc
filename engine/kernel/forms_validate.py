"""Submitted data against a form's schema, by the rules of the viewer in the browser, on the server.

The viewer is a convenience; this is the check. Both give the same verdict (tests/browser/test_agreement.py). What
is only here: unknown keys are refused, and a field that is hidden or not filled in yields null, so that a diagram
can ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from engine.errors import FieldError, InvalidForm, Message
from engine.kernel.feel import Feel
from engine.kernel.forms_fields import Refused, Rules, convert
from engine.kernel.forms_paths import at, merge, put
from engine.kernel.forms_schema import (
    CHOICES,
    CONTAINERS,
    KEYED,
    MULTIPLE,
    Schema,
    feel_of,
    is_repeating,
    list_of,
    options_of,
)
from engine.kernel.forms_scope import Conditions, Scope
from engine.values import Data, Value

MAX_TEXT: Final = 20_000
MAX_ITEMS: Final = 200
MOST_ERRORS: Final = 50
UNITS: Final = "units"
ACCUSED: Final = "accused_units"

Lists = Mapping[str, Collection[str]]
"""The values of the office's lists (`options` of a field) by name."""


@dataclass(frozen=True)
class FormData:
    """`variables` become the instance's; `party` goes to the encrypted parties of the case."""

    variables: dict[str, Value] = field(default_factory=dict)
    party: dict[str, Value] = field(default_factory=dict)


def validate_form(
    schema: Schema,
    data: Mapping[str, Any],
    feel: Feel,
    now: datetime,
    *,
    max_text: int = MAX_TEXT,
    context: Data | None = None,
    lists: Lists | None = None,
) -> FormData:
    """The values of all fields, dates and numbers converted. Raises InvalidForm with every field's error.

    `context` are the variables that the form's FEEL names or takes options from (`valuesKey`), as the browser has
    them. Options whose variable or list is not there cannot be checked. Disabled and read-only fields are never
    taken from `data`, and say nothing about what stands there.
    """
    if not isinstance(data, Mapping):
        raise InvalidForm(
            [FieldError("", Message("提交的数据不是表单。请重新打开页面。", "This is no form data."))]
        )
    check = _Check(feel, now, max_text, dict(context or {}), lists or {})
    scope = check.conditions.scope_of(schema, data, check.context)
    variables = check.level(schema["components"], data, _Place("", "", ""), scope)
    check.refuse_unknown(schema["components"], data, _Place("", "", ""))
    if check.errors:
        raise InvalidForm(check.errors)
    return FormData(variables, check.party)


@dataclass(frozen=True)
class _Place:
    """Where a level of fields stands: the path before its keys, and the words before its labels."""

    path: str
    words: str
    words_en: str

    def inside(self, path: str) -> _Place:
        return _Place(f"{self.path}{path}.", self.words, self.words_en)

    def item(self, component: Schema, index: int) -> _Place:
        label = str(component.get("label") or "")
        label_en = str((component.get("properties") or {}).get("label_en") or label or "row")
        return _Place(
            f"{self.path}{component.get('path') or ''}[{index}].",
            f"{self.words}{label}第 {index + 1} 项的",
            f"{self.words_en}{label_en} {index + 1}: ",
        )


class _Check:
    def __init__(self, feel: Feel, now: datetime, max_text: int, context: Data, lists: Lists) -> None:
        self.errors: list[FieldError] = []
        self.party: dict[str, Value] = {}
        self.context = context
        self.conditions = Conditions(feel, now)
        self._lists = lists
        self._feel = feel
        self._now = now
        self._max_text = max_text

    def level(
        self, components: Any, data: Any, place: _Place, scope: Scope, *, is_hidden: bool = False
    ) -> dict[str, Value]:
        """The values of a form, a group or an item."""
        values: dict[str, Value] = {}
        for component in components:
            kind = component.get("type")
            if kind not in KEYED | CONTAINERS:
                continue
            hides = is_hidden or self.conditions.hides(component, scope)
            if kind in CONTAINERS:
                self._container(component, data, place, scope, values, is_hidden=hides)
            elif hides:
                self._store(component, values, None)
            else:
                self._field(component, data, place, scope, values)
        return values

    def _field(self, component: Schema, data: Any, place: _Place, scope: Scope, values: dict[str, Value]) -> None:
        key = component["key"]
        if component["type"] == "expression":
            expression = feel_of(component.get("expression")) or "null"
            self._store(component, values, self.conditions.evaluated(expression, scope))
        elif not self.conditions.is_readonly(component, scope):
            try:
                value = convert(component, at(data, key), self._rules(component, scope))
                self._require(component, value)
                self._fit_pattern(component, value)
                self._store(component, values, value)
            except Refused as refused:
                self._refuse(component, place, key, refused.message)

    def _container(
        self,
        component: Schema,
        data: Any,
        place: _Place,
        scope: Scope,
        values: dict[str, Value],
        *,
        is_hidden: bool,
    ) -> None:
        path = component.get("path") or ""
        if is_repeating(component):
            if is_hidden:
                put(values, path, [])
            elif not self.conditions.is_readonly(component, scope):
                put(values, path, self._items(component, at(data, path), place, scope))
            return
        inner = at(data, path) if path else data
        if path and not isinstance(inner, Mapping | None):
            message = Message("应为一组字段。", "must be a group of fields.")
            self._refuse(component, place, path, message)
            return
        inside = place.inside(path) if path else place
        found = self.level(component["components"], inner or {}, inside, scope, is_hidden=is_hidden)
        if not path:
            merge(values, found)
        elif found:
            put(values, path, found)

    def _items(self, component: Schema, raw: Any, place: _Place, scope: Scope) -> list[Value]:
        path = component.get("path") or ""
        if raw is None:
            return []
        if not isinstance(raw, list) or not all(isinstance(item, Mapping) for item in raw):
            self._refuse(component, place, path, Message("应为若干行字段。", "must be rows of fields."))
            return []
        if len(raw) > MAX_ITEMS:
            message = Message(f"最多 {MAX_ITEMS} 行，现有 {len(raw)} 行。", f"takes at most {MAX_ITEMS} rows.")
            self._refuse(component, place, path, message)
            return []
        return [
            self.level(component["components"], item, place.item(component, index), scope.row(item, index))
            for index, item in enumerate(raw)
        ]

    def _require(self, component: Schema, value: Value) -> None:
        required = (component.get("validate") or {}).get("required") is True
        if required and (value is None or value is False or value == []):
            kind = component["type"]
            if kind == "checkbox":
                raise Refused("必须勾选。", "must be checked.")
            if kind == "filepicker":
                raise Refused("必须上传文件。", "needs a file.")
            chooses = kind in CHOICES | MULTIPLE | {"datetime"}
            raise Refused(
                "必须选择。" if chooses else "必须填写。", "must be chosen." if chooses else "must be filled in."
            )

    def _fit_pattern(self, component: Schema, value: Value) -> None:
        validate = component.get("validate") or {}
        pattern = validate.get("pattern")
        if not pattern or not isinstance(value, str):
            return
        fits = self._feel.evaluate("fits pattern(text, pattern)", {"text": value, "pattern": pattern}, self._now)
        if not fits:
            own = validate.get("patternErrorMessage")
            zh, en = f"格式不符合要求（{pattern}）。", f"does not have the required form ({pattern})."
            raise Refused(str(own or zh), str(own or en))

    def _rules(self, component: Schema, scope: Scope) -> Rules:
        validate = component.get("validate") or {}
        limits = {name: self._limit(validate.get(name), scope) for name in ("min", "max", "minLength", "maxLength")}
        longest = limits["maxLength"]
        return Rules(
            minimum=limits["min"],
            maximum=limits["max"],
            shortest=None if limits["minLength"] is None else int(limits["minLength"]),
            longest=self._max_text if longest is None else min(int(longest), self._max_text),
            options=self._options(component, scope),
            now=self._now,
            zone=self._feel.zone,
        )

    def _limit(self, value: Any, scope: Scope) -> Decimal | None:
        expression = feel_of(value)
        found = self.conditions.evaluated(expression, scope) if expression is not None else value
        try:
            return None if found is None or found == "" else Decimal(str(found))
        except InvalidOperation:
            return None

    def _options(self, component: Schema, scope: Scope) -> Collection[Any] | None:
        name = list_of(component)
        if name is not None:
            accused = scope.root.get(ACCUSED)
            known = self._lists.get(name)
            if known is None or name != UNITS or not isinstance(accused, list | tuple):
                return known
            return [unit for unit in known if unit not in accused]
        static = options_of(component)
        if static is not None:
            return static
        key, expression = component.get("valuesKey"), feel_of(component.get("valuesExpression"))
        found = (
            self.conditions.evaluated(expression, scope) if expression is not None else self.context.get(str(key))
        )
        if not isinstance(found, list):
            return None
        return [option.get("value") if isinstance(option, Mapping) else option for option in found]

    def _store(self, component: Schema, values: dict[str, Value], value: Value) -> None:
        if (component.get("properties") or {}).get("store") == "party":
            if value is not None:
                self.party[component["key"]] = value
        else:
            put(values, component["key"], value)

    def _refuse(self, component: Schema, place: _Place, path: str, message: Message) -> None:
        label = str(component.get("label") or path)
        label_en = str((component.get("properties") or {}).get("label_en") or label)
        text = Message(f"{place.words}“{label}”{message.zh}", f"{place.words_en}“{label_en}” {message.en}")
        self.errors.append(FieldError(f"{place.path}{path}", text))

    def refuse_unknown(self, components: Any, data: Mapping[str, Any], place: _Place) -> None:
        """Errors for the keys that no field has, however deep."""
        known = dict(_entries(components))
        for key, value in data.items():
            if len(self.errors) >= MOST_ERRORS:
                return
            if key not in known:
                shown = key if len(key) <= 80 else key[:80] + "…"
                zh = f"表单中没有字段“{shown}”。请刷新页面后重新填写。"
                en = f"The form has no field “{shown}”. Reload the page and fill it in again."
                self.errors.append(FieldError(f"{place.path}{shown}", Message(zh, en)))
                continue
            inner = known[key]
            if inner is not None:
                rows = value if isinstance(value, list) else [value]
                for row in rows:
                    if isinstance(row, Mapping):
                        self.refuse_unknown(inner, row, place.inside(key))


def _entries(components: Any) -> Iterator[tuple[str, Any]]:
    """Top-level keys, each with the components behind it, None for a plain field."""
    nested: dict[str, list[Any]] = {}
    for component in components:
        path = component.get("path" if component.get("type") in CONTAINERS else "key")
        if component.get("type") in CONTAINERS and not path:
            yield from _entries(component["components"])
        elif isinstance(path, str) and path:
            head, _, rest = path.partition(".")
            if rest:
                nested.setdefault(head, []).append({**component, "path": rest, "key": rest})
            else:
                yield head, component.get("components") if component.get("type") in CONTAINERS else None
    yield from nested.items()
