"""`duban simulate` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import duban
from tests.simulation.conftest import HERE


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUBAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("DUBAN_DATABASE_URL", raising=False)
    return tmp_path / "home"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(duban, ["simulate", *(str(argument) for argument in arguments)])


def test_a_table_by_day_on_the_sample_office_and_no_installation_is_made(home: Path) -> None:
    result = run("onsite_response", "--start", "2026-10-03T09:20", "--until", "2026-10-03T12:30")
    assert result.exit_code == 0, result.output
    for words in ("示例机关", "2026-10-03 星期六 休息", "12:20", "三小时到场 到期未办结", "之后还有等待的事项"):
        assert words in " ".join(result.stdout.split()), result.stdout
    assert not home.exists()


def test_json_with_answers(home: Path) -> None:
    result = run(
        "petition_main", "--start", "2025-09-26T09:00", "--until", "2025-10-09T10:00",
        "--answers", HERE / "national_day.yaml", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    dues = {entry["rule"]: entry["due"]["written"] for entry in told["entries"] if entry["kind"] == "deadline"}
    assert dues == {
        "T1": "2025-10-11 24:00", "T2": "2025-10-15 24:00", "T3": "2025-10-14 24:00", "T4": "2025-12-08 24:00",
    }  # fmt: skip
    assert told["days"]["2025-09-30"] == {"workday": True, "note": ""}
    assert told["more_waiting"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("onsite_response", "--start", "tomorrow"), "2025-09-26 09:00"),
        (("onsite_response", "--start", "2026-10-03T09:20", "--until", "2026-10-02T09:20"), "--until"),
    ],
)
def test_unusable_instants_are_named(home: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output
