"""Starts an engine for a command, and serves it."""

from __future__ import annotations

import os

import click

from engine.bootstrap import build
from engine.clock.system import SystemClock
from engine.config import Settings
from engine.ports.channel import Channel
from engine.ports.engine import Engine


def settings_from_environment() -> Settings:
    """The settings in force. Exits with a usage error where a variable cannot be used."""
    try:
        return Settings.from_environment(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def start_engine(settings: Settings | None = None) -> Engine:
    """An engine on the system clock."""
    return build(settings or settings_from_environment(), SystemClock())


def serve_engine(engine: Engine) -> None:
    """Serves the pages and beats the heart until interrupted."""
    import waitress

    from engine.edge.scheduler import Heartbeat
    from web.app import create_app

    settings = engine.settings
    channels = _channels(settings)
    app = create_app(engine)
    try:
        server = waitress.create_server(app, host=settings.host, port=settings.port, threads=8, ident=None)
    except OSError as error:
        raise click.ClickException(
            f"{settings.host}:{settings.port} 已被占用或不可用，请用 --port 换一个端口。"
            f" / The address is taken or unusable; choose another with --port. ({error.strerror})"
        ) from error
    heartbeat = Heartbeat(engine, channels)
    heartbeat.start()
    click.echo(f"督办 Duban → http://{settings.host}:{settings.port}/  (Ctrl+C 停止 / stops)")
    try:
        server.run()
    finally:
        heartbeat.stop()
        server.close()


def _channels(settings: Settings) -> tuple[Channel, ...]:
    from engine.edge.channels import configured_channels

    try:
        return configured_channels(settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
