"""A procedure as the legal checks read it: its diagram, and which variables each step sets. Tolerates mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.definitions.content import SHARED, form_path
from engine.definitions.legal_facts import entries, literals
from engine.errors import InvalidDiagram
from engine.kernel.diagram import Diagram, Element, read_leniently
from engine.kernel.lint.fields import form_variables
from engine.kernel.lint.tables import Table, read_tables

_SEPARATORS = re.compile(r"[\s,，、;；]+")
Finder = Callable[[str], "Source | None"]
"""A called procedure by its key; None where it is not at hand."""


@dataclass(frozen=True)
class Source:
    """`files` by path, shared tables included. `called` finds what it calls."""

    path: str
    diagram: Diagram
    files: Mapping[str, bytes]
    called: Finder = field(repr=False)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        found: dict[str, Table] = {}
        for path, content in self.files.items():
            if path.endswith(".dmn"):
                try:
                    found.update({table.id: table for table in read_tables(content, path)})
                except InvalidDiagram:
                    continue
        return found

    def form(self, name: str) -> Mapping[str, Any]:
        """The schema of a form, empty where there is none that can be read."""
        try:
            schema = json.loads(self.files.get(form_path(name), b"{}"))
        except (ValueError, RecursionError):
            return {}
        return schema if isinstance(schema, Mapping) else {}

    def sets(self, element: Element) -> frozenset[str]:
        """The variables that a step sets, whatever to."""
        return self._set_by[element.id]

    def values(self, element: Element) -> tuple[tuple[str, str], ...]:
        """The plain values that its scripts set, the last one of a name counting."""
        return self._values[element.id]

    @cached_property
    def _values(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        return {name: tuple(_plain(element).items()) for name, element in self.diagram.elements.items()}

    @cached_property
    def _set_by(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(self._names(element)) for name, element in self.diagram.elements.items()}

    def _names(self, element: Element) -> Iterator[str]:
        form = element.properties.get("form")
        if form:
            yield from form_variables(self.files.get(form_path(form), b"{}"))
        yield from (name for name in _SEPARATORS.split(element.properties.get("inputs", "")) if name)
        for script in _scripts(element):
            yield from (name for name, _ in entries(script))
        if element.service is not None and element.service.result:
            yield element.service.result
        if element.decision is not None and element.decision in self.tables:
            yield from self.tables[element.decision].variables
        if element.loop is not None and element.loop.output:
            yield element.loop.output


def read_source(files: Mapping[str, bytes], shared: Mapping[str, bytes], called: Finder) -> Source | None:
    """The procedure in its files; None where its diagram cannot be read at all, or there are several."""
    paths = [path for path in files if path.endswith(".bpmn") and not path.startswith(SHARED)]
    if len(paths) != 1:
        return None
    try:
        diagram, _ = read_leniently(files[paths[0]], paths[0])
    except InvalidDiagram:
        return None
    return Source(paths[0], diagram, {**shared, **files}, called)


def _plain(element: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for script in _scripts(element):
        for name, _ in entries(script):
            found.pop(name, None)
        found.update(literals(script))
    return found


def _scripts(element: Element) -> Iterator[str]:
    yield element.extensions.get("preScript", "")
    yield element.script or ""
    yield element.extensions.get("postScript", "")
