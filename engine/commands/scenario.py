"""`duban scenario run`: plays scenario files, plain and with a restart after every step."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from engine.bootstrap import build
from engine.config import Settings
from engine.sample.setup import set_up_sample
from engine.scenarios.errors import InvalidScenario
from engine.scenarios.instants import show_instant
from engine.scenarios.load import load_scenario
from engine.scenarios.model import Scenario
from engine.scenarios.result import ScenarioResult
from engine.scenarios.template import Template

_STYLES = {"timer": "yellow", "refused": "magenta", "failed": "bold red", "paper": "cyan", "ended": "bold green"}


@click.group()
def scenario() -> None:
    """情景 / Scenarios: who does what when, and what must then be true."""


@scenario.command("run")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--quiet", is_flag=True, help="Print no timeline, only what failed and the count.")
def run(files: tuple[Path, ...], quiet: bool) -> None:
    """运行 / Play FILES on a temporary database; exits with 1 where one fails.

    Every scenario is played twice: straight through, and with a restart after every step.
    """
    console = Console(highlight=False, soft_wrap=True)
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="duban-scenario-") as home:
        template = Template(build, partial(set_up_sample, password=None), Path(home))
        for file in files:
            loaded = _load(console, file)
            if loaded is None:
                failed += 2
                continue
            for restart in (False, True):
                result = template.run(loaded, restart=restart)
                _print(console, result, with_timeline=not quiet and not restart)
                passed, failed = passed + result.has_passed, failed + (not result.has_passed)
    click.echo(f"{passed} passed, {failed} failed")
    if failed:
        raise click.exceptions.Exit(1)


def _load(console: Console, file: Path) -> Scenario | None:
    try:
        return load_scenario(file)
    except InvalidScenario as error:
        console.print(f"[bold red]✖[/] {escape(str(file))}\n{escape(str(error))}")
        return None


def _print(console: Console, result: ScenarioResult, *, with_timeline: bool) -> None:
    zone = Settings().timezone
    mark = "[green]✔[/]" if result.has_passed else "[bold red]✖[/]"
    how = "，每步后重启 / restarted after every step" if result.restarted else ""
    console.print(
        f"{mark} [bold]{escape(result.scenario.title)}[/]{how}  [dim]{escape(str(result.scenario.path))}[/]"
    )
    if with_timeline:
        for entry in result.timeline:
            style = _STYLES.get(entry.kind, "default")
            console.print(f"   [dim]{show_instant(entry.at, zone)}[/]  [{style}]{escape(entry.message.zh)}[/]")
    for failure in result.failures:
        console.print(f"   [bold red]{escape(result.told(failure, zone))}[/]")
