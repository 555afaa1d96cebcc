"""Which fields of a form a task hides, shows or lets be edited: the task's properties `fields` and `shows`.

`fields` is text such as `title: readonly, upper_reference: hidden, Group_party: hidden, *: editable`. A name is a
field's path as the data has it (`who.age`), or the `id` of any component; what is said of a group holds for what
it holds, until that says otherwise; `*` is said of all the rest. Fields of a repeated list go with their list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from engine.kernel.forms_paths import at
from engine.kernel.forms_schema import CONTAINERS, KEYED, Schema, feel_of, is_repeating
from engine.values import Data

ALL: Final = "*"
_ENTRY: Final = re.compile(r"([^\s:：]+)\s*[:：]\s*([a-z]+)")
_NOT_SHOWN: Final = frozenset({"conditional", "validate", "description", "layout"})
_BETWEEN: Final = re.compile(r"[,，;；\n]+")


class Access(Enum):
    """What a task lets be done with a field."""

    HIDDEN = "hidden"
    READONLY = "readonly"
    EDITABLE = "editable"


@dataclass(frozen=True)
class AccessText:
    """The property `fields`, read. `faults` are the entries that cannot be read."""

    modes: Mapping[str, Access] = field(default_factory=dict)
    faults: Sequence[str] = ()


def read_access(text: str) -> AccessText:
    """What `fields` says; what cannot be read is left out and listed."""
    modes: dict[str, Access] = {}
    faults = []
    for part in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        match = _ENTRY.fullmatch(part)
        if match is None or match.group(2) not in {mode.value for mode in Access} or match.group(1) in modes:
            faults.append(part)
        else:
            modes[match.group(1)] = Access(match.group(2))
    return AccessText(modes, tuple(faults))


@dataclass(frozen=True)
class Named:
    """A component that `fields` may name: the names it goes by, and whether it must be filled in."""

    names: frozenset[str]
    label: str
    is_required: bool
    inside: frozenset[str]
    """The names of what encloses it."""


def named_of(schema: Schema) -> tuple[Named, ...]:
    """Everything in a form that `fields` may name."""
    return tuple(_named(schema.get("components") or (), "", frozenset()))


def mode_of(named: Named, modes: Mapping[str, Access]) -> Access:
    """What `fields` says of a component."""
    for names in (named.names, named.inside):
        for name in names:
            if name in modes:
                return modes[name]
    return modes.get(ALL, Access.EDITABLE)


def with_access(schema: Schema, modes: Mapping[str, Access]) -> Schema:
    """The form as a task has it: what is hidden is not there at all, what is read-only says so."""
    if not modes:
        return schema
    components = _for_task(schema.get("components") or (), modes, "", modes.get(ALL, Access.EDITABLE))
    return {**schema, "components": components}


def showing(
    schema: Schema, shown: Mapping[str, Schema], data: Data, modes: Mapping[str, Access] = MappingProxyType({})
) -> Schema:
    """The form below others by name, which are to be read only: without what has no value, and without parties.

    A field that the form has itself stays the form's; what `modes` hides is not shown.
    """
    named_modes = {name: mode for name, mode in modes.items() if name != ALL}
    taken = {name for named in named_of(schema) for name in named.names}
    groups = [
        {
            "type": "group",
            "id": f"Shown_{name}",
            "label": str(other.get("label") or "已登记的内容"),
            "properties": {"label_en": "As registered", "role": "shown", **(other.get("properties") or {})},
            "showOutline": True,
            "components": found,
        }
        for name, other in shown.items()
        if (found := _shown(with_access(other, named_modes).get("components") or (), taken, data))
    ]
    return {**schema, "components": [*groups, *(schema.get("components") or ())]} if groups else schema


def _named(components: Sequence[Schema], path: str, inside: frozenset[str]) -> Iterator[Named]:
    for component in components:
        names = _names(component, path)
        kind = component.get("type")
        required = kind in KEYED and (component.get("validate") or {}).get("required") is True
        yield Named(names, str(component.get("label") or ""), required, inside)
        if kind in CONTAINERS and not is_repeating(component):
            own = component.get("path")
            below = f"{path}{own}." if own else path
            yield from _named(component.get("components") or (), below, inside | names)


def _names(component: Schema, path: str) -> frozenset[str]:
    own = component.get("path" if component.get("type") in CONTAINERS else "key")
    return frozenset(name for name in (component.get("id"), f"{path}{own}" if own else None) if name)


def _for_task(
    components: Sequence[Schema], modes: Mapping[str, Access], path: str, above: Access
) -> list[dict[str, Any]]:
    kept = []
    for component in components:
        mode = next((modes[name] for name in _names(component, path) if name in modes), above)
        kind, inner = component.get("type"), component.get("components") or ()
        if kind in CONTAINERS and not is_repeating(component):
            own = component.get("path")
            left = _for_task(inner, modes, f"{path}{own}." if own else path, mode)
            if left or not inner:
                kept.append({**component, "components": left})
        elif mode is Access.READONLY:
            kept += _locked([component])
        elif mode is Access.EDITABLE:
            kept.append(dict(component))
    return kept


def _locked(components: Sequence[Schema]) -> list[dict[str, Any]]:
    """Read-only throughout."""
    return [
        {**component, "readonly": True, "components": _locked(component["components"])}
        if component.get("components")
        else {**component, "readonly": True}
        for component in components
    ]


def _shown(components: Sequence[Schema], taken: set[str], data: Data) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for component in components:
        kind = component.get("type")
        if kind == "group" and not component.get("path"):
            found += _shown(component.get("components") or (), taken, data)
            continue
        if kind not in KEYED | CONTAINERS or kind == "expression":
            continue
        name = str(component.get("key") or component.get("path") or "")
        is_party = (component.get("properties") or {}).get("store") == "party"
        value = at(data, name)
        if name in taken or is_party or value in (None, "", [], False):
            continue
        plain = {key: item for key, item in component.items() if key not in _NOT_SHOWN}
        if kind != "group":
            found += _locked([_renamed(plain)])
            continue
        inner = _shown(component.get("components") or (), set(), value if isinstance(value, Mapping) else {})
        if inner:
            found.append({**plain, "id": f"Shown_{component.get('id')}", "components": inner})
    return found


def _renamed(component: Schema) -> dict[str, Any]:
    """With other ids, throughout: the form may have the same."""
    inner = component.get("components")
    named = {**component, "id": f"Shown_{component.get('id')}"}
    return {**named, "components": [_renamed(each) for each in inner]} if inner else named


def mentioned_in(schema: Schema) -> frozenset[str]:
    """The names that the form's texts and conditions may read (`{{requirement}}`, `=channel != "upper"`)."""
    return frozenset(name for formula in _formulas(schema) for name in _NAME.findall(formula))


_NAME: Final = re.compile(r"[^\W\d]\w*")
_TEMPLATE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def _formulas(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for item in node.values():
            yield from _formulas(item)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _formulas(item)
    elif isinstance(node, str):
        formula = feel_of(node)
        if formula is not None:
            yield formula
        else:
            yield from _TEMPLATE.findall(node)
