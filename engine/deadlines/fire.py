"""The sweep over due timers: batches of different cases, oldest first; none holds up the others.

The claim and the steps are one transaction (`engine.cases.firing`), so a timer fires once however many workers
sweep. A batch that fails is fired again one by one, so that only what is broken fails, and backs off. This module
keeps no state but the heartbeat's mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import structlog

from engine.cases.catch_up import recompute_stale
from engine.cases.firing import FiringBatch, fire_batch, fire_timer
from engine.cases.messages import drain_messages
from engine.deadlines.back_off import retry_after
from engine.deadlines.duties import fire_due_duties
from engine.deadlines.outage import Outages, last_heartbeat, leave_mark, look
from engine.deadlines.pace import Pace
from engine.errors import Conflict, EngineError, Message, StepFailed, StoreAway
from engine.ports.engine import Engine
from engine.records.step import Incident
from engine.records.time import Timer

__all__ = ["FailedFiring", "FireReport", "Firing", "fire_due_timers", "last_heartbeat", "reconcile"]

CATCH_UP: Final = 100
"""Instances that one sweep lets follow a changed calendar."""
LIMIT: Final = 1000
"""Firings of one sweep: after it the heartbeat leaves its mark, and goes on."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Firing:
    """A timer that fired. `by_outage`: the system was down when it fell due."""

    timer: Timer
    fired_at: datetime
    by_outage: bool

    @property
    def late(self) -> timedelta:
        """How long after its due instant."""
        return self.fired_at - self.timer.due_at


@dataclass(frozen=True)
class FailedFiring:
    """A timer whose step failed: it is tried again later, and an incident says why."""

    timer: Timer
    reason: Message


@dataclass(frozen=True)
class FireReport:
    """What one sweep did, in the order of the due instants.

    `skipped` were taken by others meanwhile; `parked` belong to halted instances, and wait for the halt to end.
    """

    fired: tuple[Firing, ...] = ()
    failed: tuple[FailedFiring, ...] = ()
    skipped: int = 0
    parked: int = 0

    def __add__(self, other: FireReport) -> FireReport:
        return FireReport(
            self.fired + other.fired,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.parked + other.parked,
        )


def fire_due_timers(engine: Engine, *, worker: str, limit: int = LIMIT, watched: bool = True) -> FireReport:
    """Fires what is due now, oldest first, at most `limit`, and leaves the heartbeat's mark.

    `watched`: the caller knows that timers were looked for lately. Otherwise the mark tells since when nobody did,
    and what fell due meanwhile is marked `by_outage`. What a changed calendar moves is moved first, then periodic
    duties fire. Messages that a crash left undelivered go out too.
    """
    outages = look(engine, watched=watched)
    recompute_stale(engine, CATCH_UP)
    fire_due_duties(engine, worker)
    report = _Sweep(engine, worker, outages).fire(limit)
    _close(engine, worker, report, outages)
    drain_messages(engine)
    return report


def reconcile(engine: Engine, *, worker: str, limit: int = LIMIT) -> FireReport:
    """At start-up: what fell due since the last heartbeat fires once, oldest first, marked where that is an outage.

    Sweeps of at most `limit` until nothing is left that can fire.
    """
    total = FireReport()
    while True:
        report = fire_due_timers(engine, worker=worker, limit=limit, watched=False)
        total += report
        if not report.fired and not report.failed:
            return total


