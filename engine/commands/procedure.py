"""`duban check` and `duban deploy`: a procedure's folder, checked and deployed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from engine.commands.running import start_engine
from engine.definitions.deploy import check_procedure, deploy_procedure
from engine.errors import InvalidDiagram
from engine.kernel.findings import Finding

_FOLDER = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("folder", type=_FOLDER)
def check(folder: Path) -> None:
    """检查流程 / Check a procedure's FOLDER (or one .bpmn file); every finding is listed."""
    engine = start_engine()
    findings = check_procedure(engine, _key(folder), read_folder(folder))
    _print(findings)
    if any(finding.is_error for finding in findings):
        raise click.exceptions.Exit(1)
    click.echo("可以部署 / can be deployed")


@click.command()
@click.argument("folder", type=_FOLDER)
def deploy(folder: Path) -> None:
    """部署流程 / Deploy a procedure's FOLDER; nothing is deployed where there is an error."""
    engine = start_engine()
    try:
        definition = deploy_procedure(engine, None, _key(folder), read_folder(folder))
    except InvalidDiagram as error:
        _print(error.findings)
        raise
    click.echo(f"{definition.name} ({definition.key}) v{definition.version} 已部署 / deployed")


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files that belong to a procedure, by path relative to its folder."""
    if folder.is_file():
        return {folder.name: folder.read_bytes()}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".bpmn", ".dmn", ".json", ".md", ".yaml", ".docx"}
    }


def _key(folder: Path) -> str:
    return folder.stem if folder.is_file() else folder.resolve().name


def _print(findings: Sequence[Finding]) -> None:
    table = Table("", "位置 / where", "元素 / element", "问题 / finding")
    for finding in findings:
        where = f"{finding.file}:{finding.line}" if finding.line else finding.file
        element = " ".join(
            filter(None, (finding.element_name, f"({finding.element_id})" if finding.element_id else ""))
        )
        mark = "[red]✖[/]" if finding.is_error else "[yellow]▲[/]"
        lines = [finding.message.zh, f"{finding.message.en}  [{finding.rule}]"]
        lines += [finding.article.zh, finding.article.en] if finding.article is not None else []
        lines += [f"→ {finding.hint.zh}", f"→ {finding.hint.en}"] if finding.hint is not None else []
        table.add_row(mark, where, element, "\n".join(lines))
    if findings:
        Console().print(table)
