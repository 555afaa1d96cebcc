"""The heartbeat: at every beat, due timers are fired and notifications sent. The only importer of APScheduler.

The scheduler remembers nothing: the ledger decides what is due, so a missed or doubled beat changes no outcome.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import datetime

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from engine.deadlines.fire import fire_due_timers, reconcile
from engine.notifications.deliver import deliver_notices
from engine.ports.channel import Channel
from engine.ports.engine import Engine

log = structlog.get_logger(__name__)

JOB = "heartbeat"
DELIVERY = "delivery"


class Heartbeat:
    """Beats every `heartbeat_seconds` of the settings in a background thread, one beat at a time.

    Notifications go out through `channels` as often, in a thread of their own: a mail server that does not answer
    must not make a timer late. `worker` names this process in the ledger; by default host and process id.
    """

    def __init__(self, engine: Engine, channels: Sequence[Channel] = (), *, worker: str | None = None) -> None:
        self._engine = engine
        self._channels = tuple(channels)
        self._worker = worker or f"{platform.node()}:{os.getpid()}"
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(1), DELIVERY: ThreadPoolExecutor(1)},
            timezone=engine.settings.timezone,
        )

    def start(self) -> None:
        """Fires what fell due while the system was down, then starts to beat."""
        report = reconcile(self._engine, worker=self._worker)
        log.info("timers_reconciled", fired=len(report.fired), failed=len(report.failed))
        for job, name, executor in ((self.beat, JOB, "default"), (self.deliver, DELIVERY, DELIVERY)):
            self._scheduler.add_job(
                job,
                IntervalTrigger(seconds=self._engine.settings.heartbeat_seconds),
                id=name,
                executor=executor,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Waits for the beat and the delivery that are running, and stops."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    @property
    def next_beat_at(self) -> datetime | None:
        """When the next beat is planned, None while stopped."""
        job = self._scheduler.get_job(JOB) if self._scheduler.running else None
        return job.next_run_time if job else None

    def beat(self) -> None:
        """One sweep. Whatever goes wrong is logged, and the heart goes on beating."""
        try:
            report = fire_due_timers(self._engine, worker=self._worker)
        except Exception:
            log.exception("heartbeat_failed", worker=self._worker)
            return
        if report.fired or report.failed:
            log.info("timers_fired", fired=len(report.fired), failed=len(report.failed))

    def deliver(self) -> None:
        """One sweep over the notifications. Whatever goes wrong is logged, and the next one comes."""
        try:
            report = deliver_notices(self._engine, self._channels)
        except Exception:
            log.exception("delivery_sweep_failed", worker=self._worker)
            return
        if report.sent or report.put_off or report.dead:
            log.info("notices_delivered", sent=report.sent, put_off=report.put_off, dead=report.dead)
