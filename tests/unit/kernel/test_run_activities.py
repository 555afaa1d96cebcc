"""Activities: what people see, what scripts, actions and tables set, and what runs inside others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import InvalidDiagram, StepFailed
from engine.kernel.changes import Closure
from tests.unit.kernel.bpmn_builder import Bpmn, Scope, multi_instance, standard_loop
from tests.unit.kernel.instance import Instance, source_of


def test_an_open_task_tells_who_may_do_it_and_what_it_sees() -> None:
    diagram = Bpmn().lane("L", name="登记", role="registrar", unit="case_unit").start()
    diagram.user("here", name="登记来件", lane="L", form="intake", properties={"assignee": "signed_by"})
    diagram.user("there", lane="L", properties={"role": "resp_dept", "unit": '"zjj"', "verb": "办"}).manual("sign")
    case = Instance(diagram.end(), {"case_unit": "xfj", "signed_by": 7})
    (opened,) = case.changes.opened
    assert (opened.name, opened.process_id, opened.lane) == ("登记来件", "p", "登记")
    assert (opened.role, opened.unit, opened.assignee, opened.form) == ("registrar", "xfj", "7", "intake")
    assert opened.data == {"case_unit": "xfj", "signed_by": 7}

    (opened,) = case.complete("here").opened
    assert (opened.role, opened.unit, opened.assignee) == ("resp_dept", "zjj", None)
    assert opened.properties["verb"] == "办"

    changes = case.complete("there")
    assert changes.opened[0].element_id == "sign"
    assert [c.closure for c in changes.closed] == [Closure.COMPLETED]


def test_scripts_set_variables_before_in_and_after_a_task() -> None:
    prescript = "<spiffworkflow:preScript>{ a: 1 }</spiffworkflow:preScript>"
    postscript = "<spiffworkflow:postScript>{ c: b + 1 }</spiffworkflow:postScript>"
    diagram = Bpmn().start().user("work", extensions=[prescript, postscript]).script("s", "{ d: c + 1 }").end()
    case = Instance(diagram)
    assert case.open[next(iter(case.open))].data == {"a": 1}

    case.complete("work", b=2)
    assert case.data == {"a": 1, "b": 2, "c": 3, "d": 4}


@pytest.mark.parametrize("script", ["1 + 1", "{ a: nothing }", "import os", "[1]"])
def test_a_script_that_is_no_context_fails_and_names_its_element(script: str) -> None:
    with pytest.raises(StepFailed) as caught:
        Instance(Bpmn().start().script("s", script, name="置标记").end())

    assert (caught.value.element_id, caught.value.element_name) == ("s", "置标记")
    assert caught.value.expression == script
    assert "置标记" in caught.value.message.zh


def test_a_service_task_calls_its_action() -> None:
    diagram = Bpmn().start().service("issue", "issue_paper", {"kind": '"T4"', "n": "n + 1"}, result="paper")
    case = Instance(diagram.service("more", "set", {"number": "paper.n"}).end(), {"n": 1})

    call = case.actions.calls[0]
    assert (call.name, call.params, call.element_id, call.data) == (
        "issue_paper",
        {"kind": "T4", "n": 2},
        "issue",
        {"n": 1},
    )
    assert case.data == {"n": 1, "paper": {"kind": "T4", "n": 2}, "number": 2}


def test_an_action_that_refuses_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="不行") as caught:
        Instance(Bpmn().start().service("issue", "refuse").end())
    assert caught.value.element_id == "issue"


def test_a_subprocess_sees_and_gives_back_variables() -> None:
    def inner(scope: Scope) -> None:
        scope.start("s2").script("set", "{ b: a + 1 }").user("work").end("e2")

    case = Instance(Bpmn().start().subprocess("sub", inner).script("after", "{ d: b + c }").end(), {"a": 1})
    (opened,) = case.open.values()
    assert len(opened.scopes) == 1

    case.complete("work", c=3)
    assert case.data == {"a": 1, "b": 2, "c": 3, "d": 5}
    assert case.history == ["start", "s2", "set", "work", "e2", "sub", "after", "end"]


def test_a_call_activity_runs_the_procedure_that_is_given_with_its_caller() -> None:
    called = Bpmn("order").start("s2").subprocess("same", lambda s: s.start("s3").user("sign").end("e3")).end("e2")
    diagram = Bpmn().start().subprocess("same", lambda s: s.start("s4").end("e4")).call("call", "order").end()
    case = Instance(source_of(diagram, {"order": source_of(called)}), {"a": 1})
    (opened,) = case.open.values()
    assert (opened.process_id, len(opened.scopes)) == ("order", 2)

    case.complete("sign", b=2)
    assert case.data == {"a": 1, "b": 2}
    assert [p.process_id for p in case.passed if p.element_id == "e2"] == ["order"]


@pytest.mark.parametrize("sequential", [True, False])
def test_multi_instance_over_a_collection_gathers_results(sequential: bool) -> None:
    loop = multi_instance(over="units", item="unit", output="answers", output_item="answer", sequential=sequential)
    diagram = Bpmn().start().user("ask", loop=loop, properties={"unit": "unit"}).end()
    case = Instance(diagram, {"units": ["zjj", None, "jtj"], "answers": ["stale"]})
    assert [t.unit for t in case.open.values()] == (["zjj"] if sequential else ["zjj", None, "jtj"])

    for answer in ["yes", "no", "later"]:
        case.complete("ask", answer=answer)
    assert case.run.is_ended
    assert case.data["answers"] == ["yes", "no", "later"]
    assert "unit" not in case.data
    assert case.history == ["start", "ask", "ask", "ask", "ask", "end"]


@pytest.mark.parametrize("sequential", [True, False])
def test_multi_instance_a_number_of_times_until_a_condition_holds(sequential: bool) -> None:
    loop = multi_instance(times="n", until="enough", sequential=sequential)
    case = Instance(Bpmn().start().user("ask", loop=loop).end(), {"n": 3, "enough": False})
    case.complete("ask", enough=False)
    case.complete("ask", enough=True)

    assert case.run.is_ended
    assert case.tasks == []


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("collection", [None, 3])
def test_multi_instance_over_nothing_usable_fails(collection: object, sequential: bool) -> None:
    diagram = Bpmn().start().user("ask", loop=multi_instance(over="units", item="u", sequential=sequential)).end()
    with pytest.raises(StepFailed) as caught:
        Instance(diagram, {"units": collection})
    assert caught.value.element_id == "ask"


def test_multi_instance_over_an_empty_collection_is_passed_at_once() -> None:
    diagram = Bpmn().start().user("ask", loop=multi_instance(over="units", item="u")).user("then").end()

    assert Instance(diagram, {"units": []}).tasks == ["then"]


def test_parallel_instances_keep_what_each_wrote() -> None:
    loop = multi_instance(over="units", item="unit")
    case = Instance(Bpmn().start().user("ask", loop=loop).end(), {"units": ["a", "b"], "shared": 0})
    case.complete("ask", 1, b="from b", shared=1)
    case.complete("ask", 0, a="from a")

    assert case.data == {"units": ["a", "b"], "a": "from a", "b": "from b", "shared": 1}


def test_multi_instance_of_subprocesses_cancelled_by_a_timer() -> None:
    loop = multi_instance(over="units", item="unit")
    diagram = Bpmn().start().subprocess("sub", lambda s: s.start("s2").user("ask").end("e2"), loop=loop).end()
    diagram.timer_boundary("late", on="sub", expression="PT1H").user("rescue", after="late").end("e3")
    case = Instance(diagram, {"units": ["a", "b"]})
    case.complete("ask")
    assert case.tasks == ["ask"]
    assert len({t.attached_to for t in case.armed.values()}) == 1

    case.fire("late")
    assert case.tasks == ["rescue"]


def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    loop = standard_loop(condition="n < 3", maximum=9)
    case = Instance(Bpmn().start().user("try", loop=loop).end(), {"n": 0})
    for n in (1, 2, 3):
        assert case.tasks == ["try"]
        case.complete("try", n=n)

    assert case.run.is_ended
    assert case.data == {"n": 3}


def test_a_service_task_may_have_a_boundary_timer_that_is_never_seen() -> None:
    diagram = Bpmn().start().service("act", "set", {"a": "1"}).end()
    diagram.timer_boundary("late", on="act", expression="PT1H").end("e2")
    case = Instance(diagram)

    assert case.changes.armed == case.changes.disarmed == ()


def test_data_objects_hold_values_beside_the_variables() -> None:
    diagram = Bpmn().start()
    output = "<dataOutputAssociation><targetRef>ref</targetRef></dataOutputAssociation>"
    given = "<dataInputAssociation><sourceRef>ref</sourceRef><targetRef>ref</targetRef></dataInputAssociation>"
    diagram.user("write", body=output).user("between").user("read", body=given).end()
    diagram.xml_part('<dataObject id="note" /><dataObjectReference id="ref" dataObjectRef="note" />')
    case = Instance(diagram)
    case.complete("write", note="kept", other=1)
    assert case.data == {"other": 1}

    case.complete("between")
    (opened,) = case.open.values()
    assert opened.data == {"other": 1, "note": "kept"}
    case.complete("read")
    assert case.data == {"other": 1}


def test_an_event_subprocess_is_refused() -> None:
    diagram = Bpmn().start().user("a").end()
    diagram.subprocess("ev", lambda s: s.start("s2").end("e2"), after=(), triggeredByEvent="true")
    with pytest.raises(InvalidDiagram):
        Instance(diagram)


@pytest.mark.parametrize("times", ["2", "4 / 2", "n"])
def test_a_computed_number_of_instances(times: str) -> None:
    diagram = Bpmn().start().user("ask", loop=multi_instance(times=times)).end()

    assert Instance(diagram, {"n": Decimal("2.0")}).tasks == ["ask", "ask"]


@pytest.mark.parametrize("times", ["1.5", '"two"', "null"])
def test_a_number_of_instances_that_is_none_fails(times: str) -> None:
    with pytest.raises(StepFailed):
        Instance(Bpmn().start().user("ask", loop=multi_instance(times=times)).end())


@pytest.mark.parametrize(("needed", "left"), [(1, 0), (2, 1), (3, 2)])
def test_votes_are_counted_while_they_come_in(needed: int, left: int) -> None:
    """The condition sees what the instances have given so far; the others are cancelled when it holds."""
    loop = multi_instance(
        over="people", item="who", output="votes", output_item="vote", until="count(votes[item]) >= needed"
    )
    inner = lambda s: s.start("s2").user("sign").script("record", "{ vote: yes }").end("e2")  # noqa: E731
    diagram = Bpmn().start().subprocess("all", inner, loop=loop).timer_boundary("late", on="all", expression="PT1H")
    it = Instance(
        diagram.end("told").user("after", after="all").end(), {"people": ["x", "y", "z"], "needed": needed}
    )
    container = it.armed[next(iter(it.armed))].attached_to
    assert all(task.scopes[0] == container for task in it.open.values())
    for done in range(left):
        it.complete("sign", yes=True)
        assert it.tasks == ["sign"] * (2 - done)
    it.complete("sign", yes=True)
    assert it.tasks == ["after"]
    assert it.data["votes"] == [True] * needed
