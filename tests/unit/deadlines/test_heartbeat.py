from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base
import pytest

from engine.deadlines.fire import FireReport, last_heartbeat
from engine.edge import timer_sweep
from engine.edge.scheduler import Heartbeat
from engine.edge.timer_sweep import TimerSweep
from engine.ports.engine import Engine
from tests.worlds import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = a_world(tmp_path)
    yield made
    made.engine.store.close()


def quick(world: World) -> Engine:
    return replace(world.engine, settings=replace(world.engine.settings, heartbeat_seconds=0.01))


def test_it_looks_at_once_and_then_beats_on_after_a_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    beats = []
    fourth = threading.Event()

    def stumbling(engine: Engine, *, worker: str, watched: bool) -> FireReport:
        beats.append((worker, watched))
        if len(beats) == 4:
            fourth.set()
        if 1 < len(beats) < 4:
            raise RuntimeError("boom")
        return FireReport()

    monkeypatch.setattr(timer_sweep, "fire_due_timers", stumbling)
    heartbeat = Heartbeat(quick(world), worker="w1")
    heartbeat.start()
    try:
        assert beats[0] == ("w1", False), "before the first beat; the marks tell of an outage"
        assert fourth.wait(timeout=10)
        assert heartbeat.next_beat_at is not None
    finally:
        heartbeat.stop()
    assert set(beats[1:]) == {("w1", True)}
    assert heartbeat.next_beat_at is None


def test_stopping_twice_or_before_the_start_is_harmless(world: World) -> None:
    heartbeat = Heartbeat(world.engine)
    heartbeat.stop()
    heartbeat = Heartbeat(world.engine)
    heartbeat.start()
    heartbeat.stop()
    heartbeat.stop()


def test_one_beat_leaves_the_mark(world: World) -> None:
    assert last_heartbeat(world.engine) is None
    Heartbeat(world.engine).beat()
    assert last_heartbeat(world.engine) == world.clock.now()


@pytest.mark.parametrize("shift", [timedelta(hours=-1), timedelta(days=-1), timedelta(hours=1), timedelta(days=1)])
def test_it_beats_on_when_the_machines_clock_is_set(
    world: World, monkeypatch: pytest.MonkeyPatch, shift: timedelta
) -> None:
    """APScheduler plans by the wall clock: set back by a day, it alone would wait for a day."""
    moved: list[timedelta] = []

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) + sum(moved, timedelta())

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Shifted)
    beats = 0
    seen = threading.Condition()

    def beat(engine: Engine, *, worker: str, watched: bool) -> FireReport:
        nonlocal beats
        with seen:
            beats += 1
            seen.notify_all()
        return FireReport()

    monkeypatch.setattr(timer_sweep, "fire_due_timers", beat)
    heartbeat = Heartbeat(quick(world))
    heartbeat.start()
    try:
        with seen:
            assert seen.wait_for(lambda: beats > 3, timeout=10)
            moved.append(shift)
            at_the_change = beats
            assert seen.wait_for(lambda: beats > at_the_change + 5, timeout=10)
    finally:
        heartbeat.stop()


def test_after_a_long_silence_the_marks_decide(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [1000.0]
    asked: list[bool] = []

    def sweep(engine: Engine, *, worker: str, watched: bool) -> FireReport:
        asked.append(watched)
        return FireReport()

    monkeypatch.setattr(timer_sweep, "elapsed", lambda: at[0])
    monkeypatch.setattr(timer_sweep, "fire_due_timers", sweep)
    beat = TimerSweep(world.engine, "w1")
    for seconds in (0, 1, 59, 61):
        at[0] += seconds
        beat()
    assert asked == [False, True, True, False], "at the start, and after the process was stopped for a minute"
