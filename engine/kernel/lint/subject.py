"""What a rule looks at: one procedure's diagram, what it may refer to, and how a finding is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.errors import Message
from engine.kernel.diagram_values import Diagram, Element, Flow, Lane, Process
from engine.kernel.feel import Feel
from engine.kernel.findings import Finding, Severity
from engine.kernel.forms_access import Named
from engine.kernel.lint.tables import Table
from engine.kernel.ports import ActionSignature

Place = Element | Flow | Lane | Process


@dataclass(frozen=True)
class Subject:
    """`forms` maps a form's name to the variables that its fields set; `tables` decisions by id.

    `fields` are what a task may name of each form. `roles` None means that any role goes. `called_names` are the
    variables that called procedures set, by process id; a called procedure that is missing there sets unknown ones.
    `more_rules` are deadline rules beside those of `tables`.
    """

    diagram: Diagram
    feel: Feel
    forms: Mapping[str, frozenset[str]]
    tables: Mapping[str, Table]
    known_processes: Collection[str]
    actions: Mapping[str, ActionSignature]
    roles: Collection[str] | None = None
    called_names: Mapping[str, Collection[str]] = field(default_factory=dict)
    more_rules: Collection[str] = ()
    fields: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)

    def error(self, rule: str, place: Place | None, zh: str, en: str, *, line: int | None = None) -> Finding:
        return self._finding(Severity.ERROR, rule, place, Message(zh, en), line)

    def warning(self, rule: str, place: Place | None, zh: str, en: str, *, line: int | None = None) -> Finding:
        return self._finding(Severity.WARNING, rule, place, Message(zh, en), line)

    def _finding(
        self, severity: Severity, rule: str, place: Place | None, message: Message, line: int | None
    ) -> Finding:
        if place is None:
            return Finding(severity, rule, message, self.diagram.file, line)
        return Finding(severity, rule, message, self.diagram.file, line or place.line, place.id, place.name or None)


def called(place: Element | Flow | Lane) -> str:
    """How a message calls an element: its name, or its id where it has none."""
    return place.name.replace("\n", " ").strip() or place.id
