"""Killed in the middle of a migration: no case is half moved, and whoever comes next moves the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.audit.verify import verify_all
from engine.cases.moving.progress import advance_runs
from engine.cases.moving.runs import Choice, begin_migration
from engine.cases.start import start_case
from engine.config import Settings
from engine.records.moving import Outcome, RunState
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import a_world

ROOT = Path(__file__).parents[2]


def drawn(step: str) -> Bpmn:
    diagram = Bpmn("line", name="直线").lane("l", role="registrar").start("s", lane="l").manual(step, lane="l")
    diagram.end("e", lane="l")
    diagram.timer_boundary("due", on=step, expression='deadline("T5")', interrupting=False, lane="l")
    return diagram.end("late", lane="l")


def test_a_kill_leaves_every_case_moved_or_as_it_was(sqlite_settings: Settings) -> None:
    home = sqlite_settings.home
    world = a_world(home)
    world.deploy(drawn("a"))
    cases = [start_case(world.engine, world.actor("dengji"), "line", {}) for _ in range(4)]
    target = world.deploy(drawn("b")).definition_id
    choice = Choice(mapping={"a": "b"})
    run = begin_migration(world.engine, world.actor("admin"), target, choice, "改版")

    command = [sys.executable, "-m", "tests.chaos.migrating", str(home), "1"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, encoding="utf-8", **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written, not committed\n"
        process.kill()
    with world.engine.store.read() as work:
        assert work.moving.counts(run.run_id) == {Outcome.MOVED: 1, Outcome.WAITING: 3}
    assert sorted(world.tasks(case)[0].element_id for case in cases) == ["a", "a", "a", "b"]
    assert verify_all(world.engine)[1] == []

    while advance_runs(world.engine):
        pass
    with world.engine.store.read() as work:
        found = work.moving.get(run.run_id)
        assert work.moving.counts(run.run_id) == {Outcome.MOVED: 4}
    assert found is not None
    assert found.state is RunState.DONE
    assert {world.tasks(case)[0].element_id for case in cases} == {"b"}
    assert verify_all(world.engine)[1] == []
    world.close()
