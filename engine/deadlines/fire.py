"""The sweep over due timers: each fires in a step of its own, and none holds up the others.

The claim and the step are one transaction (`engine.cases.step.fire_timer`), so a timer fires once however many
workers sweep. This module keeps no state but the heartbeat's mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog

from engine.cases.messages import drain_messages
from engine.cases.firing import fire_timer
from engine.deadlines.back_off import retry_after
from engine.errors import Conflict, EngineError, Message, StepFailed
from engine.ports.engine import Engine
from engine.records.step import Incident
from engine.records.time import Timer

HEARTBEAT = "heartbeat"
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
    """What one sweep did, in the order of the due instants. `skipped` were taken by others meanwhile."""

    fired: tuple[Firing, ...] = ()
    failed: tuple[FailedFiring, ...] = ()
    skipped: int = 0

    def __add__(self, other: FireReport) -> FireReport:
        return FireReport(self.fired + other.fired, self.failed + other.failed, self.skipped + other.skipped)


def fire_due_timers(engine: Engine, *, worker: str, limit: int = 200) -> FireReport:
    """Fires what is due now, oldest first, at most `limit`, and leaves the heartbeat's mark.

    Messages that a crash left undelivered go out too.
    """
    report = _sweep(engine, worker=worker, limit=limit, outage_since=None)
    _leave_mark(engine, worker)
    drain_messages(engine)
    return report


def reconcile(engine: Engine, *, worker: str, limit: int = 200) -> FireReport:
    """At start-up: everything that fell due since the last heartbeat fires once, oldest first, marked `by_outage`.

    Sweeps of at most `limit` until nothing is left that can fire.
    """
    since = last_heartbeat(engine)
    total = FireReport()
    while True:
        report = _sweep(engine, worker=worker, limit=limit, outage_since=since or datetime.min.replace(tzinfo=UTC))
        total += report
        if len(report.fired) + len(report.failed) < limit:
            break
    _leave_mark(engine, worker)
    drain_messages(engine)
    return total


def last_heartbeat(engine: Engine) -> datetime | None:
    """When timers were last looked for, None before the first time."""
    with engine.store.read() as work:
        mark = work.registers.mark(HEARTBEAT)
    return mark["at"] if mark else None


def _sweep(engine: Engine, *, worker: str, limit: int, outage_since: datetime | None) -> FireReport:
    with engine.store.read() as work:
        due = work.timers.due(engine.clock.now(), limit)
    report = FireReport()
    for timer in due:
        by_outage = outage_since is not None and timer.due_at > outage_since and timer.attempts == 0
        report += _fire(engine, timer, worker=worker, by_outage=by_outage)
    return report


def _fire(engine: Engine, timer: Timer, *, worker: str, by_outage: bool) -> FireReport:
    try:
        fired = fire_timer(engine, timer.timer_id, worker=worker, by_outage=by_outage)
    except Conflict:
        return FireReport(skipped=1)
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


def _leave_mark(engine: Engine, worker: str) -> None:
    with engine.store.write() as work:
        work.registers.set_mark(HEARTBEAT, {"at": engine.clock.now(), "worker": worker})
