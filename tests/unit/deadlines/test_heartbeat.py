from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.deadlines.fire import FireReport, last_heartbeat
from engine.edge import scheduler
from engine.edge.scheduler import Heartbeat
from engine.ports.engine import Engine
from tests.worlds import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = a_world(tmp_path)
    yield made
    made.engine.store.close()


def test_it_reconciles_and_then_beats_on_after_a_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    beats = []
    third = threading.Event()

    def stumbling(engine: Engine, *, worker: str) -> FireReport:
        beats.append(worker)
        if len(beats) == 3:
            third.set()
        if len(beats) < 3:
            raise RuntimeError("boom")
        return FireReport()

    monkeypatch.setattr(scheduler, "fire_due_timers", stumbling)
    quick = replace(world.engine, settings=replace(world.engine.settings, heartbeat_seconds=0.01))
    heartbeat = Heartbeat(quick, worker="w1")
    assert last_heartbeat(world.engine) is None
    heartbeat.start()
    try:
        assert last_heartbeat(world.engine) == world.clock.now(), "reconciled before the first beat"
        assert third.wait(timeout=10)
        assert heartbeat.next_beat_at is not None
    finally:
        heartbeat.stop()
    assert set(beats) == {"w1"}
    assert heartbeat.next_beat_at is None


def test_stopping_twice_or_before_the_start_is_harmless(world: World) -> None:
    heartbeat = Heartbeat(world.engine)
    heartbeat.stop()
    heartbeat.start()
    heartbeat.stop()
    heartbeat.stop()


def test_one_beat_leaves_the_mark(world: World) -> None:
    Heartbeat(world.engine).beat()
    assert last_heartbeat(world.engine) == world.clock.now()
