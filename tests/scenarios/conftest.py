from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.bootstrap import build
from engine.definitions.deploy import deploy_procedure
from engine.ports.engine import Engine
from engine.sample.setup import set_up_sample
from engine.scenarios.load import read_scenario
from engine.scenarios.result import ScenarioResult
from engine.scenarios.template import Template
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import a_field, a_form, files_of

HEADER = "procedure: visit\ntitle: 试验\nstart: 2025-09-26 09:00\nsteps:\n"


def visit() -> Bpmn:
    """A registrar's task, due the next working day, with a reminder that notifies the chief and issues a paper."""
    return (
        Bpmn("visit", name="来访")
        .lane("reception", role="receptionist")
        .lane("registry", role="registrar")
        .start("start", form="intake", lane="reception")
        .user("check", name="核对", form="check", lane="registry")
        .script("note", '{ mark: if opinion = "坏" then opinion * 2 else 1 }', lane="registry")
        .end("done", name="办结", lane="registry")
        .timer_boundary(
            "late", on="check", expression='deadline("T5D")', interrupting=False, lane="registry", name="逾期"
        )
        .service("tell", "notify", {"role": '"chief"', "topic": '"overdue"'}, lane="registry")
        .service("warn", "issue_paper", {"kind": '"催办单"', "title": '"催办单"'}, lane="registry")
        .end("warned", lane="registry")
    )


def set_up(engine: Engine) -> None:
    set_up_sample(engine, password=None)
    forms = {
        "intake": a_form(a_field("title", label="标题", required=True)),
        "check": a_form(a_field("opinion", label="意见", required=True)),
    }
    deploy_procedure(engine, None, "visit", files_of(visit(), **forms))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The sample office with the shipped procedures, and `visit`."""
    return Template(build, set_up, tmp_path_factory.mktemp("scenarios"))


Play = Callable[..., ScenarioResult]


@pytest.fixture
def play(template: Template) -> Play:
    """Runs the steps given as YAML on `visit`."""

    def play_steps(steps: str, *, restart: bool = False) -> ScenarioResult:
        return template.run(read_scenario((HEADER + steps).encode(), "x.yaml"), restart=restart)

    return play_steps


WORKFLOWS = Path(__file__).parents[2] / "workflows"
