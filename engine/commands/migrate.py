"""`duban migrate`: brings a cluster's database to this version, once, before its processes are restarted."""

from __future__ import annotations

import click

from engine.commands.running import settings_from_environment, start_engine
from engine.definitions.shipped import deploy_builtin
from engine.store.fill_tokens import fill_tokens


@click.command()
def migrate() -> None:
    """升级 / Upgrade the database's schema and the built-in procedures to this version.

    Safe to repeat, and while processes of the version before still work. `duban serve` without a cluster does the
    same at its start.
    """
    engine = start_engine(settings_from_environment())
    fill_tokens(engine.store, again=True)
    deployed = deploy_builtin(engine)
    click.echo("数据库结构已是本版本 / the schema is that of this version")
    for definition in deployed:
        click.echo(f"{definition.key}\t{definition.name}\tv{definition.version}")
