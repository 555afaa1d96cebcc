"""The variables that a form-js schema sets: the first part of each field's path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def form_variables(content: bytes) -> frozenset[str]:
    """Names of the variables of a form; fields that are kept with the parties are none.

    A form that cannot be read sets nothing here; what is wrong with it is the form check's finding.
    """
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(_names(schema.get("components"))) if isinstance(schema, Mapping) else frozenset()


def _names(components: Any) -> Iterator[str]:
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, Mapping) or _is_kept_apart(component):
            continue
        path = component.get("path") or component.get("key")
        if isinstance(path, str) and path:
            yield path.split(".", 1)[0]
        else:
            yield from _names(component.get("components"))


def _is_kept_apart(component: Mapping[str, Any]) -> bool:
    properties = component.get("properties")
    return isinstance(properties, Mapping) and properties.get("store") == "party"
