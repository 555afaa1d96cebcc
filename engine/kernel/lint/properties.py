"""Warnings on extensions that Duban does not read: usually a typing error, or another engine's diagram."""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.diagram_elements import BPMN, SPIFF
from engine.kernel.diagram_values import Element, Lane
from engine.kernel.findings import Finding
from engine.kernel.lint.nearest import hint
from engine.kernel.lint.subject import Subject, called

_TASK = frozenset(
    {
        "form",
        "role",
        "role_from",
        "name_from",
        "unit",
        "assignee",
        "verb",
        "verb_en",
        "hint",
        "hint_en",
        "case_state",
        "awaits_paper",
        "priority",
        "no_deadline",
        "fields",
        "shows",
    }
)
_WHOLE = frozenset({"return_cancels"})
_EFFECT = frozenset({"return_over"})
_PROPERTIES = {
    "userTask": _TASK | _WHOLE,
    "manualTask": _TASK | _WHOLE,
    "subProcess": _WHOLE,
    "transaction": _WHOLE,
    "callActivity": _WHOLE,
    "serviceTask": _EFFECT,
    "sendTask": _EFFECT,
    "intermediateThrowEvent": _EFFECT,
    "startEvent": frozenset({"form", "role", "inputs", "case", "case_state", "verb", "verb_en", "hint", "hint_en"}),
    "receiveTask": frozenset({"correlation", "inputs"}),
    "intermediateCatchEvent": frozenset({"correlation", "inputs"}),
    "boundaryEvent": frozenset({"correlation", "inputs", "only_reminds"}),
}
_PRIORITIES = frozenset({"urgent"})
_LANE = frozenset({"role", "unit"})
_EXTENSIONS = frozenset(
    {"properties", "preScript", "postScript", "serviceTaskOperator", "calledDecisionId", "messagePayload",
     "messageVariable", "instructionsForEndUser"}
)  # fmt: skip


def properties_are_known(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        yield from _unknown(subject, element, _PROPERTIES.get(element.kind, frozenset()))
    for lane in subject.diagram.lanes.values():
        yield from _unknown(subject, lane, _LANE)


def priorities_are_known(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        value = element.properties.get("priority")
        if value is not None and value not in _PRIORITIES:
            yield subject.error(
                "unknown-priority",
                element,
                f"“{called(element)}”的优先级“{value}”不存在。加急写 urgent，一般的不写。",
                f"“{called(element)}” has the priority “{value}”, which does not exist. Write urgent, or nothing.",
            )


def properties_have_values(subject: Subject) -> Iterator[Finding]:
    """SpiffWorkflow's parser fails on a property without name or value."""
    owners: list[Element | Lane] = [*subject.diagram.elements.values(), *subject.diagram.lanes.values()]
    for owner in owners:
        for item in owner.node.iterfind(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"):
            if not item.get("name") or item.get("value") is None:
                yield subject.error(
                    "property-value",
                    owner,
                    f"“{called(owner)}”的属性“{item.get('name', '')}”没有名称或值。请填写或删除。",
                    f"A property “{item.get('name', '')}” of “{called(owner)}” lacks a name or value. Fill or"
                    " delete it.",
                    line=item.sourceline,
                )


def extensions_are_known(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        for child in element.node.iterfind(f"{BPMN}extensionElements/*"):
            name = str(child.tag).rpartition("}")[2]
            if not child.tag.startswith(SPIFF):
                yield subject.warning(
                    "foreign-extension",
                    element,
                    f"“{called(element)}”上的扩展“{name}”是其他引擎的，不起作用。请改用 spiffworkflow 扩展。",
                    f"The extension “{name}” of “{called(element)}” is another engine's and ignored. Use"
                    " spiffworkflow's.",
                    line=child.sourceline,
                )
            elif name not in _EXTENSIONS:
                zh, en = hint(name, _EXTENSIONS)
                yield subject.warning(
                    "unknown-extension",
                    element,
                    f"“{called(element)}”上的扩展“{name}”不起作用。{zh}",
                    f"The extension “{name}” of “{called(element)}” is ignored. {en}",
                    line=child.sourceline,
                )


def diagram_is_drawn(subject: Subject) -> Iterator[Finding]:
    if not subject.diagram.has_drawing:
        yield subject.warning(
            "no-drawing",
            None,
            "文件里没有图形，页面上看不到流程图。请在编辑器里排版后保存。",
            "The file has no drawing: pages cannot show the diagram. Lay it out in an editor and save it.",
        )


def _unknown(subject: Subject, owner: Element | Lane, known: frozenset[str]) -> Iterator[Finding]:
    for name in owner.properties:
        if name and name not in known:
            zh, en = hint(name, known)
            yield subject.warning(
                "unknown-property",
                owner,
                f"“{called(owner)}”的属性“{name}”不起作用。{zh}",
                f"The property “{name}” of “{called(owner)}” is not read. {en}",
            )
