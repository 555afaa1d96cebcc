"""The command line, as a new operator types it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import duban
from engine.errors import InvalidDiagram, InvalidFile
from tests.unit.kernel.bpmn_builder import Bpmn

ROOT = Path(__file__).parents[2]
OFFICE = """
units:
  - {code: zrzyj, name: 自然资源局}
people:
  - {username: gao.yuan, name: 高原, unit: zrzyj, grants: [resp_dept@zrzyj]}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("DUBAN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DUBAN_DATABASE_URL", raising=False)

    def run_(*arguments: object) -> Result:
        return CliRunner().invoke(duban, [str(argument) for argument in arguments])

    return run_


def test_every_command_says_what_it_does_in_both_languages() -> None:
    for command in duban.commands.values():
        assert command.help
        assert any("\u4e00" <= character <= "\u9fff" for character in command.help), command.name


def test_the_help_names_every_setting() -> None:
    read = set(re.findall(r"DUBAN_[A-Z_]+", (ROOT / "engine" / "config.py").read_text("utf-8")))
    assert read - {"DUBAN_DEMO"} <= set(re.findall(r"DUBAN_[A-Z_]+", duban.help or ""))


def test_an_office_is_set_up_once_and_its_password_shown_once(run) -> None:
    first = run("init", "--office", "青山县信访局")
    assert first.exit_code == 0, first.output
    assert "信访办理主流程" in first.output
    password = next(line for line in first.output.splitlines() if "password" in line)
    second = run("init", "--office", "青山县信访局")
    assert second.exit_code == 1
    assert "未作改动" in second.output
    assert password not in second.output


def test_people_of_a_file_are_added_and_those_who_are_there_are_left(run, tmp_path: Path) -> None:
    run("init", "--office", "青山县信访局")
    file = tmp_path / "office.yaml"
    file.write_text(OFFICE, "utf-8")
    first = run("office", "load", file)
    assert first.exit_code == 0, first.output
    assert "gao.yuan" in first.output
    second = run("office", "load", file)
    assert "新增 0 个单位、0 人" in second.output
    # the way back in when no administrator can log in
    username, _, password = run("office", "password", "admin").output.strip().split("\t")
    assert (username, len(password)) == ("admin", 14)
    assert run("office", "password", "nobody").exit_code == 1


def test_an_office_file_that_is_wrong_names_the_entry(run, tmp_path: Path) -> None:
    run("init", "--office", "青山县信访局")
    file = tmp_path / "office.yaml"
    file.write_text(OFFICE.replace("unit: zrzyj,", "unit: zryj,"), "utf-8")
    result = run("office", "load", file)
    assert isinstance(result.exception, InvalidFile)
    assert "zryj" in result.exception.message.zh
    assert "gao.yuan" in result.exception.message.zh


def test_serving_needs_an_office(run) -> None:
    result = run("serve")
    assert result.exit_code == 1
    assert "duban init" in result.output


def test_a_procedure_is_checked_with_every_finding(run, tmp_path: Path) -> None:
    run("init", "--office", "青山县信访局")
    good = run("check", ROOT / "workflows" / "supervision_order")
    assert (good.exit_code, "可以部署" in good.output) == (0, True), good.output
    folder = tmp_path / "broken"
    folder.mkdir()
    diagram = Bpmn("broken").start("s").user("work", form="nowhere").node("odd", "complexGateway").end("e")
    (folder / "broken.bpmn").write_bytes(diagram.xml())
    bad = run("check", folder)
    assert bad.exit_code == 1
    assert "nowhere" in bad.output
    assert "odd" in bad.output
    refused = run("deploy", folder)
    assert isinstance(refused.exception, InvalidDiagram)


def test_scenarios_are_counted(run, tmp_path: Path) -> None:
    good = ROOT / "workflows" / "onsite_response" / "scenarios" / "declined.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text(good.read_text("utf-8").replace("end_declined", "end_met"), "utf-8")
    result = run("scenario", "run", "--quiet", good, bad)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == "2 passed, 2 failed"
    assert f"{bad}:" in result.output


def test_the_audit_chains_of_a_new_office_are_whole(run) -> None:
    run("init", "--office", "青山县信访局")
    result = run("audit", "verify")
    assert result.exit_code == 0, result.output
    assert "0 处断链" in result.output
