"""What the FEEL of a form sees, and which fields are hidden: in two passes, as form-js-viewer 2 does it.

First every condition is asked on all that was typed, and what is hidden leaves the data. Then each field asks
again, on what is left: that answer counts. In a row of a list `this` is the row, `parent` what encloses it, `i` the
numbers of the rows from 1; the form's own fields are known by name throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from engine.kernel.feel import Feel, FeelError
from engine.kernel.forms_paths import at, removed, replaced
from engine.kernel.forms_schema import CONTAINERS, KEYED, Schema, feel_of, hide_condition, is_repeating
from engine.values import Data, Value

_EXHAUSTING: Final = frozenset({"time", "memory", "depth", "size"})
_CONSTANT: Final = frozenset({"true", "false"})
_ROUNDS: Final = 3
"""Computed fields that depend on each other settle within as many."""


class Scope:
    """The names that an expression may use at one place of the form."""

    def __init__(
        self, root: Data, this: Data | None = None, parent: Data | None = None, rows: tuple[int, ...] = ()
    ) -> None:
        self.root = root
        self._this = root if this is None else this
        self._parent = parent
        self._rows = rows

    def row(self, item: Data, index: int) -> Scope:
        """Inside a row of a list; `index` counts from 0."""
        parent = {"this": self._this, "parent": self._parent, "i": list(self._rows), **self._this}
        return Scope(self.root, item, parent, (*self._rows, index + 1))

    @cached_property
    def names(self) -> Mapping[str, Value]:
        special = {"this": self._this, "parent": self._parent, "i": list(self._rows)}
        return {**special, **self.root, **{f"_{name}_": value for name, value in special.items()}}


class Conditions:
    """Asks the FEEL of a form's properties, at one moment."""

    def __init__(self, feel: Feel, now: datetime) -> None:
        self._feel = feel
        self._now = now

    def evaluated(self, expression: str, scope: Scope) -> Value:
        """As in the browser, a name without a value is null and a type that does not fit gives null.

        What hits a limit is no such case: one expression may cost its time, not every one of a form.
        """
        try:
            known = {name: scope.names.get(name) for name in self._feel.names(expression)}
            return self._feel.evaluate(expression, known, self._now)
        except FeelError as error:
            if error.code in _EXHAUSTING:
                raise
            return None

    def holds(self, test: str, scope: Scope) -> bool:
        """Whether `hide` or `readonly` is true: unary tests of null, so that what yields null is true."""
        if test.strip() in _CONSTANT:
            return test.strip() == "true"
        try:
            known = {name: scope.names.get(name) for name in self._feel.names(test, unary=True)}
            return self._feel.matches(test, None, known, self._now)
        except FeelError as error:
            if error.code in _EXHAUSTING:
                raise
            return False

    def hides(self, component: Schema, scope: Scope) -> bool:
        condition = hide_condition(component)
        return condition is not None and self.holds(condition, scope)

    def is_readonly(self, component: Schema, scope: Scope) -> bool:
        """Also where it is disabled: nothing is taken from it."""
        readonly = component.get("readonly")
        test = feel_of(readonly)
        return bool(component.get("disabled")) or (bool(readonly) if test is None else self.holds(test, scope))

    def scope_of(self, schema: Schema, data: Data, context: Data) -> Scope:
        """What the fields' own questions see: the context, and the data without what is hidden."""
        components = schema["components"]
        known = {**context, **data}
        for path in _locked(components, ""):
            known = replaced(known, path, at(context, path))
        computed = list(_computed(components))
        for _ in range(_ROUNDS if computed else 0):
            scope = Scope(self._visible(components, known, Scope(known)))
            fresh = {c["key"]: self.evaluated(feel_of(c.get("expression")) or "null", scope) for c in computed}
            if all(at(known, key) == value for key, value in fresh.items()):
                break
            for key, value in fresh.items():
                known = replaced(known, key, value)
        return Scope(self._visible(components, known, Scope(known)))

    def _visible(
        self, components: Sequence[Schema], data: Data, scope: Scope, *, is_hidden: bool = False
    ) -> dict[str, Any]:
        left = dict(data)
        for component in components:
            kind = component.get("type")
            if kind not in KEYED | CONTAINERS:
                continue
            hides = is_hidden or self.hides(component, scope)
            if kind in KEYED:
                left = removed(left, component["key"]) if hides else left
            else:
                left = self._visible_inside(component, left, scope, is_hidden=hides)
        return left

    def _visible_inside(
        self, component: Schema, data: dict[str, Any], scope: Scope, *, is_hidden: bool
    ) -> dict[str, Any]:
        path, children = component.get("path") or "", component["components"]
        if is_repeating(component):
            rows = at(data, path)
            if is_hidden or not isinstance(rows, list):
                return removed(data, path) if is_hidden else data
            shown = [
                self._visible(children, row, scope.row(row, i)) if isinstance(row, Mapping) else row
                for i, row in enumerate(rows)
            ]
            return replaced(data, path, shown)
        inner = at(data, path) if path else data
        if not isinstance(inner, Mapping):
            return data
        shown_inside = self._visible(children, inner, scope, is_hidden=is_hidden)
        return replaced(data, path, shown_inside) if path else shown_inside


def _locked(components: Sequence[Schema], above: str) -> Iterator[str]:
    """Paths of what is read-only throughout: its value is the case's, whatever was posted."""
    for component in components:
        kind, own = component.get("type"), component.get("key") or component.get("path")
        if kind not in KEYED | CONTAINERS:
            continue
        if component.get("readonly") is True or component.get("disabled") is True:
            if own:
                yield f"{above}{own}"
        elif kind == "group":
            yield from _locked(component["components"], f"{above}{own}." if own else above)


def _computed(components: Sequence[Schema]) -> list[Schema]:
    """The computed fields outside lists and groups with a path."""
    found: list[Schema] = []
    for component in components:
        if component.get("type") == "expression":
            found.append(component)
        elif component.get("type") == "group" and not component.get("path"):
            found += _computed(component["components"])
    return found
