"""The commands of a cluster say what they need; what they do is tried by tests/chaos."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import duban
from engine.definitions import deploy as deploying
from tests.worlds import enter_world

UNITS = Path(__file__).parents[2] / "deploy"


def run(home: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner(env={"DUBAN_HOME": str(home), "DUBAN_CLUSTER": "", **environment}).invoke(
        duban, list(arguments)
    )
    return result.exit_code, result.output


def test_a_worker_needs_a_cluster(tmp_path: Path) -> None:
    code, output = run(tmp_path, "worker")
    assert code == 2
    assert "DUBAN_CLUSTER=1" in output
    assert "请先设置" in output


@pytest.mark.parametrize("command", ["worker", "serve", "migrate"])
def test_a_cluster_needs_postgresql(tmp_path: Path, command: str) -> None:
    code, output = run(tmp_path, command, DUBAN_CLUSTER="1")
    assert code == 2
    assert "DUBAN_DATABASE_URL=postgresql://" in output
    assert not list(tmp_path.iterdir())


def test_under_a_wsgi_server_somebody_must_fire_the_timers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_HOME", str(tmp_path))
    monkeypatch.setenv("DUBAN_CLUSTER", "")
    with pytest.raises(ValueError, match="duban worker"):
        importlib.import_module("web.wsgi")


def test_migrate_brings_schema_and_procedures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = run(tmp_path, "migrate")
    assert code == 0, output
    assert "petition_main" in output
    assert "v1" in output
    checked: list[str] = []
    monkeypatch.setattr(deploying, "deploy_procedure", lambda _engine, _actor, key, _files: checked.append(key))
    again = run(tmp_path, "migrate")
    assert again == (0, output), "once more changes nothing"
    assert checked == [], "what is there already is not even checked"
    world = enter_world(tmp_path)
    with world.engine.store.read() as work:
        assert {summary.version for summary in work.definitions.list(world.engine.clock.now())} == {1}
    world.close()


def test_the_units_name_settings_and_commands_that_are_there() -> None:
    environment = (UNITS / "duban.env").read_text()
    named = {
        line.lstrip("#").partition("=")[0] for line in environment.splitlines() if "DUBAN_" in line.split("=")[0]
    }
    web, worker = (UNITS / "duban-web.service").read_text(), (UNITS / "duban-worker@.service").read_text()
    used = {name for name in ("DUBAN_BIND", "DUBAN_WEB_PROCESSES") if f"${{{name}}}" in web}
    assert used == {"DUBAN_BIND", "DUBAN_WEB_PROCESSES"}
    assert used <= named
    settings = (UNITS.parent / "engine" / "config.py").read_text()
    assert {name for name in named - used if name not in settings} == set()
    assert "web.wsgi:application" in web
    assert " worker --name " in worker
