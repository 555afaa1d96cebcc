"""Variables that a diagram reads but nothing sets.

What can be known at deployment: the built-in variables, the fields of the forms, the results of actions and
decisions, the entries of scripts, inside a multi-instance activity its item, the variables that called procedures
set, and what the property `inputs` of a start or catch event, or the process's input specification, declares to
come from a caller or a message. The set is *closed*
where nothing else can bring variables: then an unknown name is an error. It is open where the start event has
neither `form` nor `inputs` (a caller brings what it likes), where a message is caught without `inputs`, or where
a called procedure is not at hand: then it is a warning, and an incident should it come to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Message
from engine.kernel.diagram_elements import BPMN
from engine.kernel.diagram_values import Diagram, Element, Flow, Lane
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
    known = BUILT_IN | names_set_in(subject) | _declared_inputs(subject.diagram)
    report = subject.error if is_closed(subject) else subject.warning
    for reading in _readings(subject):
        visible = known | _items_around(subject.diagram, reading)
        for name in sorted(_names(subject, reading.text) - visible):
            zh, en = _hint(name, visible)
            yield report(
                "unknown-name",
                reading.place,
                f"{reading.what.zh}用了变量“{name}”，没有哪一步给它赋值。{zh}",
                f"{reading.what.en} reads “{name}”, which no step sets. {en}",
                line=reading.line,
            )


def names_can_be_read(subject: Subject) -> Iterator[Finding]:
    """A variable called like a built-in function of FEEL, or not like a name at all, cannot be read again."""
    reported: set[str] = set()
    for element in subject.diagram.elements.values():
        for name in _set_by(subject, element):
            if name in reported or name in _names(subject, name):
                continue
            reported.add(name)
            yield subject.error(
                "unreadable-name",
                element,
                f"“{called(element)}”设置的变量“{name}”是 FEEL 的内置名称或不是合法名称，表达式读不到它。请改名。",
                f"The variable “{name}” that “{called(element)}” sets is a built-in of FEEL or no name: no"
                " expression"
                " can read it. Rename it.",
            )


def names_set_in(subject: Subject) -> frozenset[str]:
    """The variables that the procedure itself, and the procedures that it calls, can set.

    A called process that declares its outputs gives back only these.
    """
    names: set[str] = set()
    for element in subject.diagram.elements.values():
        names.update(_set_by(subject, element))
    return frozenset(names)


def names_given_back(subject: Subject) -> frozenset[str]:
    """What a caller of the procedure may find set."""
    return _declared(subject.diagram, "dataOutput") or names_set_in(subject)


@dataclass(frozen=True)
class Scope:
    """What the expressions of a procedure may read.

    `names` maps each variable to the ids of the elements that set it, empty for a built-in or declared one; `items`
    are what is seen only inside of an element; `is_closed`: any other name is an error.
    """

    names: Mapping[str, tuple[str, ...]]
    items: Mapping[str, tuple[str, ...]]
    is_closed: bool


def scope_of(subject: Subject) -> Scope:
    """The variables that an editor offers: the same that `names_are_set` knows."""
    brought = (*sorted(BUILT_IN), *sorted(_declared_inputs(subject.diagram)))
    found: dict[str, list[str]] = {name: [] for name in brought}
    items: dict[str, tuple[str, ...]] = {}
    for element in subject.diagram.elements.values():
        for name in dict.fromkeys(_set_by(subject, element)):
            found.setdefault(name, []).append(element.id)
        if element.loop is not None and element.loop.item:
            items[element.id] = (element.loop.item,)
    return Scope({name: tuple(setters) for name, setters in found.items()}, items, is_closed(subject))


def is_closed(subject: Subject) -> bool:
    """Whether nothing but what is known can bring variables."""
    diagram = subject.diagram
    declares = bool(_declared_inputs(diagram))
    for element in diagram.elements.values():
        takes_message = element.kind in _CATCHING and bool(element.messages)
        is_bare_start = element in diagram.starts and not element.messages and "form" not in element.properties
        named = "inputs" in element.properties or "messageVariable" in element.extensions
        if (takes_message or (is_bare_start and not declares)) and not named:
            return False
    return all(name in subject.called_names for name in diagram.called_elements)


@dataclass(frozen=True)
class _Reading:
    """A text that reads variables, and where it stands."""

    place: Element | Flow | Lane
    what: Message
    text: str
    line: int
    is_outside_loop: bool = False


def _readings(subject: Subject) -> Iterator[_Reading]:
    for expression in expressions(subject.diagram):
        owner = called(expression.owner)
        what = Message(f"“{owner}”的{expression.what.zh}", f"The {expression.what.en} of “{owner}”")
        yield _Reading(expression.owner, what, expression.text, expression.line, expression.is_outside_loop)
    for element in subject.diagram.of_kind("businessRuleTask"):
        table = subject.tables.get(element.decision or "")
        what = Message(f"决策表“{element.decision}”", f"The decision “{element.decision}”")
        for text in table.inputs if table else ():
            yield _Reading(element, what, text, element.line)


def _set_by(subject: Subject, element: Element) -> Iterator[str]:
    yield from subject.forms.get(element.properties.get("form", ""), ())
    yield from (name for name in re.split(r"[\s,，、;；]+", element.properties.get("inputs", "")) if name)
    for script in (element.script, element.extensions.get("preScript"), element.extensions.get("postScript")):
        yield from context_keys(script or "")
    if "messageVariable" in element.extensions:
        yield element.extensions["messageVariable"]
    if element.service is not None and element.service.result:
        yield element.service.result
    if element.decision is not None and element.decision in subject.tables:
        yield from subject.tables[element.decision].variables
    if element.loop is not None and element.loop.output:
        yield element.loop.output
    yield from subject.called_names.get(element.called or "", ())


def _items_around(diagram: Diagram, reading: _Reading) -> frozenset[str]:
    """The items of the multi-instance activities around a place: they are seen only inside."""
    place = reading.place
    is_inside = not reading.is_outside_loop
    around = diagram.elements.get(getattr(place, "scope", ""))
    inner = place if is_inside and isinstance(place, Element) else around
    items = set()
    while inner is not None:
        if inner.loop is not None and inner.loop.item:
            items.add(inner.loop.item)
        inner = diagram.elements.get(inner.scope)
    return frozenset(items)


def _declared_inputs(diagram: Diagram) -> frozenset[str]:
    return _declared(diagram, "dataInput")


def _declared(diagram: Diagram, tag: str) -> frozenset[str]:
    """What the executable process's own input/output specification names."""
    found = diagram.tree.iterfind(f"{BPMN}process/{BPMN}ioSpecification/{BPMN}{tag}")
    return frozenset(
        node.get("id", "") for node in found if node.getparent().getparent().get("id") == diagram.process_id
    )


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
