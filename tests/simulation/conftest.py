"""An installed office to simulate on, and scratch databases beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.ports.engine import Engine
from engine.sample.setup import set_up_sample
from engine.scenarios.stage import EngineFactory
from engine.simulation.answers import read_answers
from engine.simulation.model import Answers, Entry, Simulation
from engine.simulation.simulate import answerable, simulate
from engine.simulation.simulation_json import written
from tests.unit.clock.days import ZONE, at
from tests.worlds import World, enter_world

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def installed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office and the procedures that ship."""
    home = tmp_path_factory.mktemp("simulated")
    world = enter_world(home)
    set_up_sample(world.engine, password=None)
    world.close()
    return home


@pytest.fixture
def office(tmp_path: Path, installed_home: Path) -> Iterator[World]:
    home = tmp_path / "home"
    shutil.copytree(installed_home, home)
    world = enter_world(home)
    yield world
    world.close()


@pytest.fixture
def scratch(tmp_path: Path, sqlite_template: Path) -> EngineFactory:
    """Databases with their schema, else empty."""
    numbers = count(1)

    def factory(clock: ManualClock) -> Engine:
        home = tmp_path / f"scratch-{next(numbers)}"
        home.mkdir(mode=0o700)
        shutil.copyfile(sqlite_template, home / sqlite_template.name)
        return build(Settings(home=home), clock)

    return factory


@pytest.fixture
def play(office: World, scratch: EngineFactory) -> Callable[..., Simulation]:
    """Plays a procedure from a local start: `play("onsite_response", "2026-10-03 09:20", "screen: never")`."""

    def play(procedure: str, start: str, text: str = "", until: str | None = None) -> Simulation:
        answers = answers_of(office.engine, text) if text else None
        end: datetime | None = at(until) if until else None
        return simulate(office.engine, None, procedure, at(start), answers, scratch=scratch, until=end)

    return play


def answers_of(engine: Engine, text: str) -> Answers:
    return read_answers(text.encode(), "answers.yaml", ZONE, answerable(engine))


def told(simulation: Simulation, *kinds: str) -> list[tuple[str, str, str]]:
    """Written instant, rule or element, and message of the entries of these kinds."""
    return [(_written(e), e.rule or e.element, e.message.zh) for e in simulation.entries if e.kind in kinds]


def _written(entry: Entry) -> str:
    day, hour = written(entry.at, ZONE, ends_day=entry.ends_day)
    return f"{day.isoformat()} {hour}"
