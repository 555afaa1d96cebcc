"""`duban simulate`: what a procedure would do, when and to whom, on this installation's rules and calendar."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.bootstrap import build
from engine.clock.fixed import ManualClock
from engine.commands.running import settings_from_environment, start_engine
from engine.commands.simulate_progress import Progress
from engine.config import Settings
from engine.deadlines.own import shown_rule
from engine.ports.engine import Engine
from engine.scenarios.instants import UnreadableInstant, read_instant
from engine.simulation.answers import read_answers
from engine.simulation.model import Answers, Entry, Recipient, Simulation
from engine.simulation.simulate import answerable, simulate
from engine.simulation.simulation_json import to_json, written

_STYLES = {
    "due": "bold red",
    "light": "yellow",
    "fired": "yellow",
    "escalated": "magenta",
    "paper": "cyan",
    "answered": "green",
    "met": "green",
    "ended": "bold green",
    "blocked": "bold yellow",
}
_KINDS = {
    "started": "发起",
    "due": "到期",
    "light": "亮灯",
    "fired": "触发",
    "escalated": "升级",
    "answered": "办理",
    "met": "期限",
    "closed": "撤销",
    "paper": "文书",
    "notified": "通知",
    "opened": "待办",
    "deadline": "期限",
    "blocked": "等待",
    "note": "说明",
    "ended": "结束",
}
_WEEKDAYS = "一二三四五六日"


@click.command(name="simulate")
@click.argument("procedure")
@click.option("--start", "start_text", required=True, help="When it starts, local time: 2025-09-30T10:00.")
@click.option(
    "--answers",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML: who answers which task, when, with what.",
)
@click.option(
    "--until", "until_text", help="The last instant to play; default: until nothing waits, at most a year."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def simulate_command(
    procedure: str, start_text: str, file: Path | None, until_text: str | None, as_json: bool
) -> None:
    """推演 / Show what PROCEDURE would do: what becomes due, what fires, when, and who is told.

    Plays on this installation's people, procedures, rules, ladders and calendar, in a temporary database; the
    installation itself is only read. Without an installation the sample office plays.
    """
    settings = settings_from_environment()
    zone = settings.timezone
    start = _instant(start_text, zone, "--start")
    until = _instant(until_text, zone, "--until") if until_text else None
    if until is not None and until < start:
        raise click.BadParameter("早于 --start / is before --start", param_hint="--until")
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="duban-simulate-") as home, Progress() as progress:
        engine = start_engine(_present(settings, Path(home)))
        fresh = replace(settings, home=Path(home) / "scratch", database_url="", cluster=False)

        def scratch(clock: ManualClock) -> Engine:
            return build(fresh, clock)

        try:
            answers = _answers(engine, file)
            simulation = simulate(
                engine, None, procedure, start, answers, scratch=scratch, until=until, watch=progress.watch
            )
        finally:
            engine.store.close()
    if as_json:
        click.echo(json.dumps(to_json(simulation, zone), ensure_ascii=False, indent=2))
    else:
        _print(console, simulation, zone)


def _present(settings: Settings, home: Path) -> Settings:
    """The installation's settings; an empty database elsewhere where there is none, so that none is made."""
    if settings.database_url or (settings.home / "duban.sqlite3").exists():
        return settings
    return replace(settings, home=home / "none")


def _answers(engine: Engine, file: Path | None) -> Answers:
    if file is None:
        return Answers()
    return read_answers(file.read_bytes(), str(file), engine.settings.timezone, answerable(engine))


def _instant(text: str, zone: ZoneInfo, option: str) -> datetime:
    try:
        return read_instant(text, zone)
    except UnreadableInstant as error:
        raise click.BadParameter(str(error.message), param_hint=option) from error


def _print(console: Console, simulation: Simulation, zone: ZoneInfo) -> None:
    if simulation.is_sample:
        console.print(
            "[yellow]尚未建立机关，用示例机关推演。 / There is no office yet; the sample office plays.[/]"
        )
    if simulation.filled:
        keys = "、".join(simulation.filled)
        console.print(f"[yellow]起始表单中没有给出、由推演代填：{keys} / filled in for you[/]")
    console.print(f"[bold]{escape(simulation.name)}[/] ({simulation.procedure})\n")
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    for title in ("时刻", "", "事项", "对象", "依据"):
        table.add_column(title, overflow="fold")
    days = groupby(simulation.entries, lambda entry: written(entry.at, zone, ends_day=entry.ends_day)[0])
    for day, entries in days:
        table.add_row(
            f"[bold]{day.isoformat()}[/]", "", f"[dim]{_day(simulation, day.isoformat(), day.weekday())}[/]"
        )
        for entry in entries:
            table.add_row(*_row(entry, zone))
    console.print(table)
    console.print()
    for line in _ending(simulation, zone):
        console.print(line)


def _day(simulation: Simulation, day: str, weekday: int) -> str:
    note = simulation.days.get(day)
    told = f"星期{_WEEKDAYS[weekday]}"
    if note is None:
        return told
    if note.is_workday and weekday >= 5:
        return f"{told} 调休上班{f'（{note.note}）' if note.note else ''}"
    if not note.is_workday:
        return f"{told} {note.note or '休息'}"
    return told


def _row(entry: Entry, zone: ZoneInfo) -> tuple[str, ...]:
    style = _STYLES.get(entry.kind, "default")
    message = entry.message.zh
    if entry.kind == "opened" and entry.due_at is not None:
        day, hour = written(entry.due_at, zone, ends_day=True)
        message += f"，{day.isoformat()} {hour} 到期"
    _, hour = written(entry.at, zone, ends_day=entry.ends_day)
    return (
        f"  {hour}",
        f"[{style}]{_KINDS[entry.kind]}[/]",
        f"[{style}]{escape(message)}[/]",
        escape("；".join(_recipient(to) for to in entry.to)),
        f"[dim]{escape(shown_rule(entry.rule) or entry.element)}[/]",
    )


def _recipient(to: Recipient) -> str:
    names = "、".join(to.names)
    if not to.role:
        return names
    return f"{to.role}@{to.unit} {names}".strip()


def _ending(simulation: Simulation, zone: ZoneInfo) -> Iterator[str]:
    day, hour = written(simulation.until, zone, ends_day=True)
    if simulation.blocked:
        yield f"[bold yellow]仍未办理 / still open:[/] {'、'.join(simulation.blocked)}"
    if simulation.reached_limit:
        yield f"推演到 {day} {hour}，之后还有等待的事项。 / More is waiting after that."
    else:
        yield f"推演到 {day} {hour}，没有更多等待的事项。 / Nothing is waiting any more."
