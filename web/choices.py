"""Labels of coded answers (channel, purpose, category …), read from the forms of the procedures in force."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from flask import g

from engine.casework.categories import categories
from engine.definitions.read import list_definitions, open_definition
from engine.kernel.forms_schema import list_of
from engine.records.definition import Definition, DefinitionSummary
from web.current import actor, engine, language

Labels = Mapping[tuple[str, str], str]
"""Label by the field's key and the value."""


def current_definitions() -> tuple[DefinitionSummary, ...]:
    """The newest version of each procedure, read once a request."""
    if "definitions" not in g:
        g.definitions = tuple(s for s in list_definitions(engine(), actor()) if s.is_current)
    found: tuple[DefinitionSummary, ...] = g.definitions
    return found


def procedure_names() -> dict[str, str]:
    """Names by key of the procedures in force."""
    return {s.key: s.name for s in current_definitions()}


def choice(key: str, value: object) -> str:
    """The label of an answer, the answer itself where no form knows it."""
    return _labels().get((key, str(value)), str(value))


def answers_to(key: str) -> dict[str, str]:
    """All answers that a form offers to the question `key`: label by value, in the forms' order."""
    return {value: label for (field, value), label in _labels().items() if field == key}


def _labels() -> Labels:
    known: Labels | None = g.get("choices")
    if known is None:
        labels: dict[tuple[str, str], str] = {}
        for summary in current_definitions():
            labels |= _labels_of(open_definition(engine(), actor(), summary.definition_id))
        known = g.choices = labels
    return known


def _labels_of(definition: Definition) -> Labels:
    forms = tuple(f.content for f in definition.files if f.path.endswith(".form.json"))
    return _read(definition.definition_id, forms, language())


@lru_cache(maxsize=128)
def _read(_definition_id: str, forms: tuple[bytes, ...], lang: str) -> Labels:
    schemas = (in_language(json.loads(content), lang) for content in forms)
    return {pair: label for schema in schemas for pair, label in _answers(schema, lang)}


def _answers(component: Mapping[str, Any], lang: str) -> Iterator[tuple[tuple[str, str], str]]:
    for option in component.get("values") or ():
        if component.get("key") and "value" in option:
            yield (component["key"], str(option["value"])), str(option.get("label") or option["value"])
    if list_of(component) == "categories" and component.get("key"):
        yield from (((component["key"], c.code), c.name_en if lang == "en" else c.name) for c in categories())
    for child in component.get("components") or ():
        yield from _answers(child, lang)


def in_language(node: Any, lang: str) -> Any:
    """A form's schema with its English texts in place, where it carries them (`properties.label_en` …)."""
    if lang != "en":
        return node
    if isinstance(node, Mapping):
        properties = node.get("properties")
        translated = dict(node)
        if isinstance(properties, Mapping):
            for name in ("label", "description", "text"):
                if properties.get(f"{name}_en"):
                    translated[name] = properties[f"{name}_en"]
        return {key: in_language(item, lang) for key, item in translated.items()}
    if isinstance(node, list | tuple):
        return [in_language(item, lang) for item in node]
    return node
