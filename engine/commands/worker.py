"""`duban worker`: one of the processes that fire the timers and send the notifications of a cluster."""

from __future__ import annotations

import os
import platform

import click

from engine.commands.running import configured_or_exit, settings_from_environment, start_engine


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
    from engine.edge.move_sweep import MoveSweep
    from engine.edge.notice_sweep import NoticeSweep
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
        # a migration may take minutes
        Sweep("moves", MoveSweep(engine, called)),
    )
    pace = Pace(settings.heartbeat_seconds, settings.stall_seconds)
    click.echo(f"督办 Duban worker {called}  (SIGTERM 停止 / stops)")
    ClusterWorker(conninfo_of(settings.effective_database_url), engine.clock, sweeps, pace, name=called).run()
