"""The step: lock, load, advance, project, save, in one transaction, or no trace at all.

Timers of the instance that are due fire first, each in a step of its own, so that a late heartbeat never changes an
outcome: a window that has closed stays closed for whoever comes after, and a reminder goes out before the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from engine.cases.advance import Held, Operation, advance
from engine.cases.catch_up import follow, is_behind
from engine.cases.firing import fire_timer
from engine.cases.halted import refuse_halted
from engine.cases.incident_log import log_incident
from engine.cases.messages import deliver_sent
from engine.deadlines.back_off import retry_after
from engine.errors import Conflict, EngineError, StepFailed, StoreAway
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.time import Timer

_WORKER: Final = "step"
_ROUNDS: Final = 3
"""How often a due timer is tried that somebody else keeps locked: then the step is refused, not done before it."""


def run_step(
    engine: Engine,
    hold: Callable[[UnitOfWork], Held],
    plan: Callable[[UnitOfWork, Held, datetime], Operation],
    *,
    actor: str,
    log_failure: bool = True,
    despite_halt: bool = False,
) -> None:
    """Does what `plan` decides once the instance is locked, then delivers what it sent.

    `hold` and `plan` raise what forbids it; nothing is written then. Raises StepFailed where the diagram failed:
    the state is as before, and an incident tells what to retry (unless this is a retry: `log_failure` False).
    Raises Halted for a halted instance, unless an operator mends it `despite_halt`: its timers wait all the same.
    """
    now = engine.clock.now()
    tried: Counter[str] = Counter()
    while True:
        held: Held | None = None
        operation: Operation | None = None
        try:
            with engine.store.write() as work:
                held = hold(work)
                if not despite_halt:
                    refuse_halted(work, held.halt_id)
                due = _due(work, held, now, tried)
                behind = is_behind(held, due)
                if not due and not behind:
                    operation = plan(work, held, now)
                    batch = advance(engine, work, held, operation, actor=actor, now=now)
                    break
        except StepFailed as failure:
            # what a person can simply do again needs no incident
            if log_failure and held is not None and operation is not None and operation.retry:
                _record_failure(engine, held, operation, failure, now)
            raise
        if behind and held is not None:
            # the calendar has changed: the step runs on the dates that now hold
            follow(engine, held.instance.instance_id)
            continue
        _fire_first(engine, due, tried)
    deliver_sent(engine, batch)


def _due(work: UnitOfWork, held: Held, now: datetime, tried: Counter[str]) -> tuple[Timer, ...]:
    """Timers to be fired before the step. No statement where none can be due."""
    if held.next_timer_at is None or held.next_timer_at > now or held.halt_id is not None:
        return ()
    waiting = work.timers.due_of_instance(held.instance.instance_id, now)
    return tuple(t for t in waiting if tried[t.timer_id] < _ROUNDS and (t.retry_at is None or t.retry_at <= now))


def _fire_first(engine: Engine, due: tuple[Timer, ...], tried: Counter[str]) -> None:
    for timer in due:
        tried[timer.timer_id] += 1
        try:
            fire_timer(engine, timer.timer_id, _WORKER, wait=True)
            tried[timer.timer_id] = _ROUNDS
        except Conflict:
            if tried[timer.timer_id] == _ROUNDS:
                raise
        except StoreAway:
            raise
        except EngineError:
            # the heartbeat tries again and reports it; the person's own step does not wait for it
            tried[timer.timer_id] = _ROUNDS
            with engine.store.write() as work:
                retry_at = engine.clock.now() + retry_after(timer.attempts)
                work.timers.fail(timer.timer_id, attempts=timer.attempts + 1, retry_at=retry_at)


def _record_failure(engine: Engine, held: Held, operation: Operation, failure: StepFailed, now: datetime) -> None:
    """What the person typed is kept for the retry: variables in the incident, parties sealed in the case."""
    with engine.store.write() as work:
        if operation.parties:
            work.cases.add_parties(operation.parties)
        log_incident(
            work,
            failure,
            instance_id=held.instance.instance_id,
            case_id=held.case.case_id,
            operation=operation.retry,
            now=now,
        )
