"""Firing timers of the ledger: one in a step of its own, or many of different cases in one transaction.

The claim and the steps are one transaction, so a timer fires once however many workers look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from engine.cases.advance import Held, Operation, hold_instance, prepare
from engine.cases.catch_up import is_behind
from engine.cases.climb import climb
from engine.cases.incident_log import log_incident
from engine.cases.messages import deliver_sent
from engine.cases.standing import SYSTEM, Event, Firing
from engine.clock.elapsed import elapsed
from engine.errors import StepFailed
from engine.kernel.mend import passing_over
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import InstanceState
from engine.records.step import StepBatch
from engine.records.time import Timer, TimerKind


def fire_timer(
    engine: Engine,
    timer_id: str,
    worker: str,
    by_outage: bool = False,
    *,
    log_failure: bool = True,
    wait: bool = False,
    over: frozenset[str] = frozenset(),
) -> bool:
    """Fires one timer of the ledger in a step of its own.

    False where it is gone, stale, taken by another, or halted: then it is put off until the halt ends.

    With `wait` another who has it is waited for, and may die in the middle: False then means gone or stale. The
    effects of the elements `over` are left out. Raises StepFailed where the diagram failed: the incident is
    recorded; when to try again is the caller's to say.
    """
    now = engine.clock.now()
    timer: Timer | None = None
    try:
        with engine.store.write() as work:
            timer = work.timers.claim(timer_id, wait=wait)
            held = hold_instance(work, timer.instance_id) if timer else None
            if timer is None or held is None or held.instance.state is not InstanceState.RUNNING:
                return False
            if is_behind(held, (timer,)):
                # the calendar has changed: it may not be due at all
                return False
            if held.halt_id is not None:
                work.operating.park_timers([timer.timer_id])
                return False
            batch = firing_step(engine, work, held, Firing(timer, worker, by_outage), now, over=over)
            work.instances.save_step(batch)
    except StepFailed as failure:
        if log_failure and timer is not None:
            _record_failed_firing(engine, timer, failure, now)
        raise
    deliver_sent(engine, batch)
    return True


@dataclass
class FiringBatch:
    """What became of one batch, filled while it runs: after an error, all of `claimed` is as it was before.

    `fired` were fired at `at`; `alone` failed before, and get a step of their own; `parked` of halted instances are
    put off until the halt ends; `sent` says that there are messages to deliver, `seconds` how long the transaction
    lasted, without the wait for it.
    """

    at: datetime
    claimed: list[Timer] = field(default_factory=list)
    fired: list[Firing] = field(default_factory=list)
    alone: list[Timer] = field(default_factory=list)
    parked: int = 0
    sent: bool = False
    seconds: float = 0.0


def fire_batch(
    engine: Engine, batch: FiringBatch, *, worker: str, limit: int, is_by_outage: Callable[[Timer], bool]
) -> None:
    """Fires the oldest due timers, one a case, at most `limit`, in one transaction: all of them, or none.

    The number of statements does not grow with the timers, but for what server actions ask. Raises whatever one of
    them failed with; `batch.claimed` then tells which were tried. The caller delivers the messages.
    """
    with engine.store.write() as work:
        begun = elapsed()
        claimed = work.timers.claim_due(batch.at, limit)
        halted = [due.timer.timer_id for due in claimed if due.halt_id is not None]
        if halted:
            batch.parked = work.operating.park_timers(halted)
            claimed = tuple(due for due in claimed if due.halt_id is None)
        batch.claimed = [due.timer for due in claimed]
        batch.alone = [due.timer for due in claimed if due.timer.attempts]
        first_tries = [due for due in claimed if not due.timer.attempts]
        if not first_tries:
            return
        deadlines = work.instances.open_deadlines_of([due.instance.instance_id for due in first_tries])
        climbing = [due.case.case_id for due in first_tries if due.timer.kind is TimerKind.RUNG]
        if climbing:
            work.tasks.foresee_open(climbing)
        steps = []
        for due in first_tries:
            held = Held(due.instance, due.case, deadlines.get(due.instance.instance_id, ()))
            firing = Firing(due.timer, worker, is_by_outage(due.timer))
            steps.append(firing_step(engine, work, held, firing, batch.at))
            batch.fired.append(firing)
        work.instances.save_steps(steps)
        batch.sent = any(step.messages for step in steps)
        batch.seconds = elapsed() - begun


def firing_step(
    engine: Engine,
    work: UnitOfWork,
    held: Held,
    firing: Firing,
    now: datetime,
    *,
    over: frozenset[str] = frozenset(),
) -> StepBatch:
    """The step that a firing is, still to be saved."""
    timer = firing.timer
    if timer.kind is TimerKind.BPMN:
        return prepare(engine, work, held, _operation(firing, over), actor=SYSTEM, now=now)
    return climb(engine, work, held, timer, now, worker=firing.worker, by_outage=firing.by_outage)


def _operation(firing: Firing, over: frozenset[str]) -> Operation:
    timer = firing.timer
    return Operation(
        event=Event("TimerFired", {"timer_id": timer.timer_id, "element": timer.element_id, "name": timer.name}),
        act=lambda run, now: passing_over(run, over).fire(timer.timer_id, now),
        retry={"kind": "fire", "timer_id": timer.timer_id},
        firing=firing,
    )


def _record_failed_firing(engine: Engine, timer: Timer, failure: StepFailed, now: datetime) -> None:
    """One incident for a failing timer, not one for each attempt."""
    if timer.attempts:
        return
    with engine.store.write() as work:
        log_incident(
            work,
            failure,
            instance_id=timer.instance_id,
            case_id=timer.case_id,
            operation={"kind": "fire", "timer_id": timer.timer_id},
            now=now,
        )
