"""Timers fire in batches: in one transaction, in order, and whatever is broken fails alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.cases.firing import FiringBatch, fire_batch
from engine.cases.start import start_case
from engine.deadlines.fire import fire_due_timers, reconcile
from engine.deadlines.pace import HOLD_SECONDS, MOST, Pace
from engine.errors import StepFailed
from engine.records.case import CaseFile
from engine.records.time import TimerState
from engine.store.statements import count_statements
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form, a_world

HOUR = timedelta(hours=1)


def process(process_id: str, script: str = "{ reminded: true }") -> Bpmn:
    """handle ⏱ PT3H → a script → remembered."""
    diagram = Bpmn(process_id).lane("l", role="receptionist").start("s", form="intake", lane="l")
    diagram.manual("handle", lane="l").end("e", lane="l")
    diagram.timer_boundary("late", on="handle", expression="PT3H", interrupting=False, lane="l")
    return diagram.script("remind", script, lane="l").end("reminded", lane="l")


def thrice(process_id: str) -> Bpmn:
    """handle ⏱ PT2H ⏱ PT1H (not interrupting), ⏱ PT3H interrupting, ⏱ PT4H: never reached."""
    diagram = Bpmn(process_id).lane("l", role="receptionist").start("s", form="intake", lane="l")
    diagram.manual("handle", lane="l").end("e", lane="l")
    for hours in (2, 1, 3, 4):
        diagram.timer_boundary(
            f"after_{hours}", on="handle", expression=f"PT{hours}H", interrupting=hours == 3, lane="l"
        )
        diagram.end(f"end_{hours}", lane="l")
    return diagram


@pytest.fixture(params=["sqlite", "postgres"])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    made = a_world(tmp_path, database_url=url)
    form = a_form(a_field("title", label="标题", required=True))
    for diagram in (process("sound"), process("broken", "{ reminded: title * 2 }"), thrice("thrice")):
        made.deploy(diagram, intake=form)
    yield made
    made.engine.store.close()


def cases(world: World, count: int, procedure: str = "sound") -> list[CaseFile]:
    actor = world.actor("jiedai")
    return [start_case(world.engine, actor, procedure, {"title": "征地补偿"}) for _ in range(count)]


def statements_of_a_batch(world: World, count: int) -> int:
    cases(world, count)
    world.clock.advance(3 * HOUR)
    batch = FiringBatch(world.clock.now())
    with count_statements(world.engine.store) as statements:
        fire_batch(world.engine, batch, worker="w1", limit=MOST, is_by_outage=lambda _timer: False)
    assert len(batch.fired) == count
    return statements.count


def test_a_batch_takes_as_many_statements_for_twenty_timers_as_for_two(world: World) -> None:
    two, twenty = statements_of_a_batch(world, 2), statements_of_a_batch(world, 20)
    assert twenty == two
    assert two <= 8


def test_a_batch_that_fails_leaves_no_trace_and_tells_what_it_tried(world: World) -> None:
    sound, broken = cases(world, 2), cases(world, 1, "broken")
    world.clock.advance(3 * HOUR)
    batch = FiringBatch(world.clock.now())

    with pytest.raises(StepFailed):
        fire_batch(world.engine, batch, worker="w1", limit=MOST, is_by_outage=lambda _timer: False)

    assert {timer.case_id for timer in batch.claimed} == {case.case_id for case in (*sound, *broken)}
    assert not any("TimerFired" in world.events(case) for case in sound)


def test_what_is_broken_fails_alone(world: World) -> None:
    before, broken, after = cases(world, 3), cases(world, 2, "broken"), cases(world, 3)
    world.clock.advance(3 * HOUR)

    report = fire_due_timers(world.engine, worker="w1")

    assert sorted(f.timer.case_id for f in report.fired) == sorted(case.case_id for case in before + after)
    assert sorted(f.timer.case_id for f in report.failed) == sorted(case.case_id for case in broken)
    assert [len(world.view(case).incidents) for case in broken] == [1, 1]
    world.clock.advance(timedelta(minutes=1))
    again = fire_due_timers(world.engine, worker="w1")
    assert (len(again.fired), len(again.failed)) == (0, 2)
    assert [len(world.view(case).incidents) for case in broken] == [1, 1], "one incident, however often it fails"


def test_poison_does_not_use_up_the_sweeps(world: World) -> None:
    """More broken timers than a sweep takes are the oldest, and all come due again together."""
    cases(world, 12, "broken")
    world.clock.advance(timedelta(seconds=1))
    sound = cases(world, 2)
    world.clock.advance(3 * HOUR)

    first = reconcile(world.engine, worker="w1", limit=5)

    assert (len(first.failed), len(first.fired)) == (12, 2)
    later = cases(world, 1)
    world.clock.advance(3 * HOUR)
    again = fire_due_timers(world.engine, worker="w1", limit=13)
    assert (len(again.failed), len(again.fired)) == (12, 1)
    assert all("TimerFired" in world.events(case) for case in (*sound, *later))


def test_timers_of_one_case_fire_in_their_order_and_one_may_end_the_others(world: World) -> None:
    (case,), others = cases(world, 1, "thrice"), cases(world, 2)
    world.clock.advance(5 * HOUR)

    report = fire_due_timers(world.engine, worker="w1")

    fired = [f.timer.element_id for f in report.fired if f.timer.case_id == case.case_id]
    assert fired == ["after_1", "after_2", "after_3"]
    assert len(report.fired) == 3 + len(others)
    states = {timer.element_id: timer.state for timer in world.view(case).timers}
    assert states["after_4"] is TimerState.CANCELLED


def test_the_pace_follows_what_a_batch_took() -> None:
    pace = Pace()
    learnt = []
    for seconds, fired in ((0.001, 10), (HOLD_SECONDS, 4), (10.0, 1), (HOLD_SECONDS / 2, 10), (60.0, 0), (0.0, 1)):
        pace.learn(seconds, fired)
        learnt.append(pace.size)
    assert learnt == [MOST, 4, 1, 20, 20, MOST], "nothing fired: nothing learnt"
