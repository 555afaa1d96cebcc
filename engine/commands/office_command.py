"""`duban office`: adds units and people from a file."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from engine.commands.running import start_engine
from engine.errors import EngineError
from engine.org.members import reset_from_installation
from engine.org.people import set_email
from engine.org.setup import NewPerson, set_up_office
from engine.sample.office import load_office


@click.group()
def office() -> None:
    """机关 / Units and people."""


@office.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """导入单位和人员 / Add the units and people of a YAML FILE that are not there yet.

    The format is that of engine/sample/sample_office.yaml. Each new person's password is generated,
    shown once, and must be changed at the first login. Of people who are there already, only the e-mail
    address changes, where the file gives another one.
    """
    described = load_office(file)
    engine = start_engine()
    with engine.store.read() as work:
        units = {unit.code for unit in work.org.units()}
        people = {person.username: person for person in work.org.people()}
    new_units = [unit for unit in described.units if unit.code not in units]
    new_people = [
        NewPerson(m.username, m.name, m.unit, secrets.token_urlsafe(9), m.grants, m.email)
        for m in described.people
        if m.username not in people
    ]
    moved = [m for m in described.people if m.username in people and m.email not in ("", people[m.username].email)]
    set_up_office(engine, new_units, new_people, must_change_password=True)
    for member in moved:
        set_email(engine, member.username, member.email)
    click.echo(f"新增 {len(new_units)} 个单位、{len(new_people)} 人 / units and people added")
    for one in new_people:
        click.echo(f"  {one.username}\t{one.name}\t{one.unit}\t{one.password}")
    if moved:
        click.echo(f"更新 {len(moved)} 人的电子邮件 / e-mail addresses changed")


@office.command("password")
@click.argument("username")
def password(username: str) -> None:
    """重置密码 / Give USERNAME a one-time password, when no administrator can log in any more.

    It is shown once and must be changed at the next login. All sessions of the person and a pause end.
    """
    try:
        let_in = reset_from_installation(start_engine(), username)
    except EngineError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{let_in.person.username}\t{let_in.person.name}\t{let_in.password}")
