"""The heartbeat: at every beat, due timers are fired and notifications sent. The only importer of APScheduler.

The scheduler remembers nothing: the ledger decides what is due, so a missed or doubled beat changes no outcome. It
plans by the wall clock; where that is set back, a watchdog that goes by elapsed time plans again.
"""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from engine.clock.elapsed import elapsed
from engine.edge.move_sweep import MoveSweep
from engine.edge.notice_sweep import NoticeSweep
from engine.edge.timer_sweep import TimerSweep
from engine.ports.channel import Channel
from engine.ports.engine import Engine

log = structlog.get_logger(__name__)

JOB = "heartbeat"
DELIVERY = "delivery"
MOVES = "moves"
PATIENCE = 3
"""Beats that may be missed before the watchdog plans again."""


class _Pulse:
    """A job that comes again and again, and when it was last seen at work."""

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self.name = name
        self._run = run
        self._seen_at = elapsed()
        self._is_running = False

    def __call__(self) -> None:
        self._is_running = True
        try:
            self._run()
        finally:
            self._seen_at = elapsed()
            self._is_running = False

    def is_still_for(self, seconds: float) -> bool:
        return not self._is_running and elapsed() - self._seen_at > seconds

    def planned_again(self) -> None:
        self._seen_at = elapsed()


class _Beat(BaseTrigger):  # type: ignore[misc]
    """Every so many seconds. However far the clock jumps ahead, one beat: not one for each that was missed."""

    def __init__(self, seconds: float) -> None:
        self._every = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """After the beat before; or after now, where that one is long past or there was none."""
        regular = (previous_fire_time or now) + self._every
        return regular if regular > now else now + self._every


class Heartbeat:
    """Beats every `heartbeat_seconds` of the settings in a background thread, one beat at a time.

    Notifications go out through `channels` as often, in a thread of their own: a mail server that does not answer
    must not make a timer late. So do migrations of running cases, which may take minutes. `worker` names this
    process in the ledger; by default host and process id.
    """

    def __init__(self, engine: Engine, channels: Sequence[Channel] = (), *, worker: str | None = None) -> None:
        self._engine = engine
        self._worker = worker or f"{platform.node()}:{os.getpid()}"
        self._sweep = TimerSweep(engine, self._worker)
        self._notices = NoticeSweep(engine, channels, self._worker)
        self._moves = MoveSweep(engine, self._worker)
        self._every = engine.settings.heartbeat_seconds
        self._pulses = (_Pulse(JOB, self.beat), _Pulse(DELIVERY, self.deliver), _Pulse(MOVES, self._moves))
        self._stopping = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="heartbeat-watchdog", daemon=True)
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={name: ThreadPoolExecutor(1) for name in (JOB, DELIVERY, MOVES)},
            timezone=engine.settings.timezone,
        )

    def start(self) -> None:
        """Looks once, so that what fell due meanwhile begins to fire, oldest first; then starts to beat."""
        report = self._sweep.once()
        log.info("timers_reconciled", fired=len(report.fired), failed=len(report.failed))
        for pulse in self._pulses:
            self._scheduler.add_job(
                pulse,
                _Beat(self._every),
                id=pulse.name,
                executor=pulse.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()
        self._watchdog.start()

    def stop(self) -> None:
        """Waits for the beat and the delivery that are running, and stops."""
        self._stopping.set()
        self._sweep.stop()
        self._moves.stop()
        if self._scheduler.running:
            self._watchdog.join()
            self._scheduler.shutdown(wait=True)

    @property
    def next_beat_at(self) -> datetime | None:
        """When the next beat is planned, None while stopped."""
        job = self._scheduler.get_job(JOB) if self._scheduler.running else None
        return job.next_run_time if job else None

    def beat(self) -> None:
        """Sweeps until nothing is due. Whatever goes wrong is logged, and the heart goes on beating."""
        self._sweep()

    def deliver(self) -> None:
        """One sweep over the notifications. Whatever goes wrong is logged, and the next one comes."""
        self._notices()

    def _watch(self) -> None:
        """Plans a job again that has not come for several beats: the clock it was planned by was set back."""
        patience = PATIENCE * self._every
        while not self._stopping.wait(self._every):
            for pulse in self._pulses:
                if pulse.is_still_for(patience):
                    log.warning("heartbeat_planned_again", worker=self._worker, job=pulse.name)
                    pulse.planned_again()
                    self._scheduler.reschedule_job(pulse.name, trigger=_Beat(self._every))
