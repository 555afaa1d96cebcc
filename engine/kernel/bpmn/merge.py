"""Merging the variables of branches that join, without touching values that other branches still share.

SpiffWorkflow gives each branch a copy of the variables and lets the branch that joins last overwrite the others,
even with what it never changed. Here a write while several branches run leaves a stamp, and the later write wins.
Objects that both sides wrote merge by key. Without stamps the rules are SpiffWorkflow's (`util.deep_merge`), but
nothing is changed in place.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.values import Value

Stamps: TypeAlias = dict[str, int]
"""When a variable was last written, by name; absent: before the branches parted."""


def combined(
    base: dict[str, Any], base_stamps: Stamps, over: dict[str, Any], over_stamps: Stamps
) -> tuple[dict[str, Any], Stamps]:
    """The variables and stamps of two branches; `over` wins where neither wrote later."""
    if not base_stamps and not over_stamps:
        return merged(base, over), {}
    result, stamps = dict(base), dict(base_stamps)
    for key, value in over.items():
        if key not in result:
            result[key] = value
            if key in over_stamps:
                stamps[key] = over_stamps[key]
            continue
        was, now = base_stamps.get(key, 0), over_stamps.get(key, 0)
        old = result[key]
        if old is value:
            continue
        if was == now or (was and now and isinstance(old, dict) and isinstance(value, dict)):
            result[key] = _either(old, value) if now >= was else _either(value, old)
        elif now > was:
            result[key] = value
        if now > was:
            stamps[key] = now
    return result, stamps


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """A new object with the entries of both; those of `over` win."""
    result = dict(base)
    for key, value in over.items():
        result[key] = _either(result[key], value) if key in result else value
    return result


def _either(old: Value, new: Value) -> Value:
    if old is new:
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        return merged(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return _merged_lists(old, new)
    return new


def _merged_lists(base: list[Value], over: list[Value]) -> list[Value]:
    result = list(base)
    for position, value in enumerate(over):
        if isinstance(value, dict):
            if position < len(result):
                old = result[position]
                result[position] = merged(old, value) if isinstance(old, dict) else value
            else:
                result.append(value)
        elif value not in result:
            result.append(value)
    return result[: len(over)]
