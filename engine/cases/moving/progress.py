"""Runs go on in the background: portion by portion, each instance of a migration in a transaction of its own.

A portion does a bounded amount of work, so that whoever sweeps can stop between two. A crash leaves every instance
either moved, with its item, or as it was, and waiting: the next portion goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from engine.audit.record import record_event
from engine.cases.moving.carry import DoesNotFit, RunHalted, move_instance, refused
from engine.cases.moving.target import Target, target_of
from engine.cases.moving.trial import Seen, tried
from engine.cases.moving.undo import undo_instance
from engine.cases.standing import SYSTEM
from engine.errors import Conflict, EngineError, Message, StoreAway
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import InstanceState
from engine.records.moving import MoveItem, MoveRun, Outcome, RunKind, RunState
from engine.values import Data

TRIALS: Final = 100
"""Instances of a dry run that are looked at on one moment's data, and stored together."""
MOVES: Final = 25
log = structlog.get_logger(__name__)


def advance_runs(engine: Engine) -> int:
    """One portion of the oldest run that is being worked on; says how many instances it dealt with.

    One statement where no run is. 0 also where others hold all that is left: they are asked again later.
    """
    with engine.store.read() as work:
        run = work.moving.next_running()
        if run is None:
            return 0
        if run.undoing:
            items = work.moving.movable_back(run.run_id, MOVES)
        else:
            items = work.moving.waiting(run.run_id, TRIALS if run.kind is RunKind.DRY else MOVES)
    if not items:
        _finish(engine, run)
        return 0
    if run.kind is RunKind.DRY:
        return _try_all(engine, run, items)
    one = _undo_one if run.undoing else _move_one
    return _each(engine, run, items, one)


def _try_all(engine: Engine, run: MoveRun, items: Sequence[MoveItem]) -> int:
    ids = [item.instance_id for item in items]
    now = engine.clock.now()
    try:
        with engine.store.read() as work:
            target = target_of(engine, work, run)
            standing = work.moving.standing(ids)
            deadlines = work.instances.open_deadlines_of(ids)
            seen = {key: Seen(*found, deadlines.get(key, ())) for key, found in standing.items()}
            done = [_tried(engine, work, item, target, seen[item.instance_id], now=now) for item in items]
    except StoreAway:
        raise
    except EngineError as error:
        _give_up(engine, run, error.message)
        return 0
    with engine.store.write() as work:
        if work.moving.state_of(run.run_id) is RunState.RUNNING:
            work.moving.save_items(done)
    return len(done)


def _tried(
    engine: Engine, work: UnitOfWork, item: MoveItem, target: Target, seen: Seen, *, now: datetime
) -> MoveItem:
    if seen.instance.state is not InstanceState.RUNNING:
        return _over(item, now)
    try:
        return tried(engine, work, item, target, seen, now=now)
    except StoreAway:
        raise
    except Exception as error:  # the boundary of one instance: the others must be looked at, the reason is kept
        log.exception("instance_not_tried", instance_id=item.instance_id, run_id=item.run_id)
        return replace(refused(item, _broken(error), now), outcome=Outcome.CANNOT)


def _each(
    engine: Engine, run: MoveRun, items: Sequence[MoveItem], one: Callable[[Engine, MoveRun, MoveItem], None]
) -> int:
    done = 0
    for item in items:
        try:
            one(engine, run, item)
        except RunHalted:
            with engine.store.read() as work:
                current = work.moving.get(run.run_id)
            if current is None or current.state is not RunState.RUNNING:
                return done
        except Conflict:
            continue
        else:
            done += 1
    return done


def _move_one(engine: Engine, run: MoveRun, item: MoveItem) -> None:
    now = engine.clock.now()
    try:
        move_instance(engine, run, item.instance_id)
    except (RunHalted, Conflict, StoreAway):
        raise
    except DoesNotFit as misfit:
        _save(engine, run, refused(item, misfit.message, now, misfit.move))
    except EngineError as error:
        _save(engine, run, refused(item, error.message, now))
    except Exception as error:  # the boundary of one instance: the others must go on, and the reason is kept
        log.exception("instance_not_moved", instance_id=item.instance_id, run_id=run.run_id)
        _save(engine, run, refused(item, _broken(error), now))


def _undo_one(engine: Engine, run: MoveRun, item: MoveItem) -> None:
    try:
        undo_instance(engine, run, item.instance_id, run.created_by)
    except (RunHalted, Conflict, StoreAway):
        raise
    except EngineError as error:
        # it stays where it was moved to, and is not asked again
        reasons = [{"zh": error.message.zh, "en": error.message.en}]
        kept: Data = {**item.detail, "reasons": reasons}
        _save(engine, run, replace(item, detail=kept, version_after=None, at=engine.clock.now()), Outcome.MOVED)


def _save(engine: Engine, run: MoveRun, item: MoveItem, expected: Outcome = Outcome.WAITING) -> None:
    """Stores what came of an instance that was not moved, unless somebody has dealt with it meanwhile."""
    with engine.store.write() as work:
        now = work.moving.claim(run.run_id, item.instance_id)
        if now is not None and now.outcome is expected:
            kept = {"snapshot_before": now.snapshot_before, "definition_before": now.definition_before}
            work.moving.save_items([replace(item, **kept)])  # type: ignore[arg-type]


def _broken(error: Exception) -> Message:
    words = f"{type(error).__name__}: {error}"
    return Message(f"程序出错，案件未作改动：{words}", f"The program failed; the case is unchanged: {words}")


def _over(item: MoveItem, now: datetime) -> MoveItem:
    reason = Message("案件的流程在试算前已经结束。", "The instance ended before it was looked at.")
    return replace(refused(item, reason, now), outcome=Outcome.CANNOT)


def _finish(engine: Engine, run: MoveRun) -> None:
    now = engine.clock.now()
    with engine.store.write() as work:
        if work.moving.state_of(run.run_id) is not RunState.RUNNING:
            return
        work.moving.set_state(run.run_id, RunState.DONE, now)
        if run.kind is RunKind.REAL:
            counts = {outcome.value: many for outcome, many in work.moving.counts(run.run_id).items()}
            event = "MigrationUndone" if run.undoing else "MigrationFinished"
            record_event(work, event, {"run": run.run_id, "procedure": run.key, **counts}, actor=SYSTEM, at=now)


def _give_up(engine: Engine, run: MoveRun, reason: Message) -> None:
    """A dry run whose draft cannot run, or has changed."""
    log.warning("dry_run_stopped", run_id=run.run_id, reason=reason.en)
    with engine.store.write() as work:
        if work.moving.state_of(run.run_id) is RunState.RUNNING:
            work.moving.stop(run.run_id, f"{reason.zh}\n{reason.en}", engine.clock.now())
