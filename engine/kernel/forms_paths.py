"""Values at dotted paths of a form's data; what is given is never changed but by `put`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.values import Value


def at(data: Any, path: str) -> Any:
    """None where there is nothing."""
    for step in path.split("."):
        if not isinstance(data, Mapping):
            return None
        data = data.get(step)
    return data


def put(values: dict[str, Value], path: str, value: Value) -> None:
    """Sets in place; an object joins an object that is there."""
    *steps, last = path.split(".")
    for step in steps:
        values = values.setdefault(step, {})
    if isinstance(value, dict) and isinstance(values.get(last), dict):
        merge(values[last], value)
    else:
        values[last] = value


def merge(values: dict[str, Value], found: Mapping[str, Value]) -> None:
    """As `put`, for each."""
    for key, value in found.items():
        put(values, key, value)


def replaced(data: Mapping[str, Any], path: str, value: Value) -> dict[str, Any]:
    """A copy with another value at the path."""
    head, _, rest = path.partition(".")
    if not rest:
        return {**data, head: value}
    inner = data.get(head)
    return {**data, head: replaced(inner if isinstance(inner, Mapping) else {}, rest, value)}


def removed(data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A copy without the path."""
    head, _, rest = path.partition(".")
    inner = data.get(head)
    if rest:
        return {**data, head: removed(inner, rest)} if isinstance(inner, Mapping) else dict(data)
    return {key: value for key, value in data.items() if key != head}
