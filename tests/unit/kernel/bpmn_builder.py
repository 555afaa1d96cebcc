"""Writes BPMN XML in a few lines, for tests.

Nodes chain: each is connected from the node before it, unless `after=` names other sources (`after=()` for none).

    xml = (
        Bpmn("p")
        .lane("L1", role="registrar")
        .start("s", form="intake")
        .user("register", lane="L1", form="register")
        .exclusive("g", default="f_no")
        .script("mark", "{ major: true }", when="kind = 1")             # `when`: condition of the flow into it
        .end("e1")
        .end("e2", after="g", flow="f_no")                               # `flow`: id of the flow into it
        .timer_boundary("t", on="register", expression="PT3H", interrupting=False)
        .script("remind", "{ reminded: true }", after="t").end("e3")
        .xml()
    )

Subprocess: `.subprocess("sub", lambda s: s.start("s2").user("u2").end("e2"))`; it takes `kind="transaction"` or
`"adHocSubProcess"`, and attributes such as `triggeredByEvent="true"`. Loops: `.flow("b", "a", when="again")`.
Joins: `.parallel("join", after=("a", "b"))`.
Multi-instance: `.user("u", loop=multi_instance(over="units", item="unit"))`.
Any other element: `.node("id", "complexGateway")`. Ids of flows default to `source_to_target`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self
from xml.sax.saxutils import escape, quoteattr

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_NAMESPACES = (
    f'xmlns="{BPMN}" xmlns:spiffworkflow="{SPIFF}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
_EXPRESSION = 'xsi:type="tFormalExpression"'


@dataclass
class Node:
    """One flow element; `body` is XML placed after incoming and outgoing, `extensions` in extensionElements."""

    node_id: str
    kind: str
    attributes: dict[str, str]
    extensions: list[str] = field(default_factory=list)
    loop: str = ""
    body: str = ""
    inner: Scope | None = None


@dataclass
class Flow:
    flow_id: str
    source: str
    target: str
    when: str | None


def properties_xml(values: dict[str, str]) -> str:
    """`spiffworkflow:properties` with the given names and values; nothing for none."""
    if not values:
        return ""
    listed = "".join(
        f"<spiffworkflow:property name={quoteattr(k)} value={quoteattr(v)} />" for k, v in values.items()
    )
    return f"<spiffworkflow:properties>{listed}</spiffworkflow:properties>"


def multi_instance(
    *,
    over: str | None = None,
    item: str | None = None,
    times: str | None = None,
    output: str | None = None,
    output_item: str | None = None,
    sequential: bool = False,
    until: str | None = None,
) -> str:
    """Multi-instance characteristics: over a collection variable, or a number of `times` (FEEL)."""
    parts = [f"<loopCardinality {_EXPRESSION}>{escape(times)}</loopCardinality>" if times is not None else ""]
    parts += [f"<loopDataInputRef>{over}</loopDataInputRef>" if over else ""]
    parts += [f"<loopDataOutputRef>{output}</loopDataOutputRef>" if output else ""]
    parts += [f'<inputDataItem id="{item}" name="{item}" />' if item else ""]
    parts += [f'<outputDataItem id="{output_item}" name="{output_item}" />' if output_item else ""]
    parts += [f"<completionCondition {_EXPRESSION}>{escape(until)}</completionCondition>" if until else ""]
    sequential_text = "true" if sequential else "false"
    inner = "".join(parts)
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential_text}">{inner}'
        "</multiInstanceLoopCharacteristics>"
    )


def standard_loop(*, condition: str | None = None, maximum: int | None = None, test_before: bool = False) -> str:
    """Standard loop characteristics."""
    limit = f' loopMaximum="{maximum}"' if maximum is not None else ""
    inner = f"<loopCondition {_EXPRESSION}>{escape(condition)}</loopCondition>" if condition else ""
    before = "true" if test_before else "false"
    return f'<standardLoopCharacteristics testBefore="{before}"{limit}>{inner}</standardLoopCharacteristics>'


def timer_definition(expression: str, kind: str = "timeDuration") -> str:
    """A timer event definition; `kind` is timeDate, timeDuration or timeCycle."""
    return f"<timerEventDefinition><{kind} {_EXPRESSION}>{escape(expression)}</{kind}></timerEventDefinition>"


class Scope:
    """A process or subprocess: its nodes and flows in the order in which they were written."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.raw: list[str] = []
        self._lanes_of: dict[str, str] = {}
        self._cursor: str | None = None

    def node(
        self,
        node_id: str,
        kind: str,
        *,
        after: str | Iterable[str] | None = None,
        when: str | None = None,
        flow: str | None = None,
        name: str | None = None,
        lane: str | None = None,
        properties: dict[str, str] | None = None,
        extensions: Iterable[str] = (),
        loop: str = "",
        body: str = "",
        inner: Scope | None = None,
        **attributes: str,
    ) -> Self:
        """Any flow node. `after=None` connects it from the node before, `after=()` from nowhere."""
        if kind != "boundaryEvent":
            sources = [self._cursor] if after is None else [after] if isinstance(after, str) else list(after)
            for source in sources:
                if source is not None:
                    self.flow(source, node_id, when=when, flow_id=flow)
        named = attributes if name is None else {"name": name, **attributes}
        listed = [x for x in (properties_xml(properties or {}), *extensions) if x]
        self.nodes.append(Node(node_id, kind, named, listed, loop, body, inner))
        if lane:
            self._lanes_of[node_id] = lane
        self._cursor = None if kind == "endEvent" else node_id
        return self

    def flow(self, source: str, target: str, *, when: str | None = None, flow_id: str | None = None) -> Self:
        self.flows.append(Flow(flow_id or f"{source}_to_{target}", source, target, when))
        return self

    def at(self, node_id: str) -> Self:
        """The next node follows this one."""
        self._cursor = node_id
        return self

    def xml_part(self, text: str) -> Self:
        """Raw XML among the flow elements, for what has no method of its own."""
        self.raw.append(text)
        return self

    def start(self, node_id: str = "start", *, message: str | None = None, body: str = "", **rest: Any) -> Self:
        """A start event; `form` and `role` become properties."""
        properties = dict(rest.pop("properties", None) or {})
        properties |= {k: rest.pop(k) for k in ("form", "role") if k in rest}
        body = body or (f'<messageEventDefinition messageRef="{message}" />' if message else "")
        return self.node(node_id, "startEvent", after=(), properties=properties, body=body, **rest)

    def end(self, node_id: str = "end", **rest: Any) -> Self:
        return self.node(node_id, "endEvent", **rest)

    def user(self, node_id: str, *, form: str | None = None, **rest: Any) -> Self:
        properties = dict(rest.pop("properties", None) or {})
        if form is not None:
            properties["form"] = form
        return self.node(node_id, "userTask", properties=properties, **rest)

    def manual(self, node_id: str, **rest: Any) -> Self:
        return self.node(node_id, "manualTask", **rest)

    def script(self, node_id: str, script: str, **rest: Any) -> Self:
        """A script task; the script is a FEEL context."""
        body = f"<script>{escape(script)}</script>"
        return self.node(node_id, "scriptTask", body=body, **rest)

    def service(
        self,
        node_id: str,
        action: str,
        params: dict[str, str] | None = None,
        *,
        result: str | None = None,
        **rest: Any,
    ) -> Self:
        listed = "".join(
            f'<spiffworkflow:parameter id={quoteattr(k)} type="any" value={quoteattr(v)} />'
            for k, v in (params or {}).items()
        )
        variable = f" resultVariable={quoteattr(result)}" if result else ""
        operator = (
            f"<spiffworkflow:serviceTaskOperator id={quoteattr(action)}{variable}>"
            f"<spiffworkflow:parameters>{listed}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        )
        return self.node(node_id, "serviceTask", extensions=[operator], **rest)

    def decision(self, node_id: str, decision_id: str, **rest: Any) -> Self:
        called = f"<spiffworkflow:calledDecisionId>{escape(decision_id)}</spiffworkflow:calledDecisionId>"
        return self.node(node_id, "businessRuleTask", extensions=[called], **rest)

    def exclusive(self, node_id: str, **rest: Any) -> Self:
        """`default=` is the id of its default flow."""
        return self.node(node_id, "exclusiveGateway", **rest)

    def inclusive(self, node_id: str, **rest: Any) -> Self:
        return self.node(node_id, "inclusiveGateway", **rest)

    def parallel(self, node_id: str, **rest: Any) -> Self:
        return self.node(node_id, "parallelGateway", **rest)

    def event_gateway(self, node_id: str, **rest: Any) -> Self:
        return self.node(node_id, "eventBasedGateway", **rest)

    def call(self, node_id: str, process: str, **rest: Any) -> Self:
        return self.node(node_id, "callActivity", calledElement=process, **rest)

    def subprocess(
        self, node_id: str, fill: Callable[[Scope], object], *, kind: str = "subProcess", **rest: Any
    ) -> Self:
        """A subprocess whose inner scope `fill` writes; `kind` may be transaction or adHocSubProcess."""
        inner = Scope()
        fill(inner)
        return self.node(node_id, kind, inner=inner, **rest)

    def catch_timer(self, node_id: str, expression: str, kind: str = "timeDuration", **rest: Any) -> Self:
        definition = timer_definition(expression, kind)
        return self.node(node_id, "intermediateCatchEvent", body=definition, **rest)

    def catch_message(self, node_id: str, message: str, **rest: Any) -> Self:
        """`message` is the id of a message of the diagram."""
        definition = f'<messageEventDefinition messageRef="{message}" />'
        return self.node(node_id, "intermediateCatchEvent", body=definition, **rest)

    def throw_message(self, node_id: str, message: str, payload: str | None = None, **rest: Any) -> Self:
        definition = f'<messageEventDefinition messageRef="{message}" />'
        variables = (
            f"<spiffworkflow:messagePayload>{escape(payload)}</spiffworkflow:messagePayload>" if payload else ""
        )
        return self.node(node_id, "intermediateThrowEvent", body=definition, extensions=[variables], **rest)

    def boundary(self, node_id: str, definition: str, *, on: str, interrupting: bool = True, **rest: Any) -> Self:
        """A boundary event with the given event definition's XML; the next node follows it."""
        cancel = "true" if interrupting else "false"
        return self.node(node_id, "boundaryEvent", body=definition, attachedToRef=on, cancelActivity=cancel, **rest)

    def timer_boundary(
        self,
        node_id: str,
        *,
        on: str,
        expression: str,
        interrupting: bool = True,
        kind: str = "timeDuration",
        **rest: Any,
    ) -> Self:
        return self.boundary(node_id, timer_definition(expression, kind), on=on, interrupting=interrupting, **rest)

    def message_boundary(
        self, node_id: str, *, on: str, message: str, interrupting: bool = True, **rest: Any
    ) -> Self:
        definition = f'<messageEventDefinition messageRef="{message}" />'
        return self.boundary(node_id, definition, on=on, interrupting=interrupting, **rest)

    def content(self) -> str:
        """The scope's nodes and flows as XML, one element a line."""
        lines = [self._node_xml(node) for node in self.nodes]
        lines += [_flow_xml(flow) for flow in self.flows]
        return "\n".join([*lines, *self.raw])

    def every_node(self) -> Iterable[Node]:
        for node in self.nodes:
            yield node
            if node.inner is not None:
                yield from node.inner.every_node()

    def every_flow(self) -> Iterable[Flow]:
        yield from self.flows
        for node in self.nodes:
            if node.inner is not None:
                yield from node.inner.every_flow()

    def lanes_of(self) -> dict[str, str]:
        """Lane id by node id, inner scopes included."""
        found = dict(self._lanes_of)
        for node in self.nodes:
            if node.inner is not None:
                found |= node.inner.lanes_of()
        return found

    def _node_xml(self, node: Node) -> str:
        attributes = "".join(f" {k}={quoteattr(v)}" for k, v in node.attributes.items())
        extensions = "".join(node.extensions)
        parts = [f"<extensionElements>{extensions}</extensionElements>" if extensions else ""]
        parts += [f"<incoming>{f.flow_id}</incoming>" for f in self.flows if f.target == node.node_id]
        parts += [f"<outgoing>{f.flow_id}</outgoing>" for f in self.flows if f.source == node.node_id]
        parts += [node.loop, node.body, "\n" + node.inner.content() + "\n" if node.inner is not None else ""]
        return f'<{node.kind} id="{node.node_id}"{attributes}>{"".join(parts)}</{node.kind}>'


class Bpmn(Scope):
    """A whole file with one process."""

    def __init__(self, process_id: str = "p", *, name: str | None = None, executable: bool = True) -> None:
        super().__init__()
        self.process_id = process_id
        self._name = name or process_id
        self._executable = executable
        self._lanes: list[tuple[str, str, dict[str, str]]] = []
        self._roots: list[str] = []

    def lane(self, lane_id: str, *, name: str | None = None, **properties: str) -> Self:
        """A lane; keyword arguments (`role`, `unit`) become its properties."""
        self._lanes.append((lane_id, name or lane_id, properties))
        return self

    def message(self, message_id: str, name: str | None = None) -> Self:
        return self.root(f'<message id="{message_id}" name="{name or message_id}" />')

    def root(self, text: str) -> Self:
        """Raw XML beside the process: signals, errors, another process, …"""
        self._roots.append(text)
        return self

    def text(self, *, drawing: bool = True) -> str:
        executable = "true" if self._executable else "false"
        head = f'<definitions {_NAMESPACES} id="defs" targetNamespace="http://example.org/bpmn">'
        process = (
            f'<process id={quoteattr(self.process_id)} name={quoteattr(self._name)} isExecutable="{executable}">'
        )
        parts = ['<?xml version="1.0" encoding="UTF-8"?>', head, *self._roots, process, self._lane_set()]
        parts += [self.content(), "</process>", self._drawing() if drawing else "", "</definitions>"]
        return "\n".join(p for p in parts if p)

    def xml(self, *, drawing: bool = True) -> bytes:
        """The file's bytes, UTF-8; a simple drawing is included unless refused."""
        return self.text(drawing=drawing).encode()

    def _lane_set(self) -> str:
        if not self._lanes:
            return ""
        of = self.lanes_of()
        lanes = []
        for lane_id, name, properties in self._lanes:
            extension = f"<extensionElements>{properties_xml(properties)}</extensionElements>" if properties else ""
            refs = "".join(f"<flowNodeRef>{n}</flowNodeRef>" for n, lane in of.items() if lane == lane_id)
            lanes.append(f'<lane id="{lane_id}" name={quoteattr(name)}>{extension}{refs}</lane>')
        return f'<laneSet id="lanes">{"".join(lanes)}</laneSet>'

    def _drawing(self) -> str:
        shapes = "".join(
            f'<bpmndi:BPMNShape id="{n.node_id}_di" bpmnElement="{n.node_id}">'
            f'<dc:Bounds x="{i * 160}" y="100" width="100" height="80" /></bpmndi:BPMNShape>'
            for i, n in enumerate(self.every_node())
        )
        edges = "".join(
            f'<bpmndi:BPMNEdge id="{f.flow_id}_di" bpmnElement="{f.flow_id}">'
            '<di:waypoint x="0" y="140" /><di:waypoint x="60" y="140" /></bpmndi:BPMNEdge>'
            for f in self.every_flow()
        )
        plane = f'<bpmndi:BPMNPlane id="plane" bpmnElement="{self.process_id}">{shapes}{edges}</bpmndi:BPMNPlane>'
        return f'<bpmndi:BPMNDiagram id="diagram">{plane}</bpmndi:BPMNDiagram>'


def _flow_xml(flow: Flow) -> str:
    condition = ""
    if flow.when is not None:
        condition = f"<conditionExpression {_EXPRESSION}>{escape(flow.when)}</conditionExpression>"
    return (
        f'<sequenceFlow id="{flow.flow_id}" sourceRef="{flow.source}" targetRef="{flow.target}">'
        f"{condition}</sequenceFlow>"
    )
