"""The wheel works without the checkout: procedures, tables, templates and built files travel with it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel holds, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("duban-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_what_a_browser_needs_is_in_it(installed: Path) -> None:
    assert {path.name for path in (installed / "web" / "static" / "dist").iterdir()} >= {"app.js", "licenses.txt"}
    assert (installed / "web" / "templates" / "inbox.html").is_file()
    assert not (installed / "web" / "frontend").exists()
    assert not (installed / "tests").exists()


def test_an_office_is_set_up_from_it(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "engine.cli", "init", "--office", "青山县信访局"]
    environment = {**os.environ, "PYTHONPATH": str(installed), "DUBAN_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "信访办理主流程" in done.stdout
    shown = subprocess.run(
        [sys.executable, "-P", "-c", "import engine, web; print(engine.__file__, web.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.count(str(installed)) == 2
