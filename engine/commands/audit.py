"""`duban audit`: verifies the hash chains, and archive volumes against them."""

from __future__ import annotations

from pathlib import Path

import click

from engine.audit.verify import verify_all
from engine.commands.running import start_engine
from engine.documents.volume import verify_volume


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


@audit.command("volume")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def volume(file: Path) -> None:
    """核验归档卷 / Recompute the hashes of a ZIP volume; exits with 1 where something differs."""
    with file.open("rb") as content:
        found = verify_volume(start_engine(), content)
    for problem in found.problems:
        click.secho(f"{problem.zh} / {problem.en}", fg="red")
    if not found.is_recorded:
        click.secho("目录的校验值不在案件日志中 / the manifest is not in the trail of its case", fg="red")
    click.echo(f"{found.files} 个文件已核验，目录 SHA-256 {found.manifest_sha256} / files verified")
    if found.problems or not found.is_recorded:
        raise click.exceptions.Exit(1)
