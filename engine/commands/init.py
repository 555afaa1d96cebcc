"""`duban init`: sets up a real office with its first admin."""

from __future__ import annotations

import secrets

import click

from engine.commands.running import start_engine
from engine.deadlines.calendar import seed_calendar
from engine.definitions.shipped import deploy_builtin
from engine.org.setup import NewPerson, set_up_office
from engine.records.org import Grant, Unit


@click.command()
@click.option("--office", "name", required=True, help="The office's name, e.g. 青山县信访局.")
@click.option("--code", default="xfj", show_default=True, help="The office's code: short, ASCII.")
@click.option("--admin", default="admin", show_default=True, help="User name of the first administrator.")
def init(name: str, code: str, admin: str) -> None:
    """初始化机关 / Set up an office: database, first administrator, built-in procedures.

    The administrator's password is generated and shown once.
    """
    engine = start_engine()
    with engine.store.read() as work:
        if work.org.people():
            raise click.ClickException("机关已经建立，未作改动。 / The office exists already; nothing was changed.")
    password = secrets.token_urlsafe(12)
    set_up_office(
        engine,
        [Unit(code, name, name)],
        [NewPerson(admin, "管理员", code, password, (Grant("office_admin", code), Grant("process_admin", code)))],
        must_change_password=True,
    )
    seed_calendar(engine)
    deployed = deploy_builtin(engine)
    click.echo(f"机关 / office:   {name} ({code})")
    click.echo(f"流程 / procedures: {', '.join(d.name for d in deployed)}")
    click.echo(f"管理员 / admin:  {admin}")
    click.echo(f"密码 / password: {password}   （只显示这一次 / shown only once）")
    click.echo("接下来 / next:   duban office load office.yaml; duban serve")
