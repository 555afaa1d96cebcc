"""The linter and the run agree: what passes the linter runs, the constructs that were made right included."""

from __future__ import annotations

from tests.unit.kernel.bpmn_builder import Bpmn, multi_instance
from tests.unit.kernel.instance import Instance
from tests.unit.kernel.lint.linting import found, procedure, task

LINK = '<linkEventDefinition name="A" />'


def test_event_gateway_with_several_timers() -> None:
    diagram = task().event_gateway("g").catch_timer("soon", "PT1H").end("e1")
    diagram = diagram.catch_timer("later", "PT2H", after="g").end("e2")
    assert found(diagram) == []
    instance = Instance(diagram)
    instance.complete("u")
    instance.fire("later")
    assert instance.run.is_ended
    assert instance.changes.ended is not None
    assert instance.changes.ended.outcome == "e2"
    assert instance.armed == {}


def test_links() -> None:
    diagram = task().node("t", "intermediateThrowEvent", body=LINK)
    diagram = diagram.node("c", "intermediateCatchEvent", after=(), body=LINK).user("v", lane="L", form="f").end()
    assert found(diagram) == []
    instance = Instance(diagram)
    instance.complete("u")
    instance.complete("v")
    assert instance.run.is_ended


def test_multi_instance_by_number_with_results_also_when_it_runs_again() -> None:
    loop = multi_instance(times="2", output="answers", output_item="kind")
    diagram = procedure().user("u", lane="L", form="f", loop=loop).exclusive("g", default="no")
    diagram = diagram.end("e", flow="no").flow("g", "u", when='answers[1] = "again"')
    assert found(diagram) == []
    instance = Instance(diagram)
    for answer in ("again", "b", "c", "d"):
        instance.complete("u", kind=answer)
    assert instance.run.is_ended
    assert instance.run.data["answers"] == ["c", "d"]


def test_scripts_of_events_run() -> None:
    scripts = [
        "<spiffworkflow:preScript>{ first: 1 }</spiffworkflow:preScript>",
        "<spiffworkflow:postScript>{ second: first + answer }</spiffworkflow:postScript>",
    ]
    diagram = procedure().message("m")
    diagram = diagram.catch_message("c", "m", extensions=scripts, properties={"inputs": "answer"})
    assert found(diagram.manual("u", lane="L").end()) == []
    instance = Instance(diagram)
    instance.deliver("c", answer=2)
    instance.complete("u")
    assert instance.run.data["second"] == 3


def test_a_path_too_long_for_the_engine_is_a_finding() -> None:
    assert found(chain(200)) == []
    assert found(chain(600)) == [("too-long", None)]


def chain(length: int) -> Bpmn:
    diagram = procedure()
    for i in range(length):
        diagram.manual(f"u{i}", lane="L")
    return diagram.end()
