"""`duban office`: adds units and people from a file."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from engine.commands.running import start_engine
from engine.org.setup import set_up_office
from engine.sample.office import load_office


@click.group()
def office() -> None:
    """机关 / Units and people."""


@office.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """导入单位和人员 / Add the units and people of a YAML FILE that are not there yet.

    The format is that of engine/sample/sample_office.yaml. Each new person's password is generated,
    shown once, and must be changed at the first login.
    """
    described = load_office(file)
    engine = start_engine()
    with engine.store.read() as work:
        units = {unit.code for unit in work.org.units()}
        people = {person.username for person in work.org.people()}
    new_units = [unit for unit in described.units if unit.code not in units]
    new_people = [
        (person.username, person.name, person.unit, secrets.token_urlsafe(9), person.grants)
        for person in described.people
        if person.username not in people
    ]
    set_up_office(engine, new_units, new_people, must_change_password=True)
    click.echo(f"新增 {len(new_units)} 个单位、{len(new_people)} 人 / units and people added")
    for username, name, unit, password, _ in new_people:
        click.echo(f"  {username}\t{name}\t{unit}\t{password}")
