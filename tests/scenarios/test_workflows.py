"""Every scenario of every procedure: with a restart after every step, or straight through; some on PostgreSQL.

`make scenarios` plays each of them both ways.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

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


def test_what_forms_say_is_said_in_both_languages_and_shown() -> None:
    """A text names no answer of a field that the same form hides: the browser leaves its place empty."""
    for path in sorted(WORKFLOWS.glob("*/forms/*.form.json")):
        components = list(_components(json.loads(path.read_text(encoding="utf-8"))))
        for component in components:
            wanted = {f"{name}_en" for name in ("label", "description", "text") if component.get(name)}
            assert wanted <= component.get("properties", {}).keys(), f"{path.name}: {component['id']}"
        hidden = {c["key"] for c in components if c.get("key") and c.get("conditional")}
        named = {name for c in components for name in re.findall(r"\{\{(\w+)\}\}", str(c.get("text", "")))}
        assert not named & hidden, path.name


def _components(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for component in node.get("components", ()):
        yield component
        yield from _components(component)


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
