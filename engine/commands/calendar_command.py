"""`duban calendar`: a year of the working calendar from a file, and into one."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress as Bar

from engine.cases.catch_up import Progress
from engine.commands.running import start_engine
from engine.deadlines.calendar_apply import apply_calendar_change
from engine.deadlines.calendar_files import export_year, import_year
from engine.deadlines.calendar_preview import CalendarPreview, preview_calendar_change
from engine.ports.engine import Engine
from engine.records.org import Actor, Grant

MOST_LISTED = 20
INSTALLATION = Actor("system", "duban", "系统", "", frozenset({Grant("process_admin", "")}))
"""Who runs a command on the machine itself is no person of the office; it sees no case by name."""


@click.group()
def calendar() -> None:
    """工作日历 / The working calendar."""


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", type=int, required=True, help="The year that the file is read for.")
@click.option("--note", default="", help="The notice that announces the holidays.")
@click.option("--provisional", is_flag=True, help="The year is not announced yet.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
def import_(file: Path, year: int, note: str, provisional: bool, yes: bool) -> None:
    """导入一年 / Import a year from a .csv or .ics FILE.

    Shows every open deadline that would move, and asks before anything is changed.
    """
    engine = start_engine()
    change = import_year(engine, INSTALLATION, year, file.name, file.read_bytes(), is_announced=not provisional)
    preview = preview_calendar_change(engine, INSTALLATION, change)
    if preview.is_empty:
        click.echo("日历本来就是这样，没有改动 / nothing changes")
        return
    _print(engine, preview)
    if not yes:
        click.confirm("确认保存？ / Apply?", abort=True)
    with Bar(console=Console(stderr=True), transient=True) as bar:
        version = apply_calendar_change(
            engine, INSTALLATION, change, preview.fingerprint, note or file.name[:60], progress=_shown_by(bar)
        )
    click.echo(f"工作日历第 {version.version} 版已保存 / version {version.version} is in force")


@calendar.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", type=int, required=True, help="The year to write.")
def export(file: Path, year: int) -> None:
    """导出一年 / Export a year to a .csv or .ics FILE."""
    engine = start_engine()
    content = export_year(engine, INSTALLATION, year, file.suffix.lower().removeprefix("."))
    file.write_bytes(content)
    click.echo(f"{year} → {file}")


def _print(engine: Engine, preview: CalendarPreview) -> None:
    zone = engine.settings.timezone
    click.echo(f"改动 {len(preview.days)} 天 / days changed；移动 {len(preview.moved)} 件期限 / deadlines move")
    for movement in preview.moved[:MOST_LISTED]:
        old, new = (d.legal_due.astimezone(zone) for d in (movement.before, movement.after))
        who = "、".join(movement.people) or movement.unit or ""
        dates = f"{old:%Y-%m-%d %H:%M} → {new:%Y-%m-%d %H:%M}"
        click.echo(f"  {movement.number or '—'}\t{movement.before.name}\t{dates}\t{who}")
    if len(preview.moved) > MOST_LISTED:
        click.echo(f"  … {len(preview.moved) - MOST_LISTED}")


def _shown_by(bar: Bar) -> Progress:
    task = bar.add_task("重算期限 / deadlines", total=None)
    return lambda done, total: bar.update(task, completed=done, total=total)
