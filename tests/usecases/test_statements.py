"""How many SQL statements a step costs: a bound, whatever lies behind the case."""

from __future__ import annotations

from engine.cases.start import start_case
from engine.records.case import CaseFile
from engine.store.statements import Statements, count_statements
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World

LIMIT = 12


def loop() -> Bpmn:
    """a ⏱ T5 → b ⏱ T5 → a …: each completion ends a task, a timer and a deadline, and starts one of each."""
    diagram = Bpmn("loop").lane("l", role="registrar").start("s", lane="l")
    diagram.exclusive("again", lane="l").manual("a", lane="l", properties={"case_state": "甲"})
    diagram.manual("b", lane="l", properties={"case_state": "乙"}).exclusive("more", default="back", lane="l")
    diagram.flow("more", "again", flow_id="back")
    diagram.end("e", when="started_by = null", lane="l")
    for on in ("a", "b"):
        diagram.timer_boundary(f"due_{on}", on=on, expression='deadline("T5")', interrupting=False, lane="l")
        diagram.end(f"late_{on}", lane="l")
    return diagram


def complete(world: World, case: CaseFile) -> Statements:
    (task,) = world.tasks(case)
    actor = world.actor("dengji")
    with count_statements(world.engine.store) as statements:
        complete_task(world.engine, actor, task.task_id, {})
    return statements


def test_completing_a_task_takes_at_most_twelve_on_the_first_and_the_hundredth_step(world: World) -> None:
    world.deploy(loop())
    case = start_case(world.engine, world.actor("dengji"), "loop", {})

    first = complete(world, case)
    for _ in range(98):
        complete(world, case)
    hundredth = complete(world, case)

    assert first.count <= LIMIT, str(first)
    assert hundredth.count == first.count, str(hundredth)
    assert len(world.view(case).deadlines) == 101
