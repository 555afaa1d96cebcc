"""Rules on events and messages: a trigger that the position allows, and that exists."""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.diagram_elements import BPMN
from engine.kernel.diagram_values import Element
from engine.kernel.findings import Finding
from engine.kernel.lint.subject import Subject, called

_ROOTS = {
    "signal": ("signal", "signalRef", "信号"),
    "error": ("error", "errorRef", "错误"),
    "escalation": ("escalation", "escalationRef", "升级"),
}
_CATCHES = {"timer", "message", "signal", "conditional", "link"}
_ALLOWED = {
    "intermediateCatchEvent": _CATCHES,
    "intermediateThrowEvent": {"message", "signal", "escalation", "link"},
    "boundaryEvent": {"timer", "message", "signal", "conditional", "error", "escalation", "cancel"},
    "endEvent": {"message", "signal", "escalation", "error", "terminate", "cancel"},
}
_MUST_WAIT = {"intermediateCatchEvent", "boundaryEvent"}


def events_have_a_trigger(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.of_kind(*_ALLOWED):
        if not element.events and element.kind in _MUST_WAIT:
            yield subject.error(
                "event-without-trigger",
                element,
                f"事件“{called(element)}”没有触发类型，会立即通过。请设为定时、消息等类型。",
                f"The event “{called(element)}” has no trigger and would pass at once. Make it a timer,"
                " message, ….",
            )
        if element.event is not None and element.event not in _ALLOWED[element.kind] | {"compensate"}:
            yield subject.error(
                "event-kind",
                element,
                f"“{called(element)}”处不能用“{element.event}”类型的事件。请更换类型。",
                f"An event of type “{element.event}” must not stand at “{called(element)}”. Change its type.",
            )


def messages_exist(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        if element.kind not in {"sendTask", "receiveTask"} and "message" not in element.events:
            continue
        if not element.messages:
            yield subject.error(
                "no-message",
                element,
                f"“{called(element)}”没有选择消息。请选择或新建一个消息。",
                f"“{called(element)}” names no message. Choose or create one.",
            )
        for reference in element.messages:
            if not subject.diagram.messages.get(reference):
                yield subject.error(
                    "unknown-message",
                    element,
                    f"“{called(element)}”引用的消息“{reference}”不存在或没有名称。请定义该消息并命名。",
                    f"The message “{reference}” of “{called(element)}” does not exist or has no name. Define it.",
                )


def references_exist(subject: Subject) -> Iterator[Finding]:
    """Signals, errors and escalations that events name."""
    for element in subject.diagram.elements.values():
        for event in element.events:
            if event not in _ROOTS:
                continue
            tag, attribute, zh = _ROOTS[event]
            known = {node.get("id") for node in subject.diagram.tree.iter(BPMN + tag)}
            definition = element.node.find(f"{BPMN}{event}EventDefinition")
            reference = definition.get(attribute)
            if reference is None and element.kind != "boundaryEvent":
                yield subject.error(
                    f"no-{event}",
                    element,
                    f"“{called(element)}”没有选择{zh}。请选择或新建一个。",
                    f"“{called(element)}” names no {event}. Choose or create one.",
                )
            if reference is not None and reference not in known:
                yield subject.error(
                    f"unknown-{event}",
                    element,
                    f"“{called(element)}”引用的{zh}“{reference}”不存在。请定义它。",
                    f"The {event} “{reference}” of “{called(element)}” does not exist. Define it.",
                )


def links_have_partners(subject: Subject) -> Iterator[Finding]:
    """Each link name has one catch event and at least one throw event, in one scope. Source: BPMN 2.0.2, 10.5.6."""
    links: dict[str, list[Element]] = {}
    for element in subject.diagram.elements.values():
        if element.event == "link":
            links.setdefault(_link_name(element), []).append(element)
    for name, elements in links.items():
        catches = [element for element in elements if element.kind == "intermediateCatchEvent"]
        if len(catches) != 1 or len(elements) < 2 or not name or len({e.scope for e in elements}) > 1:
            yield subject.error(
                "link-partner",
                elements[0],
                f"链接“{name}”需要恰好一个捕获事件和至少一个抛出事件，名称相同、在同一层。请补上或改名。",
                f"The link “{name}” needs exactly one catch event and a throw event of that name in the same"
                " scope.",
            )


def _link_name(element: Element) -> str:
    return str(element.node.find(BPMN + "linkEventDefinition").get("name", "")).strip()
