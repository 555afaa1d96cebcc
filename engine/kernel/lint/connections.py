"""Rules on sequence flows: both ends exist, in one scope, and every element is entered and left."""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.diagram_values import Element
from engine.kernel.findings import Finding
from engine.kernel.lint.subject import Subject, called

_NOT_IN_SEQUENCE = {"boundaryEvent", "startEvent"}


def flows_have_both_ends(subject: Subject) -> Iterator[Finding]:
    elements = subject.diagram.elements
    for flow in subject.diagram.flows.values():
        for end, side, side_en in ((flow.source, "起点", "source"), (flow.target, "终点", "target")):
            if end not in elements:
                yield subject.error(
                    "dangling-flow",
                    flow,
                    f"连线“{called(flow)}”的{side}“{end}”不存在。请重新连接或删除这条线。",
                    f"The {side_en} “{end}” of the flow “{called(flow)}” does not exist. Connect it again or"
                    " delete it.",
                )


def flows_stay_in_their_scope(subject: Subject) -> Iterator[Finding]:
    elements = subject.diagram.elements
    for flow in subject.diagram.flows.values():
        source, target = elements.get(flow.source), elements.get(flow.target)
        if source is None or target is None:
            continue
        if source.scope != target.scope or flow.scope != source.scope:
            yield subject.error(
                "flow-crosses-scope",
                flow,
                f"连线从“{called(source)}”到“{called(target)}”穿过了子流程或泳池的边界。请只在同一层内连线。",
                f"The flow from “{called(source)}” to “{called(target)}” crosses a subprocess or pool border.",
            )


def flows_fit_their_ends(subject: Subject) -> Iterator[Finding]:
    """Nothing leads into a start or boundary event, nothing out of an end event."""
    for element in subject.diagram.elements.values():
        if element.kind in _NOT_IN_SEQUENCE and element.incoming:
            yield subject.error(
                "flow-into-start",
                element,
                f"不能有连线进入“{called(element)}”：它是开始事件或边界事件。请把线连到后面的步骤。",
                f"No flow may lead into “{called(element)}”, a start or boundary event. Lead it to the step"
                " behind it.",
            )
        if element.kind == "endEvent" and element.outgoing:
            yield subject.error(
                "flow-out-of-end",
                element,
                f"结束事件“{called(element)}”后面还有连线。请删除连线，或改成中间事件。",
                f"The end event “{called(element)}” has an outgoing flow. Delete it, or use an intermediate event.",
            )


def flows_are_not_doubled(subject: Subject) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for flow in subject.diagram.flows.values():
        ends = (flow.source, flow.target)
        if ends in seen:
            yield subject.error(
                "doubled-flow",
                flow,
                f"“{flow.source}”到“{flow.target}”有两条连线，后一步会执行两次。请删除一条，条件用 or 合并。",
                f"Two flows lead from “{flow.source}” to “{flow.target}”. Delete one; join conditions with or.",
            )
        seen.add(ends)


def nothing_dead_ends(subject: Subject) -> Iterator[Finding]:
    """Everything but an end event goes on: a path ends where an end event says so."""
    for element in subject.diagram.elements.values():
        if element.kind == "endEvent" or element.outgoing or _stands_apart(subject, element):
            continue
        if element.event == "link" and element.kind == "intermediateThrowEvent":
            continue
        if element.event == "compensate" and element.kind == "boundaryEvent":
            continue
        yield subject.error(
            "dead-end",
            element,
            f"“{called(element)}”后面没有连线，流程会停在这里。请连到下一步或结束事件。",
            f"Nothing follows “{called(element)}”: the path stops there. Connect it to a step or an end event.",
        )


def everything_is_reachable(subject: Subject) -> Iterator[Finding]:
    """SpiffWorkflow silently drops what no path reaches, which is rarely what the author meant."""
    diagram = subject.diagram
    reached: set[str] = set()
    waiting = [e for e in diagram.elements.values() if e.kind == "startEvent" or _is_link_catch(e)]
    while waiting:
        element = waiting.pop()
        if element.id in reached:
            continue
        reached.add(element.id)
        waiting += list(diagram.boundary_events(element.id))
        targets = (diagram.flows[flow].target for flow in element.outgoing)
        waiting += [diagram.elements[target] for target in targets if target in diagram.elements]
    for element in diagram.elements.values():
        if element.id in reached or _stands_apart(subject, element):
            continue
        yield subject.error(
            "unreachable",
            element,
            f"没有路径能走到“{called(element)}”，它永远不会执行。请从前面的步骤连到它，或删除它。",
            f"No path reaches “{called(element)}”: it never runs. Connect it, or delete it.",
        )


def boundary_events_sit_on_activities(subject: Subject) -> Iterator[Finding]:
    diagram = subject.diagram
    for event in diagram.of_kind("boundaryEvent"):
        host = diagram.elements.get(event.attached_to or "")
        if host is None or host.scope != event.scope:
            yield subject.error(
                "boundary-host",
                event,
                f"边界事件“{called(event)}”没有附着在同一层的活动上。请拖到任务或子流程的边框上。",
                f"The boundary event “{called(event)}” is not attached to an activity of its scope. Drag it"
                " onto one.",
            )
        elif not _can_wait(host):
            yield subject.error(
                "boundary-host",
                event,
                f"“{called(host)}”一到就执行完，边界事件“{called(event)}”会使流程出错。"
                "请附着在用户任务、接收任务、子流程或调用活动上。",
                f"“{called(host)}” completes at once, and its boundary event “{called(event)}” would derail the"
                " process. Attach it to a user or receive task, a subprocess or a call activity.",
            )


def _can_wait(element: Element) -> bool:
    return element.is_subprocess or element.kind in {"userTask", "manualTask", "receiveTask", "callActivity"}


def _is_link_catch(element: Element) -> bool:
    return element.event == "link" and element.kind == "intermediateCatchEvent"


def _stands_apart(subject: Subject, element: Element) -> bool:
    """Event subprocesses, compensation handlers and parts of an ad-hoc subprocess are not in sequence."""
    if element.node.get("triggeredByEvent") == "true" or element.node.get("isForCompensation") == "true":
        return True
    scope = subject.diagram.elements.get(element.scope)
    return scope is not None and scope.kind == "adHocSubProcess"
