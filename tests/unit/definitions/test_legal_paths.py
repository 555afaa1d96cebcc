"""Paths that a case can take: answers are kept, branches joined, and what is not understood is thought possible."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definitions.legal_facts import NOTHING, Facts, assume, forget, holds
from engine.definitions.legal_graph import graph_of
from engine.definitions.legal_paths import Question, find_path
from engine.definitions.legal_source import read_source
from tests.unit.kernel.bpmn_builder import Bpmn

ONE = 'a = "1"'


def can_go_around(diagram: Bpmn, *, most: int = 1000, unless: str | None = None) -> bool | None:
    """Whether `goal` can be reached without `needed`; None where that could not be followed."""
    source = read_source({"p.bpmn": diagram.xml()}, {}, lambda _: None)
    assert source is not None
    question = Question(frozenset({"needed"}), frozenset({"goal"}), unless=unless)
    path = find_path(graph_of(source), question, most)
    return None if path is not None and not path.is_certain else path is not None


def asked_twice(between: str = "{ other: 1 }") -> Bpmn:
    """a is asked; where it is "1" the step is needed, and is done only where it is "1" again."""
    diagram = Bpmn("p").start("s").exclusive("first", default="no")
    diagram.script("yes", "{ b: 1 }", when=ONE).flow("first", "goal", flow_id="no").at("yes")
    diagram.script("between", between).exclusive("second", default="past").script("needed", "{ c: 1 }", when=ONE)
    diagram.script("goal", "{ d: 1 }").flow("second", "goal", flow_id="past").at("goal").end()
    return diagram


def test_a_question_that_was_answered_is_not_answered_otherwise() -> None:
    never = asked_twice()
    never.flows = [flow for flow in never.flows if flow.flow_id != "no"]
    assert can_go_around(never) is False
    assert can_go_around(asked_twice()) is True


def test_what_is_set_again_can_be_answered_otherwise() -> None:
    changed = asked_twice("{ a: b }")
    changed.flows = [flow for flow in changed.flows if flow.flow_id != "no"]
    assert can_go_around(changed) is True


def test_what_a_script_sets_is_known() -> None:
    for value, around in (('"1"', False), ('"2"', True), ("b", True)):
        diagram = asked_twice(f"{{ a: {value} }}")
        diagram.flows = [flow for flow in diagram.flows if flow.flow_id != "no"]
        assert can_go_around(diagram) is around


def test_a_join_waits_for_the_branch_on_which_the_step_is() -> None:
    def drawn(join: str) -> Bpmn:
        diagram = (
            Bpmn("p")
            .start("s")
            .parallel("split")
            .script("needed", "{ a: 1 }")
            .script("x", "{ b: 1 }", after="split")
        )
        return diagram.node("join", join, after=["needed", "x"]).script("goal", "{ c: 1 }").end()

    assert can_go_around(drawn("parallelGateway")) is False
    assert can_go_around(drawn("exclusiveGateway")) is True


def test_an_interrupted_activity_need_not_have_done_its_steps() -> None:
    def drawn(*, interrupting: bool) -> Bpmn:
        diagram = Bpmn("p").start("s")
        diagram.subprocess("sub", lambda sub: sub.start("i").user("w").script("needed", "{ a: 1 }").end("o"))
        diagram.timer_boundary("t", expression="P5D", on="sub", interrupting=interrupting).script(
            "late", "{ b: 1 }"
        )
        return diagram.script("goal", "{ c: 1 }", after=["sub", "late"] if interrupting else "sub").end("f")

    assert can_go_around(drawn(interrupting=True)) is True
    assert can_go_around(drawn(interrupting=False)) is False


def test_who_cannot_be_reached_need_not_be_served() -> None:
    diagram = (
        Bpmn("p")
        .start("s")
        .exclusive("reach", default="no")
        .script("needed", "{ a: 1 }", when="contactable = true")
    )
    diagram.script("goal", "{ b: 1 }").flow("reach", "goal", flow_id="no").at("goal").end()
    assert can_go_around(diagram) is True
    assert can_go_around(diagram, unless="contactable") is False


def test_a_diagram_of_too_many_questions_is_not_called_wrong_for_sure() -> None:
    assert can_go_around(asked_twice(), most=2) is None


ATOMS = st.builds(
    lambda name, sign, value: f"{name} {sign} {value}",
    st.sampled_from("ab"),
    st.sampled_from(["=", "!="]),
    st.sampled_from(['"1"', '"2"', "null"]),
)
CONDITIONS = st.lists(ATOMS, min_size=1, max_size=3).map(" and ".join)
WORLDS = [dict(zip("ab", values, strict=True)) for values in product(['"1"', '"2"', '"3"', "null"], repeat=2)]


def true_in(condition: str, world: dict[str, str]) -> bool:
    parts = (part.split() for part in condition.split(" and "))
    return all((world[name] == value) is (sign == "=") for name, sign, value in parts)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(CONDITIONS, st.booleans()), max_size=4), CONDITIONS, st.sampled_from(["", "a", "b"]))
def test_nothing_is_thought_impossible_that_could_be(
    answers: list[tuple[str, bool]], asked: str, reset: str
) -> None:
    facts: Facts = NOTHING
    for condition, answer in answers:
        facts = assume(condition, answer, facts)
    facts = forget(frozenset({reset}) if reset else frozenset(), facts)
    possible = [
        world for world in WORLDS if all(true_in(condition, world) is answer for condition, answer in answers)
    ]
    if reset:
        possible = [{**world, reset: other[reset]} for world in possible for other in WORLDS]
    told = holds(asked, facts)
    for world in possible:
        assert told in (None, true_in(asked, world))
