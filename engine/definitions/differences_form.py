"""A form's schema as things that can be compared: each component with what it asks and where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.definitions.differences import Thing
from engine.errors import InvalidDiagram, Message
from engine.kernel.findings import Finding, Severity

WHOLE: Final = ""
"""The id under which the form itself stands."""
_TOOLS: Final = frozenset(
    {"schemaVersion", "exporter", "executionPlatform", "executionPlatformVersion", "components"}
)
"""What editors write for themselves."""
_DEEPEST: Final = 20


def form_things(content: bytes, file: str) -> dict[str, Thing]:
    """By the component's id, else its key, else its place; the form itself under "". Raises InvalidDiagram."""
    schema = _read(content, file)
    found = {WHOLE: Thing("form", str(schema.get("id") or file), dict(_flat(schema, "", _TOOLS | {"type"})))}
    _add(schema, "", found, 0)
    return found


def _read(content: bytes, file: str) -> Mapping[str, Any]:
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        schema = None
    if not isinstance(schema, Mapping):
        message = Message("表单文件不是 JSON 对象。", "The form's file is not a JSON object.")
        raise InvalidDiagram([Finding(Severity.ERROR, "form-json", message, file)])
    return schema


def _add(node: Mapping[str, Any], parent: str, found: dict[str, Thing], depth: int) -> None:
    children = node.get("components")
    if not isinstance(children, list) or depth > _DEEPEST:
        return
    for number, child in enumerate(children):
        if not isinstance(child, Mapping):
            continue
        item_id = str(child.get("id") or child.get("key") or f"{parent}/{number}")
        if item_id not in found:
            found[item_id] = _thing(child, item_id, parent)
        _add(child, item_id, found, depth + 1)


def _thing(component: Mapping[str, Any], item_id: str, group: str) -> Thing:
    label = component.get("label") or component.get("dateLabel") or component.get("text") or component.get("key")
    facts = dict(_flat(component, "", frozenset({"id", "type", "components", "layout"})))
    return Thing(str(component.get("type") or ""), str(label or item_id), facts, group=group)


def _flat(node: Mapping[str, Any], above: str, left_out: frozenset[str]) -> Iterator[tuple[str, str]]:
    """`validate.required`: "true"; options as lines; other lists as JSON."""
    for name, value in node.items():
        if not above and name in left_out:
            continue
        code = f"{above}.{name}" if above else str(name)
        if isinstance(value, Mapping):
            yield from _flat(value, code, left_out)
        elif isinstance(value, list):
            yield code, "\n".join(map(_option, value))
        elif value is not None and value != "":
            yield code, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _option(option: Any) -> str:
    if not isinstance(option, Mapping):
        return json.dumps(option, ensure_ascii=False)
    more = {name: value for name, value in option.items() if name not in {"label", "value"}}
    line = f"{option.get('label', '')} = {option.get('value', '')}"
    return f"{line} {json.dumps(more, ensure_ascii=False, sort_keys=True)}" if more else line
