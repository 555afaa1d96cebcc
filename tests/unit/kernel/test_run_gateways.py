"""Gateways: which flows go on, which tokens are awaited, and whose variables win where branches join."""

from __future__ import annotations

import pytest

from engine.errors import StepFailed
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.unit.kernel.instance import Instance, source_of


def choice() -> Bpmn:
    diagram = Bpmn().start().exclusive("which", default="otherwise")
    diagram.user("many", after="which", when="n > 10").end("e1")
    diagram.user("some", after="which", when="n > 5").end("e2")
    return diagram.user("few", after="which", flow="otherwise").end("e3")


@pytest.mark.parametrize(("n", "task"), [(11, "many"), (6, "some"), (1, "few")])
def test_exclusive_gateway_takes_the_first_flow_that_holds(n: int, task: str) -> None:
    assert Instance(choice(), {"n": n}).tasks == [task]


@pytest.mark.parametrize("n", [None, "eleven"])
def test_a_condition_without_an_answer_fails_the_step(n: object) -> None:
    with pytest.raises(StepFailed) as caught:
        Instance(choice(), {"n": n})

    assert caught.value.element_id == "which"
    assert caught.value.expression is not None
    assert "n >" in caught.value.expression


def test_an_unknown_name_in_a_condition_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="n > 10"):
        Instance(choice(), {})


def test_a_failing_condition_after_the_one_that_holds_does_not_matter() -> None:
    diagram = Bpmn().start().exclusive("which", default="otherwise")
    diagram.user("yes", after="which", when="true").end("e1")
    diagram.user("broken", after="which", when="nothing > 1").end("e2")
    diagram.user("no", after="which", flow="otherwise").end("e3")

    assert Instance(diagram).tasks == ["yes"]


def both() -> Bpmn:
    diagram = Bpmn().start().user("first").parallel("split")
    diagram.user("a", after="split").user("b", after="split")
    return diagram.parallel("join", after=("a", "b")).user("last").end()


def test_parallel_join_waits_for_both_branches() -> None:
    case = Instance(both())
    case.complete("first")
    assert case.tasks == ["a", "b"]

    case.complete("b")
    assert case.tasks == ["a"]

    case.complete("a")
    assert case.tasks == ["last"]


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_branch_that_wrote_a_variable_wins_over_one_that_only_had_it(order: str) -> None:
    case = Instance(both(), {"phone": "old"})
    case.complete("first", phone="new", list=[1, 2, 3])
    for task in order:
        case.complete(task, **({"phone": "newest", "list": [9]} if task == "a" else {"b": 1}))

    assert case.data == {"phone": "newest", "list": [9], "b": 1}


def test_of_two_branches_that_write_the_same_variable_the_later_wins() -> None:
    case = Instance(both())
    case.complete("first")
    case.complete("b", who="b", parts={"b": 1})
    case.complete("a", who="a", parts={"a": 1})

    assert case.data == {"who": "a", "parts": {"a": 1, "b": 1}}


def test_what_a_running_branch_wrote_is_seen_in_the_instance_at_once() -> None:
    diagram = Bpmn().start().parallel("split")
    diagram.user("a1", after="split").user("a2").user("b", after="split")
    diagram.parallel("join", after=("a2", "b")).end()
    case = Instance(diagram, {"x": 0})
    case.complete("a1", x=1)
    case.complete("b", y=1)

    assert case.data == {"x": 1, "y": 1}


def test_parallel_join_in_a_loop_waits_again_each_time() -> None:
    diagram = Bpmn().start().exclusive("again").parallel("split")
    diagram.user("a", after="split").user("b", after="split")
    diagram.parallel("join", after=("a", "b")).exclusive("more", default="done")
    diagram.flow("more", "again", when="repeat")
    diagram.end(after="more", flow="done")
    case = Instance(diagram)
    case.complete("a", repeat=True)
    case.complete("b", repeat=True)
    assert case.tasks == ["a", "b"]

    case.complete("b", repeat=False)
    assert case.tasks == ["a"]

    case.complete("a", repeat=False)
    assert case.run.is_ended


def some() -> Bpmn:
    diagram = Bpmn().start().inclusive("split", default="none")
    diagram.user("a", after="split", when="a").user("b", after="split", when="b")
    diagram.user("c", after="split", flow="none")
    return diagram.inclusive("join", after=("a", "b", "c")).user("last").end()


@pytest.mark.parametrize(
    ("a", "b", "tasks"),
    [(True, True, ["a", "b"]), (True, False, ["a"]), (False, True, ["b"]), (False, False, ["c"])],
)
def test_inclusive_gateway_waits_for_exactly_the_branches_that_it_started(
    a: bool, b: bool, tasks: list[str]
) -> None:
    case = Instance(some(), {"a": a, "b": b})
    assert case.tasks == tasks

    for task in tasks:
        assert "last" not in case.tasks
        case.complete(task)
    assert case.tasks == ["last"]


def test_inclusive_join_also_waits_for_a_token_that_is_far_away() -> None:
    diagram = Bpmn().start().inclusive("split", default="x")
    diagram.user("a", after="split", when="true")
    diagram.user("b1", after="split", when="true").user("b2").exclusive("turn", default="to_join")
    diagram.end("elsewhere", after="turn", when="leave")
    diagram.inclusive("join", after="a").flow("turn", "join", flow_id="to_join")
    diagram.user("last", after="join").end()
    diagram.end("never", after="split", flow="x")
    case = Instance(diagram)
    case.complete("a")
    case.complete("b1")
    assert case.tasks == ["b2"]

    case.complete("b2", leave=True)
    assert case.tasks == ["last"]


def test_history_tells_the_gateways_too() -> None:
    case = Instance(both())
    for task in ["first", "a", "b", "last"]:
        case.complete(task)

    assert case.history == ["start", "first", "split", "a", "b", "join", "last", "end"]
    assert case.changes.ended is not None
    assert case.changes.ended.outcome == "end"


def test_a_diagram_that_runs_in_circles_fails_instead_of_hanging() -> None:
    diagram = Bpmn().start().exclusive("merge").script("work", "{ n: 1 }").exclusive("more", default="done")
    diagram.flow("more", "merge", when="n = 1").end(after="more", flow="done")

    with pytest.raises(StepFailed, match="circles"):
        Instance(diagram)


def test_a_loop_of_more_than_a_thousand_rounds_goes_on() -> None:
    diagram = Bpmn().start().exclusive("merge").script("count", "{ n: n + 1 }").exclusive("more", default="done")
    diagram.flow("more", "merge", when="n < 1500").end(after="more", flow="done")

    assert Instance(diagram, {"n": 0}).data == {"n": 1500}


def test_the_shared_spec_is_not_changed_by_an_instance() -> None:
    source = source_of(both())
    first = [Instance(source).history for _ in range(3)]

    assert first[0] == first[1] == first[2]
