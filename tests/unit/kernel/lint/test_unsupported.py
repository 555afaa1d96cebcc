"""Constructs that SpiffWorkflow executes wrongly are refused; and it does execute them wrongly."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from engine.kernel.lint.unsupported import TABLE
from tests.unit.kernel.bpmn_builder import Bpmn, Scope, timer_definition
from tests.unit.kernel.lint.linting import found, procedure, task

CANCEL = "<cancelEventDefinition />"
COMPENSATE = "<compensateEventDefinition />"
CONDITION = (
    '<conditionalEventDefinition><condition xsi:type="tFormalExpression">units = 1</condition>'
    "</conditionalEventDefinition>"
)
ERROR = '<errorEventDefinition errorRef="err" />'


def inner(scope: Scope) -> Scope:
    return scope.start("s2").manual("u2", lane="L").end("e2")


def ending(body: str) -> Callable[[Scope], Scope]:
    """A subprocess that ends with the given event."""
    return lambda scope: scope.start("s2").manual("u2", lane="L").end("e2", body=body)


def timed(scope: Scope) -> Scope:
    return scope.start("s2", body=timer_definition("'PT1H'")).script("x2", "{ a: 1 }").end("e2")


def failing() -> Bpmn:
    return procedure().root('<error id="err" name="错误" errorCode="1" />')


def together(diagram: Bpmn) -> Bpmn:
    data = '<dataObject id="do" /><dataObjectReference id="ref" dataObjectRef="do" />'
    return diagram.xml_part(data)


OUT = '<dataOutputAssociation id="da"><targetRef>ref</targetRef></dataOutputAssociation>'
TWO = timer_definition("'PT1H'") + '<messageEventDefinition messageRef="m" />'

CASES: list[tuple[str, str, Callable[[], Bpmn]]] = [
    ("complex-gateway", "g", lambda: procedure().node("g", "complexGateway").end()),
    ("choreography", "c", lambda: procedure().node("c", "implicitThrowEvent").end()),
    ("untyped-task", "t", lambda: procedure().node("t", "task").end()),
    ("compensation", "c", lambda: procedure().node("c", "intermediateThrowEvent", body=COMPENSATE).end()),
    ("compensation", "b", lambda: procedure().manual("u", lane="L").end().boundary("b", COMPENSATE, on="u")),
    ("compensation", "u", lambda: procedure().manual("u", lane="L", isForCompensation="true").end()),
    (
        "event-subprocess",
        "es",
        lambda: task().end().subprocess("es", timed, after=(), triggeredByEvent="true"),
    ),
    (
        "ad-hoc",
        "ah",
        lambda: procedure().subprocess("ah", lambda s: s.manual("u", lane="L"), kind="adHocSubProcess").end(),
    ),
    ("implicit-split", "u", lambda: procedure().manual("u", lane="L").end("a").end("b", after="u")),
    ("implicit-split", "s", lambda: procedure().end("a").end("b", after="s")),
    ("quantity", "u", lambda: procedure().manual("u", lane="L", completionQuantity="2").end()),
    (
        "instantiate",
        "r",
        lambda: procedure().message("m").node("r", "receiveTask", messageRef="m", instantiate="true").end(),
    ),
    (
        "parallel-events",
        "g",
        lambda: (
            procedure()
            .event_gateway("g", eventGatewayType="Parallel")
            .catch_timer("t1", "PT1H")
            .end("a")
            .catch_timer("t2", "PT2H", after="g")
            .end("b")
        ),
    ),
    (
        "several-event-definitions",
        "c",
        lambda: procedure().message("m").node("c", "intermediateCatchEvent", body=TWO).end(),
    ),
    ("cancel-outside-transaction", "e", lambda: procedure().manual("u", lane="L").end("e", body=CANCEL)),
    (
        "cancel-outside-transaction",
        "b",
        lambda: procedure().subprocess("sub", inner).end().boundary("b", CANCEL, on="sub").end("e9"),
    ),
    ("cancel-uncaught", "e2", lambda: procedure().subprocess("tx", ending(CANCEL), kind="transaction").end()),
    ("error-uncaught", "e", lambda: failing().manual("u", lane="L").end("e", body=ERROR)),
    ("error-uncaught", "e2", lambda: failing().subprocess("sub", ending(ERROR)).end()),
    (
        "error-not-interrupting",
        "b",
        lambda: (
            failing()
            .subprocess("sub", ending(ERROR))
            .end()
            .boundary("b", ERROR, on="sub", interrupting=False)
            .end("e9")
        ),
    ),
    ("data-association", "u", lambda: together(procedure().manual("u", lane="L", body=OUT).end())),
    ("conditional-event", "c", lambda: procedure().node("c", "intermediateCatchEvent", body=CONDITION).end()),
]


@pytest.mark.parametrize(("rule", "element_id", "diagram"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_it_is_refused(rule: str, element_id: str, diagram: Callable[[], Bpmn]) -> None:
    assert (rule, element_id) in found(diagram())


def test_data_stores_are_refused() -> None:
    store = procedure().root('<dataStore id="ds" name="台账" />').end()
    store.xml_part('<dataStoreReference id="ref" name="台账" dataStoreRef="ds" />')
    assert found(store) == [("data-store", None)]
    assert found(together(procedure().end())) == []


def test_every_row_of_the_table_is_tried() -> None:
    assert {row.rule for row in TABLE} == {rule for rule, _, _ in CASES}


@pytest.mark.parametrize(
    "diagram",
    [
        failing().subprocess("sub", ending(ERROR)).end().boundary("b", ERROR, on="sub").end("e9"),
        failing()
        .subprocess("sub", ending(ERROR))
        .end()
        .boundary("b", "<errorEventDefinition />", on="sub")
        .end("e9"),
        procedure()
        .subprocess("tx", ending(CANCEL), kind="transaction")
        .end()
        .boundary("b", CANCEL, on="tx")
        .end("e9"),
        procedure().subprocess("sub", inner, triggeredByEvent="false").end(),
    ],
    ids=["error caught", "any error caught", "cancel caught", "ordinary subprocess"],
)
def test_its_right_use_is_not_refused(diagram: Bpmn) -> None:
    assert found(diagram) == []


# What stock SpiffWorkflow 3.2.0 does with them. When one of these tests fails after an upgrade, its row may go.


def run_stock(diagram: Bpmn, data: dict[str, Any] | None = None) -> Any:
    """Runs a diagram to where nothing is ready any more, completing every manual task."""
    parser = SpiffBpmnParser()
    parser.add_bpmn_xml(etree.fromstring(diagram.xml()))
    workflow = BpmnWorkflow(
        parser.get_spec("p"), parser.get_subprocess_specs("p"), script_engine=PythonScriptEngine()
    )
    workflow.task_tree.data.update(data or {})
    for _ in range(20):
        workflow.do_engine_steps()
        workflow.refresh_waiting_tasks()
        for ready in workflow.get_tasks(state=TaskState.READY):
            ready.run()
    return workflow


def passed(workflow: Any) -> list[str]:
    return [t.task_spec.name for t in workflow.get_tasks(state=TaskState.COMPLETED)]


@pytest.fixture(autouse=True)
def _stock_warnings() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.mark.parametrize(
    ("diagram", "reason"),
    [
        (Bpmn("p").start().node("g", "complexGateway").end(), "no support"),
        (Bpmn("p").start().manual("u").end("a").end("b", after="u"), "Multiple outgoing"),
        (Bpmn("p").start().manual("u").end().boundary("b", COMPENSATE, on="u"), "Unsupported Catch Event"),
    ],
    ids=["complex gateway", "implicit split", "compensation boundary"],
)
def test_stock_refuses_it_without_saying_where(diagram: Bpmn, reason: str) -> None:
    with pytest.raises(SpiffWorkflowException, match=reason) as refused:
        run_stock(diagram)
    assert not getattr(refused.value, "line_number", None)


def test_stock_ignores_compensation() -> None:
    assert run_stock(Bpmn("p").start().node("c", "intermediateThrowEvent", body=COMPENSATE).end()).completed


def test_stock_ignores_conditions_that_leave_a_task() -> None:
    assert "v" in passed(run_stock(Bpmn("p").start().manual("u").manual("v", when="False").end()))


def test_stock_ignores_conditions_that_leave_a_parallel_gateway() -> None:
    diagram = Bpmn("p").start().parallel("g").manual("a", when="False").end().manual("b", after="g").end("e2")
    assert "a" in passed(run_stock(diagram))


def test_stock_never_completes_with_an_unfired_event_subprocess() -> None:
    diagram = Bpmn("p").start().manual("u").end().subprocess("es", timed, after=(), triggeredByEvent="true")
    workflow = run_stock(diagram)
    assert "end" in passed(workflow)
    assert not workflow.completed


def test_stock_ignores_quantities() -> None:
    workflow = run_stock(Bpmn("p").start().manual("u", completionQuantity="3").manual("v").end())
    assert passed(workflow).count("v") == 1


def test_stock_ends_normally_after_an_uncaught_error() -> None:
    diagram = Bpmn("p").root('<error id="err" name="e" errorCode="1" />').start().end("e", body=ERROR)
    assert run_stock(diagram).completed


def test_stock_goes_on_after_an_uncaught_cancel() -> None:
    diagram = Bpmn("p").start().subprocess("tx", ending(CANCEL), kind="transaction").manual("after").end()
    assert "after" in passed(run_stock(diagram))


def test_stock_takes_both_ways_after_an_error_that_does_not_interrupt() -> None:
    diagram = Bpmn("p").root('<error id="err" name="e" errorCode="1" />').start().subprocess("sub", ending(ERROR))
    diagram = diagram.end("normal").boundary("b", ERROR, on="sub", interrupting=False).end("failed")
    assert {"normal", "failed"} <= set(passed(run_stock(diagram)))


def test_stock_derails_on_a_boundary_event_of_an_instant_task() -> None:
    diagram = Bpmn("p").start().script("x", "a = 1").end("normal")
    workflow = run_stock(diagram.timer_boundary("t", on="x", expression="'PT0S'").end("late"))
    assert "x" in passed(workflow)
    assert "normal" not in passed(workflow)


def test_stock_drops_the_token_of_a_link() -> None:
    diagram = Bpmn("p").start().node("t", "intermediateThrowEvent", body='<linkEventDefinition name="A" />')
    diagram = diagram.node("c", "intermediateCatchEvent", after=(), body='<linkEventDefinition name="A" />').end()
    assert "c" not in passed(run_stock(diagram))
