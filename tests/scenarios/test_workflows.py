"""Every scenario of every procedure: with a restart after every step, or straight through; some on PostgreSQL.

`make scenarios` plays each of them both ways.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bootstrap import build
from engine.config import Settings
from engine.scenarios.load import load_scenario
from engine.scenarios.result import ScenarioResult
from engine.scenarios.run import run_scenario
from engine.scenarios.template import Template
from tests.scenarios.conftest import WORKFLOWS, set_up

ZONE = Settings().timezone
FILES = sorted(WORKFLOWS.glob("*/scenarios/*.yaml"))
NAMES = [f"{path.parts[-3]}/{path.stem}" for path in FILES]


def told(result: ScenarioResult) -> str:
    return "\n".join(result.told(failure, ZONE) for failure in result.failures)


def test_every_procedure_has_scenarios() -> None:
    procedures = {path.parent.name for path in WORKFLOWS.glob("*/*.bpmn")}
    assert procedures == {path.parts[-3] for path in FILES}


@pytest.mark.parametrize("path", FILES[::2], ids=NAMES[::2])
def test_scenario_with_a_restart_after_every_step(path: Path, template: Template) -> None:
    result = template.run(load_scenario(path), restart=True)
    assert result.has_passed, told(result)


@pytest.mark.parametrize("path", FILES[1::2], ids=NAMES[1::2])
def test_scenario_straight_through(path: Path, template: Template) -> None:
    result = template.run(load_scenario(path), restart=False)
    assert result.has_passed, told(result)


@pytest.mark.parametrize("path", FILES[:: len(FILES) // 2 + 1])
def test_on_postgresql(path: Path, postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=postgres_url)
    result = run_scenario(load_scenario(path), lambda clock: build(settings, clock), set_up=set_up, restart=True)
    assert result.has_passed, told(result)
