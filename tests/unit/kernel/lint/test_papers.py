"""A task that waits for a paper: somebody must issue it before."""

from __future__ import annotations

import pytest

from engine.kernel.diagram import read_diagram
from engine.kernel.lint.papers import awaited_papers_are_issued
from engine.kernel.lint.subject import Subject
from tests.unit.kernel.bpmn_builder import Bpmn


def findings(diagram: Bpmn) -> list[str]:
    read = read_diagram(diagram.xml())
    subject = Subject(read, None, {}, {}, (), {})  # type: ignore[arg-type]
    return [f.rule for f in awaited_papers_are_issued(subject)]


def waiting(awaits: str, *, kind: str = '"L1"') -> Bpmn:
    issue = {"kind": kind, "title": '"x"'}
    diagram = Bpmn().start().service("issue", "issue_paper", issue)
    return diagram.manual("wait", properties={"awaits_paper": awaits}).end()


@pytest.mark.parametrize(
    ("awaits", "kind", "expected"),
    [
        ('"L1"', '"L1"', []),
        ('"L5"', '"L1"', ["awaited-paper"]),
        ('if reached = "yes" then "L1" else null', '"L1"', []),
        ('if reached then "L5" else "L1"', '"L1"', ["awaited-paper"]),
        ('"L5"', "path_paper", []),
    ],
)
def test_a_paper_that_is_awaited_is_issued_before(awaits: str, kind: str, expected: list[str]) -> None:
    assert findings(waiting(awaits, kind=kind)) == expected


def test_one_that_is_issued_only_afterwards_does_not_count() -> None:
    diagram = Bpmn().start().manual("wait", properties={"awaits_paper": '"L1"'})
    assert findings(diagram.service("issue", "issue_paper", {"kind": '"L1"', "title": '"x"'}).end()) == [
        "awaited-paper"
    ]
