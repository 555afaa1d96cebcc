"""`duban calendar`, as an operator types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import duban

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DUBAN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DUBAN_DATABASE_URL", raising=False)

    def run_(*arguments: object, typed: str = "") -> Result:
        return CliRunner().invoke(duban, [str(argument) for argument in arguments], input=typed)

    return run_


def test_a_year_goes_in_and_out(run: Run, tmp_path: Path) -> None:
    run("init", "--office", "青山县信访局")
    file, back = tmp_path / "2027.csv", tmp_path / "back.csv"
    file.write_text("日期,类型,说明\n2027-01-01,休,元旦\n2027-02-06,班,\n", "utf-8")

    asked = run("calendar", "import", file, "--year", 2027, typed="n\n")
    assert asked.exit_code == 1
    assert "改动 2 天" in asked.output

    done = run("calendar", "import", file, "--year", 2027, "--yes", "--note", "国办发明电")
    assert done.exit_code == 0, done.output
    assert "第 2 版" in done.output
    assert "nothing changes" in run("calendar", "import", file, "--year", 2027, "--yes").output

    assert run("calendar", "export", back, "--year", 2027).exit_code == 0
    assert back.read_text("utf-8-sig").splitlines() == ["日期,类型,说明", "2027-01-01,休,元旦", "2027-02-06,班,"]
    exported = tmp_path / "2027.ics"
    assert run("calendar", "export", exported, "--year", 2027).exit_code == 0
    assert "nothing changes" in run("calendar", "import", exported, "--year", 2027, "--yes").output
