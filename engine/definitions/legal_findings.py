"""What a legal rule looks at, and how its finding is written: where, what, and by which article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.definitions.legal_graph import Graph
from engine.definitions.legal_limits import Limit, Reckoning, Rules
from engine.definitions.legal_rules import Law
from engine.definitions.legal_source import Source
from engine.errors import Message
from engine.kernel.diagram import Element
from engine.kernel.findings import Finding, Severity


@dataclass(frozen=True)
class LegalSubject:
    """A procedure with all that it calls, and the law. `marked` are keys of steps by mark, `limits` what stands on
    each step; `closing` are the steps that may close the case.
    """

    source: Source
    graph: Graph
    law: Law
    marked: Mapping[str, frozenset[str]]
    closing: frozenset[str]
    limits: Mapping[str, tuple[Limit, ...]]
    rules: Rules
    reckoning: Reckoning

    def error(self, rule: str, place: Element | None, message: Message, article: Message | None) -> Finding:
        """A finding that blocks publication."""
        return self._finding(Severity.ERROR, rule, place, (message, article))

    def warning(self, rule: str, place: Element | None, message: Message, article: Message | None) -> Finding:
        """A finding that may stand where somebody says why."""
        return self._finding(Severity.WARNING, rule, place, (message, article))

    def _finding(
        self, severity: Severity, rule: str, place: Element | None, said: tuple[Message, Message | None]
    ) -> Finding:
        message, article = said
        if place is None:
            return Finding(severity, rule, message, self.source.path, article=article)
        name = place.name or None
        return Finding(severity, rule, message, self.source.path, place.line, place.id, name, article=article)


def named(element: Element) -> str:
    """How a message calls a step."""
    return element.name.replace("\n", " ").strip() or element.id
