"""Variables that a diagram reads but nothing sets.

What can be known at deployment: the built-in variables, the fields of the forms, the results of actions and
decisions, the entries of scripts, the items of loops, the variables that called procedures set, and what the
property `inputs` of a start or catch event declares to come from a caller or a message. The set is *closed*
where nothing else can bring variables: then an unknown name is an error. It is open where the start event has
neither `form` nor `inputs` (a caller brings what it likes), where a message is caught without `inputs`, or where
a called procedure is not at hand: then it is a warning, and an incident should it come to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.kernel.diagram_values import Element
from engine.kernel.feel_error import FeelError
from engine.kernel.findings import Finding
from engine.kernel.lint.contexts import context_keys
from engine.kernel.lint.expressions import expressions
from engine.kernel.lint.nearest import nearest
from engine.kernel.lint.subject import Subject, called

BUILT_IN = frozenset(
    {
        "case_id", "case_number", "case_unit", "started_at", "started_by", "title",
        "completed_by", "completed_at", "completed_unit",
    }
)  # fmt: skip
_CATCHING = {"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"}


def names_are_set(subject: Subject) -> Iterator[Finding]:
    known = BUILT_IN | names_set_in(subject)
    report = subject.error if is_closed(subject) else subject.warning
    for expression in expressions(subject.diagram):
        for name in sorted(_names(subject, expression.text) - known):
            owner = called(expression.owner)
            zh, en = _hint(name, known)
            yield report(
                "unknown-name",
                expression.owner,
                f"“{owner}”的{expression.what.zh}用了变量“{name}”，没有哪一步给它赋值。{zh}",
                f"The {expression.what.en} of “{owner}” reads “{name}”, which no step sets. {en}",
                line=expression.line,
            )
    for element in subject.diagram.of_kind("businessRuleTask"):
        table = subject.tables.get(element.decision or "")
        needed = {name for text in (table.inputs if table else ()) for name in _names(subject, text)}
        for name in sorted(needed - known):
            zh, en = _hint(name, known)
            yield report(
                "unknown-name",
                element,
                f"决策表“{element.decision}”要用变量“{name}”，没有哪一步给它赋值。{zh}",
                f"The decision “{element.decision}” reads “{name}”, which no step sets. {en}",
            )


def names_set_in(subject: Subject) -> frozenset[str]:
    """The variables that the procedure itself, and the procedures that it calls, can set."""
    names: set[str] = set()
    for element in subject.diagram.elements.values():
        names.update(_set_by(subject, element))
    return frozenset(names)


def is_closed(subject: Subject) -> bool:
    """Whether nothing but what is known can bring variables."""
    diagram = subject.diagram
    for element in diagram.elements.values():
        takes_message = element.kind in _CATCHING and bool(element.messages)
        is_bare_start = element in diagram.starts and not element.messages and "form" not in element.properties
        if (takes_message or is_bare_start) and "inputs" not in element.properties:
            return False
    return all(name in subject.called_names for name in diagram.called_elements)


def _set_by(subject: Subject, element: Element) -> Iterator[str]:
    yield from subject.forms.get(element.properties.get("form", ""), ())
    yield from (name for name in re.split(r"[\s,，、;；]+", element.properties.get("inputs", "")) if name)
    for script in (element.script, element.extensions.get("preScript"), element.extensions.get("postScript")):
        yield from context_keys(script or "")
    if element.service is not None and element.service.result:
        yield element.service.result
    if element.decision is not None and element.decision in subject.tables:
        yield from subject.tables[element.decision].variables
    if element.loop is not None:
        yield from (n for n in (element.loop.item, element.loop.output, element.loop.output_item) if n)
    yield from subject.called_names.get(element.called or "", ())


def _names(subject: Subject, text: str) -> frozenset[str]:
    try:
        return subject.feel.names(text)
    except FeelError:
        return frozenset()  # that it cannot be read is another rule's finding


def _hint(name: str, known: frozenset[str]) -> tuple[str, str]:
    best = nearest(name, known)
    if best is not None:
        return f"是不是“{best}”？", f"Did you mean “{best}”?"
    return (
        "请在表单、脚本或决策表里给它赋值，或改正名称。",
        "Set it in a form, script or table, or correct the name.",
    )
