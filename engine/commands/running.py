"""Starts an engine for a command, and serves it."""

from __future__ import annotations

import os
import signal
import threading

import click

from engine.bootstrap import build, build_patiently
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
    """An engine on the system clock. A process of a cluster waits for a database that is away."""
    settings = settings or settings_from_environment()
    if settings.cluster:
        return build_patiently(settings, SystemClock(), threading.Event().wait)
    return build(settings, SystemClock())


def serve_engine(engine: Engine) -> None:
    """Serves the pages until interrupted or terminated, and beats the heart, unless workers of a cluster do."""
    import waitress

    from engine.edge.scheduler import Heartbeat
    from web.app import create_app

    settings = engine.settings
    channels = configured_or_exit(settings)
    app = create_app(engine)
    try:
        server = waitress.create_server(app, host=settings.host, port=settings.port, threads=8, ident=None)
    except OSError as error:
        raise click.ClickException(
            f"{settings.host}:{settings.port} 已被占用或不可用，请用 --port 换一个端口。"
            f" / The address is taken or unusable; choose another with --port. ({error.strerror})"
        ) from error
    signal.signal(signal.SIGTERM, _leave)
    heartbeat = None if settings.cluster else Heartbeat(engine, channels)
    if heartbeat is not None:
        heartbeat.start()
    click.echo(f"督办 Duban → http://{settings.host}:{settings.port}/  (Ctrl+C 停止 / stops)")
    try:
        # requests that are being answered are answered before it returns
        server.run()
    finally:
        if heartbeat is not None:
            heartbeat.stop()
        server.close()


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def configured_or_exit(settings: Settings) -> tuple[Channel, ...]:
    """The channels of the settings. Exits with a usage error where a variable cannot be used."""
    from engine.edge.channels import configured_channels

    try:
        return configured_channels(settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
