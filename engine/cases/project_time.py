"""Timers and deadlines of a step. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.cases.standing import Stamp, Standing
from engine.kernel.changes import Changes, Closure, TimerArmed
from engine.records.time import Deadline, DeadlineState, Timer, TimerSettlement, TimerState


def armed_timers(changes: Changes, standing: Standing, stamp: Stamp) -> tuple[Timer, ...]:
    """New rows of the ledger; one that was disarmed in the same step is settled already."""
    settled = {settlement.timer_id: settlement for settlement in settled_timers(changes, stamp)}
    return tuple(_timer(armed, standing, settled.get(armed.timer_id)) for armed in changes.armed)


def _timer(armed: TimerArmed, standing: Standing, settlement: TimerSettlement | None) -> Timer:
    return Timer(
        timer_id=armed.timer_id,
        instance_id=standing.instance.instance_id,
        case_id=standing.case.case_id,
        element_id=armed.element_id,
        name=armed.name,
        attached_to=armed.attached_to,
        interrupting=armed.interrupting,
        due_at=armed.resolved.at,
        state=settlement.state if settlement else TimerState.WAITING,
        fired_at=settlement.fired_at if settlement else None,
        basis=armed.resolved.basis,
    )


def settled_timers(changes: Changes, stamp: Stamp) -> tuple[TimerSettlement, ...]:
    """What became of timers that are over. The step's own firing says how late it was and who fired it."""
    return tuple(_settlement(disarmed.timer_id, fired=disarmed.fired, stamp=stamp) for disarmed in changes.disarmed)


def _settlement(timer_id: str, *, fired: bool, stamp: Stamp) -> TimerSettlement:
    firing = stamp.firing if stamp.firing and stamp.firing.timer.timer_id == timer_id else None
    late = (stamp.now - firing.timer.due_at).total_seconds() if firing else None
    return TimerSettlement(
        timer_id=timer_id,
        state=TimerState.FIRED if fired else TimerState.CANCELLED,
        fired_at=stamp.now if fired else None,
        late_seconds=late,
        by_outage=firing.by_outage if firing else False,
        worker=firing.worker if firing else None,
    )


def started_deadlines(changes: Changes, make: Callable[[TimerArmed], Deadline | None]) -> tuple[Deadline, ...]:
    """Deadlines of the boundary timers that carry one, as `make` turns them into records."""
    made = (make(armed) for armed in changes.armed if armed.attached_to and armed.resolved.deadline is not None)
    return tuple(deadline for deadline in made if deadline is not None)


def ended_deadlines(changes: Changes, deadlines: Sequence[Deadline], stamp: Stamp) -> tuple[Deadline, ...]:
    """Deadlines whose activity ended, as they then are: met or met late by `legal_due`, voided where cancelled."""
    closures = {passed.task_id: passed.closure for passed in changes.passed}
    closures.update({closed.task_id: closed.closure for closed in changes.closed})
    return tuple(
        replace(d, state=_end_state(closures[d.attached_to], d, stamp), ended_at=stamp.now)
        for d in deadlines
        if d.attached_to in closures and d.is_open
    )


def _end_state(closure: Closure, deadline: Deadline, stamp: Stamp) -> DeadlineState:
    if closure is Closure.CANCELLED:
        return DeadlineState.VOIDED
    return DeadlineState.MET if stamp.now <= deadline.legal_due else DeadlineState.MET_LATE
