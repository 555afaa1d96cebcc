"""The `expect` blocks of a scenario file."""

from __future__ import annotations

from typing import Any

from engine.scenarios.lined_yaml import LinedMapping
from engine.scenarios.model import Entry, Expectation
from engine.scenarios.reading import Reading
from engine.scenarios.schema import EXPECTATIONS, Shape, Spec


def read_expectations(reading: Reading, item: LinedMapping) -> tuple[Expectation, ...]:
    """What a step expects, in the order written; a step without `expect` expects nothing but success."""
    block = item.get("expect")
    if block is None:
        return ()
    if not isinstance(block, LinedMapping):
        reading.fault(item.line_of("expect"), "expect", "应为“键: 值”。", "This must be “key: value” lines.")
        return ()
    reading.check_keys(block, EXPECTATIONS)
    return tuple(
        Expectation(block.line_of(key), key, _wanted(reading, EXPECTATIONS[key], raw, block.line_of(key), key))
        for key, raw in block.items()
        if key in EXPECTATIONS
    )


def _wanted(reading: Reading, spec: Spec, raw: Any, line: int, key: str) -> Any:
    match spec.shape:
        case Shape.ENTRIES:
            if not isinstance(raw, list):
                reading.fault(line, key, "应为列表，每项以 - 开头。", "This must be a list of - items.")
                return ()
            return tuple(_entry(reading, spec, item, line, key) for item in raw)
        case Shape.ENTRY:
            return _entry(reading, spec, raw, line, key)
        case Shape.MAPPING:
            return Entry(line, _mapping(reading, spec, raw, line, key))
        case Shape.VALUE:
            return reading.value(raw, spec.value, line, key)


def _entry(reading: Reading, spec: Spec, raw: Any, line: int, key: str) -> Entry:
    if spec.main is not None and isinstance(raw, str):
        return Entry(line, {spec.main: raw})
    if not isinstance(raw, LinedMapping):
        reading.fault(line, key, f"“{raw}”应写成“键: 值”。", f"“{raw}” must be written as key: value.")
        return Entry(line, {})
    reading.check_keys(raw, spec.fields)
    if spec.main is not None and spec.main not in raw:
        reading.fault(raw.line, key, f"缺少“{spec.main}”。", f"“{spec.main}” is missing.")
    values = {
        name: reading.value(value, spec.fields[name], raw.line_of(name), name)
        for name, value in raw.items()
        if name in spec.fields
    }
    return Entry(raw.line, values)


def _mapping(reading: Reading, spec: Spec, raw: Any, line: int, key: str) -> dict[str, Any]:
    if not isinstance(raw, LinedMapping):
        reading.fault(line, key, "应为“名称: 值”。", "This must be “name: value” lines.")
        return {}
    return {name: reading.value(value, spec.value, raw.line_of(name), name) for name, value in raw.items()}
