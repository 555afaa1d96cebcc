"""`duban demo`: the sample office with cases in every state, served on loopback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from engine.commands.demo_story import play_story
from engine.commands.running import serve_engine, settings_from_environment, start_engine
from engine.sample.office import sample_office
from engine.sample.setup import SAMPLE_PASSWORD, set_up_sample

_SHOWN = ("jiedai", "dengji", "zhiban", "juzhang", "jingban", "zrzyj.banli", "zjj.lingdao", "zjj.zhiban", "admin")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port (DUBAN_PORT; default 8080).")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demo's data lies (default: var/demo).",
)
@click.option("--no-serve", is_flag=True, help="Only prepare the data.")
def demo(port: int | None, home: Path | None, no_serve: bool) -> None:
    """演示 / Prepare a sample office with cases in every state, and serve it on loopback.

    A second start keeps the data. Delete the folder to begin anew.
    """
    settings = settings_from_environment()
    home = home or settings.home / "demo"
    settings = replace(
        settings, home=home, database_url="", host="127.0.0.1", port=port or settings.port, demo=True
    )
    console = Console(highlight=False)
    engine = start_engine(settings)
    with engine.store.read() as work:
        is_new = work.registers.mark("demo") is None
    if is_new:
        play_story(settings, console)
    else:
        set_up_sample(engine)
    console.print(f"\n[bold]督办 Duban[/]  http://127.0.0.1:{settings.port}/   [dim]{home}[/]")
    console.print(f"密码 / password: [bold]{SAMPLE_PASSWORD}[/]\n")
    console.print(_accounts(), "")
    if not no_serve:
        serve_engine(engine)


def _accounts() -> Table:
    office = sample_office()
    people = {member.username: member for member in office.people}
    units = {unit.code: unit.name for unit in office.units}
    table = Table(box=None, show_header=False, pad_edge=False)
    for username in _SHOWN:
        member = people[username]
        roles = "、".join(grant.role for grant in member.grants)
        table.add_row(f"  [bold]{username}[/]", member.name, units[member.unit], f"[dim]{roles}[/]")
    return table
