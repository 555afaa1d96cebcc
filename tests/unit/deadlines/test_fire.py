"""The sweep over the ledger, on a real engine: once, oldest first, and no timer holds up another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.bootstrap import build
from engine.cases.start import start_case
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.deadlines.fire import FireReport, fire_due_timers, last_heartbeat, reconcile
from engine.deadlines.outage import leave_mark
from engine.kernel.changes import Changes
from engine.kernel.run import Run
from engine.records.case import CaseFile
from engine.records.time import Timer
from tests.conftest import START
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form, a_world

HOUR = timedelta(hours=1)


def watched(process_id: str, reminder: str) -> Bpmn:
    """A task with a reminder after three hours, which runs a script."""
    return (
        Bpmn(process_id, name="提醒")
        .lane("reception", role="receptionist")
        .start("start", form="intake", lane="reception")
        .manual("handle", name="办理", lane="reception")
        .end("end", lane="reception")
        .timer_boundary("late", on="handle", expression="PT3H", interrupting=False, lane="reception")
        .script("remind", reminder, lane="reception")
        .end("reminded", lane="reception")
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of an installation with the two procedures."""
    home = tmp_path_factory.mktemp("prepared")
    deploy_both(made := a_world(home))
    made.engine.store.close()
    return home


@pytest.fixture
def world(prepared: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    clock = ManualClock(START)
    made = World(build(Settings(home=tmp_path), clock), clock)
    yield made
    made.engine.store.close()


def deploy_both(world: World) -> None:
    form = a_form(a_field("title", label="标题", required=True))
    world.deploy(watched("sound", "{ reminded: true }"), intake=form)
    world.deploy(watched("broken", "{ reminded: title * 2 }"), intake=form)


def a_case(world: World, procedure: str = "sound") -> CaseFile:
    return start_case(world.engine, world.actor("jiedai"), procedure, {"title": "征地补偿"})


def timer(world: World, case: CaseFile) -> Timer:
    (found,) = world.view(case).timers
    return found


def sweep(world: World, worker: str = "w1") -> FireReport:
    return fire_due_timers(world.engine, worker=worker)


def test_nothing_fires_before_it_is_due(world: World) -> None:
    case = a_case(world)
    world.clock.advance(3 * HOUR - timedelta(microseconds=1))
    assert sweep(world) == FireReport()
    assert timer(world, case).state.value == "waiting"


def test_a_due_timer_fires_once_and_the_ledger_says_how_late(world: World) -> None:
    case = a_case(world)
    world.clock.advance(3 * HOUR + timedelta(seconds=90))

    report = sweep(world)

    assert [(f.timer.element_id, f.late, f.by_outage) for f in report.fired] == [
        ("late", timedelta(seconds=90), False)
    ]
    row = timer(world, case)
    assert (row.state.value, row.fired_at, row.late_seconds) == ("fired", world.clock.now(), 90.0)
    assert (row.worker, row.by_outage, row.attempts) == ("w1", False, 0)
    assert sweep(world) == FireReport()


def test_the_oldest_fires_first(world: World) -> None:
    cases = []
    for _ in range(3):
        cases.append(a_case(world))
        world.clock.advance(HOUR)
    world.clock.advance(5 * HOUR)
    assert [f.timer.case_id for f in sweep(world).fired] == [case.case_id for case in cases]


def test_a_limit_leaves_the_rest_for_the_next_sweep(world: World) -> None:
    for _ in range(3):
        a_case(world)
    world.clock.advance(3 * HOUR)
    reports = [fire_due_timers(world.engine, worker="w", limit=2) for _ in range(3)]
    assert [len(report.fired) for report in reports] == [2, 1, 0]


def test_what_fell_due_during_an_outage_fires_at_the_start_and_is_marked(world: World) -> None:
    before = a_case(world)
    world.clock.advance(3 * HOUR)
    during = a_case(world)
    with world.engine.store.write() as work:
        leave_mark(work, "w1", world.clock.now(), fired=0, failed=0)
    world.clock.advance(4 * HOUR)

    report = reconcile(world.engine, worker="w2")

    assert [(f.timer.case_id, f.by_outage) for f in report.fired] == [
        (before.case_id, False),
        (during.case_id, True),
    ]
    assert (timer(world, during).by_outage, timer(world, during).late_seconds) == (True, 3600.0)
    assert reconcile(world.engine, worker="w2") == FireReport()
    assert last_heartbeat(world.engine) == world.clock.now()


def test_a_firing_that_fails_backs_off_and_holds_up_no_other(world: World) -> None:
    poison, sound = a_case(world, "broken"), a_case(world)
    world.clock.advance(3 * HOUR)

    report = sweep(world)

    assert [f.timer.case_id for f in report.failed] == [poison.case_id]
    assert [f.timer.case_id for f in report.fired] == [sound.case_id]
    row = timer(world, poison)
    assert (row.state.value, row.attempts, row.retry_at) == ("waiting", 1, world.clock.now() + timedelta(minutes=1))
    (incident,) = world.view(poison).incidents
    assert (incident.element_id, incident.state) == ("remind", "open")
    assert sweep(world) == FireReport(), "not before its retry"


def test_it_is_tried_again_at_growing_intervals_with_one_incident(world: World) -> None:
    poison = a_case(world, "broken")
    world.clock.advance(3 * HOUR)
    waits = []
    for _ in range(6):
        assert len(sweep(world).failed) == 1
        retry_at = timer(world, poison).retry_at
        assert retry_at is not None
        waits.append((retry_at - world.clock.now()) / timedelta(minutes=1))
        world.clock.move_to(retry_at)
    assert waits == [1, 5, 15, 60, 240, 240]
    assert len(world.view(poison).incidents) == 1


def test_a_bug_in_one_firing_is_an_incident_of_that_timer_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = a_case(world), a_case(world)
    world.clock.advance(3 * HOUR)
    real = Run.fire

    def stumbling(run: Run, timer_id: str, now: datetime) -> Changes:
        if timer_id == broken:
            raise RuntimeError("boom")
        return real(run, timer_id, now)

    broken = timer(world, first).timer_id
    monkeypatch.setattr(Run, "fire", stumbling)
    report = sweep(world)

    assert [f.timer.case_id for f in report.failed] == [first.case_id]
    assert [f.timer.case_id for f in report.fired] == [second.case_id]
    (incident,) = world.view(first).incidents
    assert "boom" in incident.reason_en
    assert timer(world, first).attempts == 1


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_many_workers_fire_each_timer_once(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgres" else ""
    world = a_world(tmp_path, database_url=url)
    deploy_both(world)
    cases = [a_case(world) for _ in range(12)]
    world.clock.advance(4 * HOUR)
    with ThreadPoolExecutor(4) as pool:
        sweeps = list(pool.map(lambda n: sweep(world, f"w{n}"), range(4)))
    sweeps.append(sweep(world, "last"))

    fired = [f.timer.case_id for report in sweeps for f in report.fired]
    assert sorted(fired) == sorted(case.case_id for case in cases)
    assert not any(report.failed for report in sweeps)
    assert [world.events(case).count("TimerFired") for case in cases] == [1] * 12
    world.engine.store.close()
