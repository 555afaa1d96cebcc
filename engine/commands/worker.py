"""`duban worker`: one of the processes that fire the timers and send the notifications of a cluster."""

from __future__ import annotations

import os
import platform

import click
import structlog

from engine.commands.running import configured_or_exit, settings_from_environment, start_engine
from engine.errors import StoreAway
from engine.notifications.deliver import deliver_notices
from engine.ports.channel import Channel
from engine.ports.engine import Engine

log = structlog.get_logger(__name__)


@click.command()
@click.option("--name", help="Names this process in the ledger and the log (default: host and process id).")
@click.option(
    "--concurrency", type=click.IntRange(1, 32), default=1, show_default=True, help="Sweeps of timers at once."
)
def worker(name: str | None, concurrency: int) -> None:
    """后台进程 / Fire timers and send notifications for a cluster, until SIGTERM.

    Needs DUBAN_CLUSTER=1 and PostgreSQL. Start as many as you like, on any number of hosts: they share the work,
    and one that is left does all of it.
    """
    from engine.edge.cluster import ClusterWorker, Pace, Sweep
    from engine.edge.timer_sweep import TimerSweep
    from engine.store.connection import conninfo_of

    settings = settings_from_environment()
    if not settings.cluster:
        raise click.UsageError(
            "请先设置 DUBAN_CLUSTER=1 和 DUBAN_DATABASE_URL=postgresql://…；单机时 duban serve 自己触发定时。"
            " / Set DUBAN_CLUSTER=1 and DUBAN_DATABASE_URL=postgresql://… first; without a cluster, duban serve "
            "fires the timers itself."
        )
    channels = configured_or_exit(settings)
    engine = start_engine(settings)
    called = name or f"{platform.node()}:{os.getpid()}"
    sweeps = (
        Sweep("timers", TimerSweep(engine, called), concurrency),
        # of its own: a mail server that does not answer must not make a timer late
        Sweep("notices", NoticeSweep(engine, channels, called)),
    )
    pace = Pace(settings.heartbeat_seconds, settings.stall_seconds)
    click.echo(f"督办 Duban worker {called}  (SIGTERM 停止 / stops)")
    ClusterWorker(conninfo_of(settings.effective_database_url), engine.clock, sweeps, pace, name=called).run()


class NoticeSweep:
    """Sends what is due through the channels."""

    def __init__(self, engine: Engine, channels: tuple[Channel, ...], worker: str) -> None:
        self._engine = engine
        self._channels = channels
        self._worker = worker

    def __call__(self) -> None:
        try:
            report = deliver_notices(self._engine, self._channels)
        except StoreAway as away:
            log.warning("notices_wait_for_database", worker=self._worker, reason=away.reason)
            return
        except Exception:
            log.exception("delivery_sweep_failed", worker=self._worker)
            return
        if report.sent or report.put_off or report.dead:
            log.info("notices_delivered", sent=report.sent, put_off=report.put_off, dead=report.dead)
