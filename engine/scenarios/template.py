"""A prepared database that every scenario gets a copy of: setting up is done once, not for each run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from engine.clock.fixed import ManualClock
from engine.clock.port import Clock
from engine.config import Settings
from engine.ports.engine import Engine
from engine.scenarios.model import Scenario
from engine.scenarios.result import ScenarioResult
from engine.scenarios.run import run_scenario
from engine.scenarios.stage import EngineFactory, SetUp

Build = Callable[[Settings, Clock], Engine]

BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
"""When the office was set up: before every scenario."""


class Template:
    """An embedded database in `home`/template, and its copies beside it."""

    def __init__(self, build: Build, set_up: SetUp, home: Path, settings: Settings | None = None) -> None:
        self._build = build
        self._home = home
        self._settings = replace(settings or Settings(), database_url="")
        self._numbers = count(1)
        engine = self._factory(self._template)(ManualClock(BEFORE))
        try:
            set_up(engine)
        finally:
            engine.store.close()

    def run(self, scenario: Scenario, *, restart: bool = False) -> ScenarioResult:
        """Runs a scenario on a copy of its own, which is removed afterwards."""
        copy = self._home / f"run-{next(self._numbers)}"
        shutil.copytree(self._template, copy)
        try:
            return run_scenario(scenario, self._factory(copy), set_up=_is_set_up, restart=restart)
        finally:
            shutil.rmtree(copy)

    @property
    def _template(self) -> Path:
        return self._home / "template"

    def _factory(self, home: Path) -> EngineFactory:
        settings = replace(self._settings, home=home)
        return lambda clock: self._build(settings, clock)


def _is_set_up(engine: Engine) -> None:
    """The copy holds everything already."""
