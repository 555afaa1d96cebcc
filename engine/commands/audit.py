"""`duban audit`: verifies the hash chains."""

from __future__ import annotations

import click

from engine.audit.verify import verify_all
from engine.commands.running import start_engine


@click.group()
def audit() -> None:
    """审计 / The audit chains."""


@audit.command("verify")
def verify() -> None:
    """核验 / Recompute every chain; exits with 1 where a link is broken."""
    checked, broken = verify_all(start_engine())
    for link in broken:
        click.secho(f"断链 / broken: {link}", fg="red")
    click.echo(f"{checked} 条记录已核验，{len(broken)} 处断链 / entries verified, links broken")
    if broken:
        raise click.exceptions.Exit(1)
