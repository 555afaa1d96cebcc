"""Reads the flow nodes and sequence flows of a process or subprocess out of the XML tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.kernel.diagram_values import Element, Flow, Loop, Node, ServiceCall, Timer

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"

FLOW_NODES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "implicitThrowEvent",
        "boundaryEvent", "task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask",
        "businessRuleTask", "callActivity", "subProcess", "transaction", "adHocSubProcess", "exclusiveGateway",
        "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway", "choreographyTask",
        "subChoreography", "callChoreography",
    }
)  # fmt: skip
_SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_TIMER_KINDS = ("timeDate", "timeDuration", "timeCycle")


def read_scope(
    scope: Node, process_id: str, lanes: Mapping[str, str], elements: dict[str, Element], flows: dict[str, Flow]
) -> None:
    """Adds what stands in a scope, and in its subprocesses, to `elements` and `flows`; first id wins."""
    scope_id = scope.get("id", "")
    for node in scope.findall(BPMN + "sequenceFlow"):
        flow = _flow(node, scope_id)
        flows.setdefault(flow.id, flow)
    outgoing: dict[str, list[str]] = {}
    incoming: dict[str, list[str]] = {}
    for flow in flows.values():
        if flow.scope == scope_id:
            outgoing.setdefault(flow.source, []).append(flow.id)
            incoming.setdefault(flow.target, []).append(flow.id)
    inherited = lanes.get(scope_id)
    for node in scope:
        kind = _local(node)
        if not node.tag.startswith(BPMN) or kind not in FLOW_NODES:
            continue
        node_id = node.get("id", "")
        element = _element(
            node,
            kind,
            process_id=process_id,
            scope=scope_id,
            lane=lanes.get(node_id, inherited),
            outgoing=outgoing,
            incoming=incoming,
        )
        elements.setdefault(node_id, element)
        if kind in _SUBPROCESSES:
            inner = dict(lanes) if element.lane is None else {**lanes, node_id: element.lane}
            read_scope(node, process_id, inner, elements, flows)


def text_of(node: Node | None) -> str:
    """The stripped text of an element; empty for none."""
    return "" if node is None else "".join(node.itertext()).strip()


def properties_of(node: Node) -> dict[str, str]:
    """The `spiffworkflow:properties` of a BPMN element; a property without a value reads as empty."""
    return {
        item.get("name", ""): item.get("value", "")
        for item in node.iterfind(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property")
    }


def _flow(node: Node, scope: str) -> Flow:
    condition = node.find(BPMN + "conditionExpression")
    return Flow(
        id=node.get("id", ""),
        name=node.get("name") or "",
        line=node.sourceline,
        scope=scope,
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        condition=text_of(condition) if condition is not None else None,
        node=node,
    )


def _element(
    node: Node,
    kind: str,
    *,
    process_id: str,
    scope: str,
    lane: str | None,
    outgoing: Mapping[str, list[str]],
    incoming: Mapping[str, list[str]],
) -> Element:
    node_id = node.get("id", "")
    definitions = [c for c in node if c.tag.startswith(BPMN) and c.tag.endswith("EventDefinition")]
    return Element(
        id=node_id,
        name=node.get("name") or "",
        kind=kind,
        line=node.sourceline,
        process_id=process_id,
        scope=scope,
        lane=lane,
        properties=properties_of(node),
        extensions=_extensions(node),
        events=tuple(_local(child).removesuffix("EventDefinition") for child in definitions),
        timers=tuple(timer for child in definitions for timer in _timers(child)),
        messages=_messages(node, definitions),
        attached_to=node.get("attachedToRef"),
        interrupting=_is_interrupting(node, kind),
        default=node.get("default"),
        called=node.get("calledElement"),
        script=text_of(node.find(BPMN + "script")) if kind == "scriptTask" else None,
        service=_service(node),
        loop=_loop(node),
        outgoing=tuple(outgoing.get(node_id, ())),
        incoming=tuple(incoming.get(node_id, ())),
        node=node,
    )


def _is_interrupting(node: Node, kind: str) -> bool:
    attribute = "isInterrupting" if kind == "startEvent" else "cancelActivity"
    return bool(node.get(attribute, "true").strip() in {"true", "1"})


def _extensions(node: Node) -> dict[str, str]:
    """Texts of SpiffWorkflow's plain extension elements (preScript, calledDecisionId, …) by local name."""
    return {
        _local(child): text_of(child)
        for child in node.iterfind(f"{BPMN}extensionElements/{SPIFF}*")
        if _local(child) not in {"properties", "serviceTaskOperator", "unitTests"}
    }


def _messages(node: Node, definitions: list[Any]) -> tuple[str, ...]:
    refs = [child.get("messageRef") for child in definitions if _local(child) == "messageEventDefinition"]
    return tuple(ref for ref in (node.get("messageRef"), *refs) if ref)


def _timers(definition: Node) -> list[Timer]:
    return [
        Timer(kind, text_of(child), child.sourceline)
        for kind in _TIMER_KINDS
        for child in definition.findall(BPMN + kind)
    ]


def _service(node: Node) -> ServiceCall | None:
    operator = node.find(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")
    if operator is None:
        return None
    parameters = operator.findall(f"{SPIFF}parameters/{SPIFF}parameter")
    return ServiceCall(
        action=operator.get("id", ""),
        params={item.get("id", ""): item.get("value", "") for item in parameters},
        result=operator.get("resultVariable"),
        line=operator.sourceline,
    )


def _loop(node: Node) -> Loop | None:
    standard = node.find(BPMN + "standardLoopCharacteristics")
    multiple = node.find(BPMN + "multiInstanceLoopCharacteristics")
    if standard is None and multiple is None:
        return None
    loop = standard if multiple is None else multiple
    sequential = loop.get("isSequential", "false").strip() in {"true", "1"}
    kind = "standard" if multiple is None else "sequential" if sequential else "parallel"
    condition = loop.find(BPMN + ("loopCondition" if multiple is None else "completionCondition"))
    return Loop(
        kind=kind,
        cardinality=_text_or_none(loop.find(BPMN + "loopCardinality")),
        collection=_text_or_none(loop.find(BPMN + "loopDataInputRef")),
        item=_item_name(loop.find(BPMN + "inputDataItem")),
        output=_text_or_none(loop.find(BPMN + "loopDataOutputRef")),
        output_item=_item_name(loop.find(BPMN + "outputDataItem")),
        condition=_text_or_none(condition),
        maximum=loop.get("loopMaximum"),
        line=loop.sourceline,
    )


def _item_name(node: Node | None) -> str | None:
    """The variable of a data item: SpiffWorkflow names it by the id."""
    return None if node is None else (node.get("id") or node.get("name"))


def _text_or_none(node: Node | None) -> str | None:
    return None if node is None else text_of(node)


def _local(node: Node) -> str:
    return str(node.tag).rpartition("}")[2]
