"""Merging the variables of branches that join, without touching values that other branches still share.

The rules are SpiffWorkflow's (`util.deep_merge`): objects merge by key, lists by position and membership, and the
later branch wins. Unlike there, nothing is changed in place.
"""

from __future__ import annotations

from typing import Any

from engine.values import Value


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """A new object with the entries of both; those of `over` win."""
    result = dict(base)
    for key, value in over.items():
        if key in result:
            result[key] = _either(result[key], value)
        else:
            result[key] = value
    return result


def _either(old: Value, new: Value) -> Value:
    if old is new or old == new:
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
