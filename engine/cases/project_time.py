"""Timers of a step. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.cases.project_deadlines import Reckoner
from engine.cases.standing import Stamp, Standing
from engine.deadlines.own import is_own
from engine.deadlines.recompute import is_same_span
from engine.kernel.changes import Changes, TimerArmed
from engine.records.time import Deadline, DeadlineState, Timer, TimerMove, TimerSettlement, TimerState
from engine.values import Data


def armed_timers(
    changes: Changes, standing: Standing, stamp: Stamp, deadlines: Sequence[Deadline], reckoner: Reckoner
) -> tuple[Timer, ...]:
    """New rows of the ledger; one that was disarmed in the same step is settled already."""
    settled = {settlement.timer_id: settlement for settlement in settled_timers(changes, stamp)}
    timers = []
    for armed in changes.armed:
        settlement, deadline = settled.get(armed.timer_id), _deadline_of(armed, deadlines)
        timer = Timer(
            timer_id=armed.timer_id,
            instance_id=standing.instance.instance_id,
            case_id=standing.case.case_id,
            element_id=armed.element_id,
            name=armed.name,
            attached_to=armed.attached_to,
            interrupting=armed.interrupting,
            due_at=instant_under(deadline, armed.resolved.basis, armed.resolved.at, reckoner),
            state=settlement.state if settlement else waiting_state(deadline),
            fired_at=settlement.fired_at if settlement else None,
            deadline_id=deadline.deadline_id if deadline else None,
            basis=armed.resolved.basis,
        )
        timers.append(timer)
    return tuple(timers)


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


def moved_timers(
    timers: Iterable[Timer], deadlines: Sequence[Deadline], reckoner: Reckoner
) -> tuple[TimerMove, ...]:
    """Where the pending timers of these deadlines now belong; those that stay as they are, are left out."""
    by_id = {deadline.deadline_id: deadline for deadline in deadlines}
    moves = []
    for timer in timers:
        deadline = by_id[timer.deadline_id or ""]
        state = waiting_state(deadline)
        at = timer.due_at
        if state is TimerState.WAITING and timer.basis is not None:
            at = reckoner.instant(timer.basis, deadline) or at
        if (at, state) != (timer.due_at, timer.state):
            moves.append(TimerMove(timer.timer_id, at, state))
    return tuple(moves)


def _deadline_of(armed: TimerArmed, deadlines: Sequence[Deadline]) -> Deadline | None:
    """The open deadline on the same activity whose rule, or whose span, the timer's instant comes from."""
    basis = armed.resolved.basis
    if basis is None or armed.attached_to is None:
        return None
    on = (d for d in deadlines if d.attached_to == armed.attached_to)
    if "rule" in basis:
        return next((d for d in on if d.rule == basis["rule"]), None)
    return next((d for d in on if is_own(d.rule) and is_same_span(basis, d)), None)


def instant_under(deadline: Deadline | None, basis: Data | None, planned: datetime, reckoner: Reckoner) -> datetime:
    """When a new timer fires: as planned, but for a deadline that took over pauses."""
    if deadline is None or basis is None or not deadline.pauses:
        return planned
    return reckoner.instant(basis, deadline) or planned


def waiting_state(deadline: Deadline | None) -> TimerState:
    """Held where the clock of its deadline stands."""
    is_paused = deadline is not None and deadline.state is DeadlineState.PAUSED
    return TimerState.HELD if is_paused else TimerState.WAITING
