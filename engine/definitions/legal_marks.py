"""Which steps of a procedure carry the marks of the law: by what they call, throw or wait for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.definitions.legal_facts import entries
from engine.definitions.legal_graph import Graph, Step
from engine.definitions.legal_rules import Mark
from engine.definitions.legal_source import Source
from engine.kernel.diagram import Element

_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_THROWS = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
_MOST = 4000
"""Characters of an expression that are looked at: what is longer is no literal."""
_CONDITION = re.compile(r"\bif\b.*?\bthen\b", re.DOTALL)


def certain(marks: Iterable[Mark], graph: Graph) -> frozenset[str]:
    """Keys of the steps that surely are what one of the marks says."""
    return frozenset(key for key, step in _done(graph) if any(_is(mark, step, sure=True) for mark in marks))


def possible(marks: Iterable[Mark], graph: Graph) -> frozenset[str]:
    """Keys of the steps that may be what one of the marks says, depending on the case."""
    return frozenset(key for key, step in _done(graph) if any(_is(mark, step, sure=False) for mark in marks))


def is_bound(source: Source, marks: Iterable[Mark]) -> bool:
    """Whether one of a procedure's own steps has one of the marks; of a message: whether it starts it."""
    for mark in marks:
        for element in source.diagram.elements.values():
            if mark.message is None and _says(mark, element, source, sure=False):
                return True
            if element.kind == "startEvent" and mark.message in _messages(source, element):
                return True
    return False


def _done(graph: Graph) -> Iterator[tuple[str, Step]]:
    return ((key, step) for key, step in graph.steps.items() if not step.is_exit)


def _messages(source: Source, element: Element) -> tuple[str, ...]:
    return tuple(source.diagram.messages.get(name, name) for name in element.messages)


def _is(mark: Mark, step: Step, *, sure: bool) -> bool:
    return _says(mark, step.element, step.source, sure=sure)


def _says(mark: Mark, element: Element, source: Source, *, sure: bool) -> bool:
    if mark.action is not None:
        return _calls(mark, element, sure=sure)
    if mark.message is not None:
        return element.kind in _THROWS and mark.message in _messages(source, element)
    awaited = element.properties.get("awaits_paper", "")[:_MOST]
    return mark.awaits is not None and mark.awaits in _TEXT.findall(_CONDITION.sub("", awaited))


def _calls(mark: Mark, element: Element, *, sure: bool) -> bool:
    call = element.service
    if call is None or call.action != mark.action:
        return False
    for name, value in mark.params.items():
        text = call.params.get(name, "").strip()[:_MOST]
        if not value:
            if text not in {"", "null"}:
                return False
            continue
        written = _TEXT.fullmatch(text)
        if written is not None:
            if written.group(1) != value:
                return False
        elif sure or value not in _TEXT.findall(_CONDITION.sub("", text)):
            return False
    if mark.field is None:
        return True
    given = call.params.get("fields", "").strip()
    names = dict(entries(given))
    return names.get(mark.field, "null") not in {"null", '""'}
