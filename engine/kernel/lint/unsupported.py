"""The constructs that SpiffWorkflow 3.2.0 refuses, ignores or executes wrongly, one row each.

Each row was executed against SpiffWorkflow 3.2.0; `why` says what happened. A construct that the kernel makes
right is one row deleted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.errors import Message
from engine.kernel.diagram_elements import BPMN
from engine.kernel.diagram_values import Diagram, Element
from engine.kernel.findings import Finding
from engine.kernel.lint.subject import Subject, called


@dataclass(frozen=True)
class Unsupported:
    """`holds` says whether an element is this construct; `advice` names it and says what to draw instead."""

    rule: str
    holds: Callable[[Diagram, Element], bool]
    advice: Message
    why: str


def constructs_that_run_right(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        for row in TABLE:
            if row.holds(subject.diagram, element):
                name = called(element)
                yield subject.error(row.rule, element, f"“{name}”：{row.advice.zh}", f"“{name}”: {row.advice.en}")


def data_stores_are_absent(subject: Subject) -> Iterator[Finding]:
    """SpiffWorkflow needs Python code for each data store; without, it refuses the whole diagram."""
    for node in subject.diagram.tree.iter(BPMN + "dataStoreReference"):
        if node.get("dataStoreRef") is not None:
            name = node.get("name") or node.get("id", "")
            yield subject.error(
                "data-store",
                None,
                f"不支持数据存储“{name}”。请删除它；数据都在流程变量和案件里。",
                f"The data store “{name}” is unsupported. Delete it: data live in variables and in the case.",
                line=node.sourceline,
            )


def _is(*kinds: str) -> Callable[[Diagram, Element], bool]:
    return lambda _, element: element.kind in kinds


def _has_event(*events: str) -> Callable[[Diagram, Element], bool]:
    return lambda _, element: any(event in events for event in element.events)


def _says(attribute: str, *values: str) -> Callable[[Diagram, Element], bool]:
    return lambda _, element: element.node.get(attribute, "").strip() in values


def _holds_child(*tags: str) -> Callable[[Diagram, Element], bool]:
    return lambda _, element: any(element.node.find(BPMN + tag) is not None for tag in tags)


_ACTIVITIES = {
    "task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess",
}  # fmt: skip


def _splits_implicitly(_: Diagram, element: Element) -> bool:
    splitting = _ACTIVITIES | {"boundaryEvent", "startEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
    return element.kind in splitting and len(element.outgoing) > 1


def _is_quantified(_: Diagram, element: Element) -> bool:
    return any(element.node.get(name, "1").strip() != "1" for name in ("startQuantity", "completionQuantity"))


def _cancels_outside_transaction(diagram: Diagram, element: Element) -> bool:
    if "cancel" not in element.events:
        return False
    around = element.attached_to if element.kind == "boundaryEvent" else element.scope
    host = diagram.elements.get(around or "")
    return host is None or host.kind != "transaction" or element.kind not in {"endEvent", "boundaryEvent"}


def _cancels_uncaught(diagram: Diagram, element: Element) -> bool:
    if element.kind != "endEvent" or "cancel" not in element.events:
        return False
    return not any("cancel" in event.events for event in diagram.boundary_events(element.scope))


def _errs_uncaught(diagram: Diagram, element: Element) -> bool:
    """An error end event that no boundary event of a subprocess around it catches."""
    if element.kind != "endEvent" or "error" not in element.events:
        return False
    thrown = _error_of(element)
    scope = diagram.elements.get(element.scope)
    while scope is not None:
        for event in diagram.boundary_events(scope.id):
            if "error" in event.events and _error_of(event) in {None, thrown}:
                return False
        scope = diagram.elements.get(scope.scope)
    return True


def _error_of(element: Element) -> str | None:
    definition = element.node.find(BPMN + "errorEventDefinition")
    return None if definition is None else definition.get("errorRef")


def _errs_without_interrupting(_: Diagram, element: Element) -> bool:
    return element.kind == "boundaryEvent" and "error" in element.events and not element.interrupting


TABLE: tuple[Unsupported, ...] = (
    Unsupported(
        "complex-gateway",
        _is("complexGateway"),
        Message(
            "不支持复杂网关。请用包容网关或排他网关。",
            "complex gateways are unsupported. Use an inclusive or exclusive one.",
        ),
        "ValidationException: no support implemented",
    ),
    Unsupported(
        "choreography",
        _is("choreographyTask", "subChoreography", "callChoreography", "implicitThrowEvent"),
        Message(
            "不支持编排元素。请用任务和消息事件。", "choreography is unsupported. Use tasks and message events."
        ),
        "ValidationException: no support implemented",
    ),
    Unsupported(
        "untyped-task",
        _is("task"),
        Message(
            "任务没有类型，没有人能在待办里办它。请改成用户任务、脚本任务或服务任务。",
            "the task has no type, and nobody can do it. Make it a user, script or service task.",
        ),
        "waits as a manual step without role or form",
    ),
    Unsupported(
        "compensation",
        _has_event("compensate"),
        Message(
            "不支持补偿事件，它什么也不做。请把撤销步骤画成普通路径。",
            "compensation does nothing. Draw the undoing steps as an ordinary path.",
        ),
        "throw: silent no-op; boundary: NotImplementedError",
    ),
    Unsupported(
        "compensation",
        _says("isForCompensation", "true", "1"),
        Message(
            "“用于补偿”不起作用，它会当作普通步骤。请取消勾选，并把撤销步骤画成普通路径。",
            "“for compensation” is ignored. Untick it and draw the undoing steps as an ordinary path.",
        ),
        "executed like any other task",
    ),
    Unsupported(
        "event-subprocess",
        _says("triggeredByEvent", "true", "1"),
        Message(
            "不支持事件子流程。请在子流程或任务上用边界事件。",
            "event subprocesses are unsupported. Use boundary events on the task or subprocess.",
        ),
        "isInterrupting ignored; an unfired timer start blocks completion; an error start runs at once",
    ),
    Unsupported(
        "ad-hoc",
        _is("adHocSubProcess"),
        Message(
            "不支持自由（ad-hoc）子流程。请用普通子流程，以包容网关选择步骤。",
            "ad-hoc subprocesses are unsupported. Use a subprocess with an inclusive gateway.",
        ),
        "KeyError or TypeError at run time",
    ),
    Unsupported(
        "implicit-split",
        _splits_implicitly,
        Message(
            "有多条连线直接离开。请在后面加一个并行、包容或排他网关来分支。",
            "several flows leave it directly. Put a parallel, inclusive or exclusive gateway behind it.",
        ),
        "ValidationException: multiple outgoing flows are not supported",
    ),
    Unsupported(
        "quantity",
        _is_quantified,
        Message(
            "startQuantity 和 completionQuantity 会被忽略。请删除，重复执行请用多实例。",
            "startQuantity and completionQuantity are ignored. Delete them; use multi-instance.",
        ),
        "completionQuantity=3 gave one token",
    ),
    Unsupported(
        "instantiate",
        _says("instantiate", "true", "1"),
        Message(
            "“实例化”不起作用。请用消息开始事件来启动流程。",
            "“instantiate” is ignored. Start the procedure with a message start event.",
        ),
        "attribute not read",
    ),
    Unsupported(
        "parallel-events",
        _says("eventGatewayType", "Parallel"),
        Message(
            "并行事件网关会当作排他处理。请改用并行网关加捕获事件。",
            "a parallel event gateway is treated as exclusive. Use a parallel gateway with catch events.",
        ),
        "attribute not read",
    ),
    Unsupported(
        "several-event-definitions",
        lambda _, element: len(element.events) > 1,
        Message(
            "一个事件只能有一种触发。请拆成几个事件。",
            "an event may have one trigger only. Split it into several events.",
        ),
        "internal data holds one value for several definitions",
    ),
    Unsupported(
        "cancel-outside-transaction",
        _cancels_outside_transaction,
        Message(
            "取消事件只能用在事务子流程里（结束事件）或它的边框上。请改用错误事件或终止事件。",
            "cancel events belong into a transaction (end event) or onto its border. Use an error or"
            " terminate event.",
        ),
        "outside a transaction the instance ends without reaching End",
    ),
    Unsupported(
        "cancel-uncaught",
        _cancels_uncaught,
        Message(
            "事务被取消后会像正常完成一样继续。请在事务边框上加取消边界事件。",
            "after the cancel the process goes on as if all were well. Add a cancel boundary event to the"
            " transaction.",
        ),
        "the flow behind the transaction was taken",
    ),
    Unsupported(
        "error-uncaught",
        _errs_uncaught,
        Message(
            "没有边界事件捕获这个错误，流程会像正常一样结束。请在外层子流程上加错误边界事件，或用普通结束事件。",
            "no boundary event catches this error: the process ends as if all were well. Catch it on the subprocess"
            " around it, or use a plain end event.",
        ),
        "an uncaught error end event completes the instance normally",
    ),
    Unsupported(
        "error-not-interrupting",
        _errs_without_interrupting,
        Message(
            "错误边界事件必须是中断型，否则正常路径也会继续。请改为中断。",
            "an error boundary event must interrupt, or the normal path goes on too. Make it interrupting.",
        ),
        "both the normal flow and the error flow were taken",
    ),
    Unsupported(
        "data-association",
        _holds_child("dataInputAssociation", "dataOutputAssociation", "ioSpecification"),
        Message(
            "不支持数据对象和输入输出规范的连线。流程变量随处可用，请删除这些连线。",
            "data associations and input/output specifications are unsupported. Variables are visible everywhere;"
            " delete them.",
        ),
        "WorkflowDataException at run time; io specifications drop variables",
    ),
    Unsupported(
        "conditional-event",
        _has_event("conditional"),
        Message(
            "不支持条件事件：它看不到其他分支的变量，会一直等下去。请用消息或信号事件，由改变条件的步骤发出。",
            "conditional events are unsupported: they never see what other branches set. Let the step that"
            " makes the"
            " condition true throw a message or signal.",
        ),
        "each branch has its own variables; waited for ever after another branch set the variable",
    ),
)
