"""`duban serve`: runs an office."""

from __future__ import annotations

from dataclasses import replace

import click

from engine.commands.running import serve_engine, settings_from_environment, start_engine
from engine.definitions.shipped import deploy_builtin


@click.command()
@click.option("--host", help="Address to listen on (DUBAN_HOST; default 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (DUBAN_PORT; default 8080).")
def serve(host: str | None, port: int | None) -> None:
    """启动 / Serve the pages and fire the timers.

    With DUBAN_CLUSTER=1 the timers are left to `duban worker`, and procedures to `duban migrate`.
    """
    settings = settings_from_environment()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    engine = start_engine(settings)
    with engine.store.read() as work:
        empty = not work.org.people()
    if empty:
        raise click.ClickException(
            "还没有机关：请先运行 duban init。 / There is no office yet: run “duban init” first."
        )
    if not settings.cluster:
        deploy_builtin(engine)
    serve_engine(engine)
