"""Rules on splits: conditions where they are evaluated, none where they are ignored, and a default."""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.diagram_values import Element, Flow
from engine.kernel.findings import Finding
from engine.kernel.lint.subject import Subject, called

_DECIDING = ("exclusiveGateway", "inclusiveGateway")


def split_has_default(subject: Subject) -> Iterator[Finding]:
    for gateway in subject.diagram.of_kind(*_DECIDING):
        flows = _outgoing(subject, gateway)
        if gateway.default is not None and gateway.default not in gateway.outgoing:
            yield subject.error(
                "default-missing",
                gateway,
                f"网关“{called(gateway)}”的默认流向“{gateway.default}”不从它出发。请重新指定默认流向。",
                f"The default flow “{gateway.default}” does not leave “{called(gateway)}”. Choose one that does.",
            )
        elif gateway.default is None and (len(flows) > 1 or any(flow.condition for flow in flows)):
            yield subject.error(
                "no-default",
                gateway,
                f"网关“{called(gateway)}”没有默认流向：条件都不成立时流程会出错。请把一条线设为默认流向。",
                f"The gateway “{called(gateway)}” has no default flow: it fails where no condition holds. Set one.",
            )


def split_has_conditions(subject: Subject) -> Iterator[Finding]:
    for gateway in subject.diagram.of_kind(*_DECIDING):
        flows = _outgoing(subject, gateway)
        for flow in flows:
            if flow.id == gateway.default and flow.condition:
                yield subject.error(
                    "condition-on-default",
                    flow,
                    f"默认流向“{called(flow)}”上的条件不会被计算。请删除条件，或改设默认流向。",
                    f"The condition on the default flow “{called(flow)}” is never evaluated. Delete it.",
                )
            if flow.id != gateway.default and not flow.condition and len(flows) > 1:
                yield subject.error(
                    "no-condition",
                    flow,
                    f"网关“{called(gateway)}”到“{flow.target}”的连线没有条件。请写上条件，或设为默认流向。",
                    f"The flow from “{called(gateway)}” to “{flow.target}” has no condition. Write one, or"
                    " make it default.",
                )


def conditions_only_where_evaluated(subject: Subject) -> Iterator[Finding]:
    """SpiffWorkflow ignores conditions on flows that leave anything but an exclusive or inclusive gateway."""
    for flow in subject.diagram.flows.values():
        source = subject.diagram.elements.get(flow.source)
        if flow.condition is not None and source is not None and source.kind not in _DECIDING:
            yield subject.error(
                "condition-ignored",
                flow,
                f"离开“{called(source)}”的连线上的条件会被忽略。请在它后面加一个排他网关，把条件写在网关的连线上。",
                f"The condition on the flow leaving “{called(source)}” is ignored. Put an exclusive gateway"
                " behind it.",
            )


def event_gateway_waits_for_events(subject: Subject) -> Iterator[Finding]:
    for gateway in subject.diagram.of_kind("eventBasedGateway"):
        targets = [subject.diagram.elements.get(flow.target) for flow in _outgoing(subject, gateway)]
        for target in targets:
            if target is not None and target.kind not in {"intermediateCatchEvent", "receiveTask"}:
                yield subject.error(
                    "event-gateway-target",
                    target,
                    f"事件网关“{called(gateway)}”后面只能是捕获事件或接收任务，不能是“{called(target)}”。请改画。",
                    f"Only catch events and receive tasks may follow “{called(gateway)}”, not “{called(target)}”.",
                )
        if len(targets) < 2:
            yield subject.error(
                "event-gateway-target",
                gateway,
                f"事件网关“{called(gateway)}”至少要有两个分支。请补上，或删除网关。",
                f"The event gateway “{called(gateway)}” needs at least two branches. Add one, or delete it.",
            )


def default_only_on_gateways(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        if element.default is not None and element.kind not in _DECIDING:
            yield subject.error(
                "default-ignored",
                element,
                f"“{called(element)}”上的默认流向不起作用。请在后面加排他网关来分支。",
                f"The default flow of “{called(element)}” has no effect. Branch with an exclusive gateway"
                " behind it.",
            )


def parallel_join_gets_its_tokens(subject: Subject) -> Iterator[Finding]:
    """A parallel join whose branches all come straight from one exclusive split waits for ever."""
    diagram = subject.diagram
    for join in diagram.of_kind("parallelGateway"):
        if len(join.incoming) < 2:
            continue
        origins = {_origin(subject, diagram.flows[flow]) for flow in join.incoming}
        origin = diagram.elements.get(next(iter(origins)) or "") if len(origins) == 1 else None
        if origin is not None and origin.kind in {"exclusiveGateway", "eventBasedGateway"}:
            yield subject.error(
                "join-never-complete",
                join,
                f"并行网关“{called(join)}”等待所有分支，但“{called(origin)}”只走其中一条，会永远等下去。"
                "请改用排他网关汇合。",
                f"“{called(join)}” waits for all branches, but “{called(origin)}” takes one. Join with an"
                " exclusive gateway.",
            )


def _origin(subject: Subject, flow: Flow) -> str | None:
    """The split or join from which a branch comes, over the single-entry, single-exit steps between."""
    seen: set[str] = set()
    while True:
        source = subject.diagram.elements.get(flow.source)
        if source is None or source.id in seen:
            return None
        if len(source.outgoing) > 1:
            return source.id
        if len(source.incoming) != 1 or source.kind == "boundaryEvent":
            return None
        seen.add(source.id)
        flow = subject.diagram.flows[source.incoming[0]]


def _outgoing(subject: Subject, element: Element) -> list[Flow]:
    return [subject.diagram.flows[flow] for flow in element.outgoing]
