"""Rules on papers that a task waits for: each must be issued somewhere before the task."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.kernel.diagram_values import Diagram, Element
from engine.kernel.findings import Finding
from engine.kernel.lint.nearest import hint
from engine.kernel.lint.subject import Subject, called

PROPERTY = "awaits_paper"
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CONDITION = re.compile(r"\bif\b.*?\bthen\b", re.DOTALL)


def awaited_papers_are_issued(subject: Subject) -> Iterator[Finding]:
    """A paper that nobody issues before would hold the task for ever."""
    diagram = subject.diagram
    for element in diagram.of_kind("userTask", "manualTask"):
        text = element.properties.get(PROPERTY, "")
        wanted = _TEXT.findall(_CONDITION.sub("", text))
        if not wanted:
            continue
        before = _before(diagram, element)
        if any(e.kind == "callActivity" for e in before):
            continue  # what is called may issue it
        issued = {_kind(e) for e in before if e.service is not None and e.service.action == "issue_paper"}
        for kind in wanted:
            if kind in issued or None in issued:
                continue
            zh, en = hint(kind, {i for i in issued if i is not None})
            yield subject.error(
                "awaited-paper",
                element,
                f"“{called(element)}”等待文书“{kind}”送达，但在它之前没有步骤印发“{kind}”，永远提交不了。"
                f"请在前面加上 issue_paper，或更正 {PROPERTY}。{zh}",
                f"“{called(element)}” waits for the paper “{kind}”, but nothing before it issues one: it could "
                f"never be completed. Add issue_paper before it, or correct {PROPERTY}. {en}",
            )


def _kind(element: Element) -> str | None:
    """The kind that a call issues, None where only running shows it."""
    written = _TEXT.fullmatch(element.service.params.get("kind", "").strip()) if element.service else None
    return written.group(1) if written else None


def _before(diagram: Diagram, element: Element) -> tuple[Element, ...]:
    """All elements that a token may have passed before it comes here, those inside of subprocesses too."""
    sources: dict[str, list[str]] = {}
    for flow in diagram.flows.values():
        sources.setdefault(flow.target, []).append(flow.source)
    seen: dict[str, None] = {}
    waiting = [*sources.get(element.id, ()), *_around(diagram, element)]
    while waiting:
        current = waiting.pop()
        if current in seen or current not in diagram.elements:
            continue
        seen[current] = None
        found = diagram.elements[current]
        waiting += sources.get(current, ())
        waiting += [found.attached_to] if found.attached_to else []
        waiting += [inner.id for inner in diagram.within(current)] if found.is_subprocess else []
        waiting += _around(diagram, found)
    return tuple(diagram.elements[name] for name in seen)


def _around(diagram: Diagram, element: Element) -> list[str]:
    """What leads to the subprocess that the element stands in."""
    if element.scope not in diagram.elements:
        return []
    into = [flow.source for flow in diagram.flows.values() if flow.target == element.scope]
    return [*into, *_around(diagram, diagram.elements[element.scope])]
