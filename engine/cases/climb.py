"""A firing of a rung: inside the step's transaction, reads what it needs and returns what is to be written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.chain import seal_entries
from engine.cases.actions.action import ActionContext
from engine.cases.advance import Held
from engine.cases.climb_acts import Climber, act
from engine.cases.collector import Collector
from engine.cases.followers import tell_followers
from engine.cases.ladder_receivers import addressed, responsible_units, tasks_under
from engine.cases.standing import SYSTEM, Event
from engine.clock.lights import Lights
from engine.deadlines.calendar import load_calendar
from engine.deadlines.ladders import Ground, Ladders, Rung, rung_instant
from engine.deadlines.office_tables import load_tables
from engine.deadlines.recompute import dues_again
from engine.deadlines.rungs import follower_basis, next_basis, nth_of
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import Instance
from engine.records.step import StepBatch
from engine.records.time import Deadline, DeadlineState, Timer, TimerMove, TimerSettlement, TimerState
from engine.values import Data


def climb(
    engine: Engine,
    work: UnitOfWork,
    held: Held,
    timer: Timer,
    now: datetime,
    *,
    worker: str = "step",
    by_outage: bool = False,
) -> StepBatch:
    """The rows of one firing of a rung; the caller saves them, and delivers `batch.messages` after the commit.

    `timer` is claimed, `held` its instance. A rung whose deadline has ended, or whose row is gone, is cancelled;
    one whose clock stands is held. At most eight reads, whatever the row and the office.
    """
    deadline = next((d for d in held.deadlines if d.deadline_id == timer.deadline_id), None)
    if deadline is not None and deadline.state is DeadlineState.PAUSED:
        return StepBatch(
            _next_version(held), timers_moved=(TimerMove(timer.timer_id, timer.due_at, TimerState.HELD),)
        )
    ladders = load_tables(engine, work).ladders
    rung = ladders.get(timer.rung or "")
    if deadline is None or not deadline.is_open or rung is None or deadline.rule not in rung.rules:
        settled = TimerSettlement(timer.timer_id, TimerState.CANCELLED, None, None, by_outage=False, worker=worker)
        return StepBatch(_next_version(held), timers_settled=(settled,))
    firing = _Firing(timer, rung, deadline, now)
    collector = Collector(held.case, held.instance.instance_id, now, SYSTEM)
    tasks = tasks_under(deadline, work.tasks.open_of_case(held.case.case_id))
    following = _following(engine, work, firing, ladders)
    climber = Climber(
        context=ActionContext(work, collector, engine.settings.timezone),
        feel=engine.kernel.feel,
        firing_key=timer.timer_id,
        element_id=timer.element_id,
        rung=rung,
        nth=nth_of(timer.basis),
        deadline=deadline,
        units=responsible_units(tasks, held.case),
        to=addressed(rung.to, tasks, held.case),
        reply_by=following[0].due_at if following else None,
    )
    done = act(climber)
    if rung.level == "overdue" and climber.nth == 1:
        tell_followers(work, collector, "overdue", deadline.deadline_id)
    detail = {**done.detail, "rung": rung.rung, "name": rung.name.zh, "nth": climber.nth, "what": rung.what.value}
    batch = StepBatch(
        _next_version(held),
        timers_armed=following,
        timers_settled=(_fired(timer, now, worker, by_outage=by_outage),),
        deadlines=(replace(deadline, history=(*deadline.history, _entry(deadline, detail, now))),),
        messages=done.messages,
    )
    climbed = Event("RungClimbed", {**detail, "rule": deadline.rule, "timer_id": timer.timer_id})
    return _sealed(batch, collector, climbed, held)


@dataclass(frozen=True)
class _Firing:
    timer: Timer
    rung: Rung
    deadline: Deadline
    now: datetime

    @property
    def basis(self) -> Data:
        return self.timer.basis or {"moment": self.rung.when.text if self.rung.when else "due"}


def _following(engine: Engine, work: UnitOfWork, firing: _Firing, ladders: Ladders) -> tuple[Timer, ...]:
    """The next firing of the rung, or after its last one the first firings of the rungs that follow it."""
    rung, timer = firing.rung, firing.timer
    coming: list[tuple[Rung, int, Data]] = []
    again = next_basis(rung, firing.basis, timer.due_at, firing.now)
    if again is not None:
        coming.append((rung, *again))
    after = follower_basis(rung, firing.basis, timer.due_at, firing.now)
    if after is not None:
        followers = [found for name in rung.then if (found := ladders.get(name)) is not None]
        coming += [(follower, 1, after) for follower in followers if firing.deadline.rule in follower.rules]
    if not coming:
        return ()
    calendar, zone, deadline = load_calendar(engine, work), engine.settings.timezone, firing.deadline
    ground = Ground(
        dues_again(deadline, calendar, zone),
        Lights(deadline.blue_at, deadline.yellow_at, deadline.red_at),
        calendar,
        zone,
    )
    return tuple(
        replace(
            timer,
            timer_id=f"{deadline.deadline_id}:{each.rung}:{nth}",
            name=each.name.zh,
            rung=each.rung,
            due_at=rung_instant(basis, ground),
            basis=basis,
            state=TimerState.WAITING,
            attempts=0,
            retry_at=None,
        )
        for each, nth, basis in coming
    )


def _fired(timer: Timer, now: datetime, worker: str, *, by_outage: bool) -> TimerSettlement:
    late = (now - timer.due_at).total_seconds()
    return TimerSettlement(timer.timer_id, TimerState.FIRED, now, late, by_outage=by_outage, worker=worker)


def _entry(deadline: Deadline, detail: Data, now: datetime) -> Data:
    return {"at": now, "by": SYSTEM, "event": "escalated", **detail, "legal_due": deadline.legal_due}


def _next_version(held: Held) -> Instance:
    return replace(held.instance, version=held.instance.version + 1)


def _sealed(batch: StepBatch, collector: Collector, climbed: Event, held: Held) -> StepBatch:
    collected = collector.collected()
    audit = seal_entries(
        [(event.name, event.detail) for event in (climbed, *collected.events)],
        case_id=held.case.case_id,
        at=collector.now,
        actor=SYSTEM,
        previous=held.instance.audit_head,
    )
    return replace(
        batch,
        instance=replace(batch.instance, audit_head=audit[-1].hash),
        papers=collected.papers,
        outbox=collected.outbox,
        scores=collected.scores,
        audit=audit,
    )
