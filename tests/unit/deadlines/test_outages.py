"""Three days down, a clock that is set: nothing twice, nothing missed, and the report says what was late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.cases.start import start_case
from engine.deadlines.fire import fire_due_timers, last_heartbeat, reconcile
from engine.deadlines.ledger import read_ledger, read_outage
from engine.errors import Forbidden, NotFound
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.ledger import LedgerQuery
from engine.records.step import CaseUpdate, StepBatch
from engine.records.time import Outage, TimerState
from tests.builders import next_step
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form, a_world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def reminded(process_id: str = "reminded", hours: tuple[int, ...] = (3,)) -> Bpmn:
    """handle ⏱ after so many hours each → tells the supervisors; with a deadline T4."""
    diagram = Bpmn(process_id).lane("l", role="receptionist").start("s", form="intake", lane="l")
    diagram.manual("handle", name="办理", lane="l").end("e", lane="l")
    for n in hours:
        diagram.timer_boundary(
            f"t{n}", on="handle", expression=f"PT{n}H", interrupting=False, name="催办", lane="l"
        )
        diagram.service(f"tell{n}", "notify", {"role": '"supervisor"', "topic": '"催办"'}, lane="l")
        diagram.end(f"told{n}", lane="l")
    diagram.timer_boundary(
        "due", on="handle", expression='deadline("T4")', kind="timeDate", interrupting=False, lane="l"
    )
    return diagram.end("late", lane="l")


@pytest.fixture(params=["sqlite", "postgres"])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    made = a_world(tmp_path, database_url=url)
    form = a_form(a_field("title", label="标题", required=True))
    for diagram in (reminded(), reminded("often", (3, 20, 60))):
        made.deploy(diagram, intake=form)
    yield made
    made.engine.store.close()


def a_case(world: World, procedure: str = "reminded") -> CaseFile:
    return start_case(world.engine, world.actor("jiedai"), procedure, {"title": "征地补偿"})


def outages(world: World) -> tuple[Outage, ...]:
    return read_ledger(world.engine, world.actor("shenji"), LedgerQuery()).outages


def confidential(work: UnitOfWork, instance_id: str) -> StepBatch:
    locked = work.instances.lock(instance_id)
    assert locked is not None
    instance, case = locked
    return next_step(instance, case_update=CaseUpdate(case.case_id, confidential=True))


def firings(world: World, case: CaseFile) -> int:
    return world.events(case).count("TimerFired")


def test_three_days_down(world: World) -> None:
    often, once = a_case(world, "often"), a_case(world)
    due = [d.legal_due for d in world.view(once).deadlines]
    fire_due_timers(world.engine, worker="w1")
    down_from = world.clock.now()
    world.clock.advance(3 * DAY)

    report = reconcile(world.engine, worker="w2", limit=2)

    assert [f.late for f in report.fired] == [69 * HOUR, 69 * HOUR, 52 * HOUR, 12 * HOUR], "oldest first"
    assert all(f.by_outage for f in report.fired)
    assert (firings(world, often), firings(world, once)) == (3, 1)
    (outage,) = outages(world)
    assert (outage.down_from, outage.up_at) == (down_from, world.clock.now())
    assert (outage.fired, outage.failed, outage.worst_seconds) == (4, 0, (69 * HOUR).total_seconds())
    assert [d.legal_due for d in world.view(once).deadlines] == due, "deadlines do not move"
    assert not reconcile(world.engine, worker="w2").fired
    assert outages(world) == (outage,)


def test_the_report_tells_whom_it_touched_to_those_who_may_see_the_case(world: World) -> None:
    a_case(world)
    fire_due_timers(world.engine, worker="w1")
    world.clock.advance(DAY)
    reconcile(world.engine, worker="w1")
    (outage,) = outages(world)

    (row,) = read_outage(world.engine, world.actor("shenji"), outage.outage_id).timers
    with world.engine.store.read() as work:
        names = tuple(person.name for person in work.org.holders("supervisor", "xfj"))
    assert names
    assert (row.case_title, row.told, row.holders) == ("征地补偿", names, ())
    assert [role for role, _ in row.posts] == ["receptionist"]
    with world.engine.store.write() as work:
        work.instances.save_step(confidential(work, row.timer.instance_id))
    (hidden,) = read_outage(world.engine, world.actor("admin"), outage.outage_id).timers
    assert (hidden.is_visible, hidden.case_title, hidden.told, hidden.posts) == (False, None, (), ())
    with pytest.raises(Forbidden):
        read_outage(world.engine, world.actor("jiedai"), outage.outage_id)
    with pytest.raises(NotFound):
        read_outage(world.engine, world.actor("shenji"), "none")


def test_a_short_restart_is_no_outage_and_the_first_start_neither(world: World) -> None:
    a_case(world)
    world.clock.advance(3 * HOUR)
    assert [f.by_outage for f in reconcile(world.engine, worker="w1").fired] == [False]
    world.clock.advance(timedelta(seconds=60))
    reconcile(world.engine, worker="w1")
    assert outages(world) == ()


def test_while_another_worker_looks_it_is_no_outage(world: World) -> None:
    for _ in range(5):
        world.clock.advance(timedelta(seconds=50))
        fire_due_timers(world.engine, worker="w1")
    fire_due_timers(world.engine, worker="w2", watched=False)
    assert outages(world) == ()


def test_two_workers_that_wake_together_note_one_outage_and_go_on_with_it_after_a_crash(world: World) -> None:
    for _ in range(4):
        a_case(world)
    fire_due_timers(world.engine, worker="w1")
    world.clock.advance(DAY)
    first = fire_due_timers(world.engine, worker="w1", watched=False, limit=1)
    second = fire_due_timers(world.engine, worker="w2", watched=False, limit=2)
    later = fire_due_timers(world.engine, worker="w3", watched=False)
    assert [f.by_outage for r in (first, second, later) for f in r.fired] == [True] * 4
    (outage,) = outages(world)
    assert outage.fired == 4


@pytest.mark.parametrize("shift", [-HOUR, HOUR, -DAY, DAY])
def test_a_clock_that_is_set_fires_nothing_twice_and_misses_nothing(world: World, shift: timedelta) -> None:
    early = a_case(world)
    world.clock.advance(3 * HOUR)
    fire_due_timers(world.engine, worker="w1")
    assert firings(world, early) == 1
    late = a_case(world)
    due_at = world.clock.now() + 3 * HOUR

    world.clock.set_to(world.clock.now() + shift)
    fire_due_timers(world.engine, worker="w1")
    assert last_heartbeat(world.engine) == world.clock.now(), "a mark from the future is replaced"
    world.clock.set_to(world.clock.now() - shift)
    fire_due_timers(world.engine, worker="w1")
    world.clock.set_to(due_at)
    fire_due_timers(world.engine, worker="w1")

    assert (firings(world, early), firings(world, late)) == (1, 1)
    states = [t.state for t in world.view(late).timers if t.element_id == "t3"]
    assert states == [TimerState.FIRED]
    assert outages(world) == (), "this process was there all the time"


def test_a_restart_under_a_mark_from_the_future_goes_on(world: World) -> None:
    world.clock.advance(DAY)
    fire_due_timers(world.engine, worker="w1")
    world.clock.set_to(world.clock.now() - DAY)
    case = a_case(world)
    world.clock.advance(3 * HOUR)
    assert len(reconcile(world.engine, worker="w2").fired) == 1
    assert (firings(world, case), outages(world)) == (1, ())