@dataclass(frozen=True)
class _Sweep:
    engine: Engine
    worker: str
    outages: Outages

    def fire(self, limit: int) -> FireReport:
        """Batch by batch, until nothing is due that can fire. No transaction writes where nothing is due."""
        report, pace = FireReport(), Pace()
        while (left := limit - len(report.fired) - len(report.failed)) > 0 and self._is_due():
            done = self._batch(pace, min(pace.size, left))
            report += done
            if not done.fired and not done.failed and not done.parked:
                break
        return report

    def _is_due(self) -> bool:
        with self.engine.store.read() as work:
            first = work.timers.next_due_at()
        return first is not None and first <= self.engine.clock.now()

    def _batch(self, pace: Pace, size: int) -> FireReport:
        batch = FiringBatch(self.engine.clock.now())
        try:
            fire_batch(self.engine, batch, worker=self.worker, limit=size, is_by_outage=self._is_by_outage)
            pace.learn(batch.seconds, len(batch.fired))
        except StoreAway:
            raise
        except Exception as error:  # the boundary of one batch: what is broken shows when they fire one by one
            log.warning("timer_batch_undone", timers=len(batch.claimed), reason=str(error))
            if not batch.claimed:
                raise
            return self._each(batch.claimed)
        if batch.sent:
            drain_messages(self.engine)
        fired = tuple(Firing(f.timer, batch.at, f.by_outage) for f in batch.fired)
        return FireReport(fired=fired, parked=batch.parked) + self._each(batch.alone)

    def _each(self, timers: list[Timer]) -> FireReport:
        report = FireReport()
        for timer in timers:
            report += self._one(timer)
        return report

    def _one(self, timer: Timer) -> FireReport:
        engine, by_outage = self.engine, self._is_by_outage(timer)
        try:
            fired = fire_timer(engine, timer.timer_id, worker=self.worker, by_outage=by_outage)
        except Conflict:
            return FireReport(skipped=1)
        except StoreAway:
            # not the timer's fault, and whether it fired is not known: the next sweep sees
            raise
        except StepFailed as error:
            # the step has recorded the incident
            _put_off(engine, timer)
            return FireReport(failed=(FailedFiring(timer, error.message),))
        except Exception as error:  # the boundary of one item: the others must still fire
            log.exception("timer_firing_failed", timer_id=timer.timer_id, element=timer.element_id)
            reason = _reason(error)
            _put_off(engine, timer, unexplained=reason)
            return FireReport(failed=(FailedFiring(timer, reason),))
        if not fired:
            return FireReport(skipped=1)
        return FireReport(fired=(Firing(timer, engine.clock.now(), by_outage),))

    def _is_by_outage(self, timer: Timer) -> bool:
        return self.outages.of(timer) is not None


def _close(engine: Engine, worker: str, report: FireReport, outages: Outages) -> None:
    """The mark, and what this sweep adds to the report of an outage."""
    with engine.store.write() as work:
        leave_mark(work, worker, engine.clock.now(), fired=len(report.fired), failed=len(report.failed))
        for outage in outages.latest:
            late = [f.late.total_seconds() for f in report.fired if outages.of(f.timer) is outage]
            failed = sum(1 for f in report.failed if outages.of(f.timer) is outage)
            if late or failed:
                work.outages.count(
                    outage.outage_id, fired=len(late), failed=failed, worst_seconds=max(late, default=0.0)
                )


def _put_off(engine: Engine, timer: Timer, unexplained: Message | None = None) -> None:
    """The next attempt, later each time; the due instant stays. `unexplained` is what no incident tells yet."""
    with engine.store.write() as work:
        retry_at = engine.clock.now() + retry_after(timer.attempts)
        work.timers.fail(timer.timer_id, attempts=timer.attempts + 1, retry_at=retry_at)
        if unexplained is not None and timer.attempts == 0:
            work.registers.add_incident(_incident(engine, timer, unexplained))


def _incident(engine: Engine, timer: Timer, reason: Message) -> Incident:
    return Incident(
        incident_id=str(uuid4()),
        instance_id=timer.instance_id,
        case_id=timer.case_id,
        element_id=timer.element_id,
        element_name=timer.name,
        expression=None,
        reason_zh=reason.zh,
        reason_en=reason.en,
        operation={"kind": "fire", "timer_id": timer.timer_id},
        at=engine.clock.now(),
    )


def _reason(error: Exception) -> Message:
    if isinstance(error, EngineError):
        return error.message
    return Message(
        f"定时器触发时出错：{type(error).__name__}：{error}",
        f"Firing the timer failed: {type(error).__name__}: {error}",
    )
