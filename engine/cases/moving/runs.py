"""What a process admin does with dry runs and migrations: begin, pause, resume, stop, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from engine.audit.record import record_event
from engine.cases.moving.carry import RunHalted
from engine.cases.moving.rights import demand_mover, known_run
from engine.cases.moving.undo import moved_on, undo_instance
from engine.definitions.draft_rights import missing_draft
from engine.definitions.draft_source import draft_procedure
from engine.definitions.sources import load_procedure
from engine.errors import InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.moving import MoveRun, Outcome, RunKind, RunState
from engine.records.org import Actor
from engine.tasks.rights import is_accused

MOST: Final = 1_000_000
LONGEST_REASON: Final = 500
"""Characters."""
FITTING: Final = (Outcome.UNCHANGED, Outcome.MOVES)
"""What a dry run says can be moved."""
_EVENTS: Final = {
    RunState.PAUSED: "MigrationPaused",
    RunState.RUNNING: "MigrationResumed",
    RunState.STOPPED: "MigrationStopped",
}
_FROM: Final = {
    RunState.PAUSED: frozenset({RunState.RUNNING}),
    RunState.RUNNING: frozenset({RunState.PAUSED}),
    RunState.STOPPED: frozenset({RunState.RUNNING, RunState.PAUSED}),
}


@dataclass(frozen=True)
class Choice:
    """Which instances, and how. `case_numbers` None: all of `source_id` (None: of every other version).

    `of_run`: those that this dry run found to fit; `at_most` counts from the oldest.
    """

    source_id: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    rearm: bool = False
    case_numbers: Sequence[str] | None = None
    of_run: str | None = None
    at_most: int = MOST


def begin_draft_run(engine: Engine, actor: Actor, draft_id: str, choice: Choice) -> MoveRun:
    """A dry run of a draft as it is now, over every running instance of its procedure.

    Raises Forbidden (audited), NotFound, InvalidDiagram with the findings where the draft cannot run.
    """
    demand_mover(engine, actor, "dry_run", draft_id)
    with engine.store.write() as work:
        draft = work.studio.get(draft_id)
        if draft is None:
            raise missing_draft(draft_id)
        draft_procedure(engine, work, draft_id)
        return _begin(
            engine,
            work,
            actor,
            RunKind.DRY,
            key=draft.key,
            choice=choice,
            draft_id=draft_id,
            revision=draft.revision,
        )


def begin_version_run(engine: Engine, actor: Actor, target_id: str, choice: Choice) -> MoveRun:
    """A dry run of a version. Raises Forbidden (audited), NotFound."""
    demand_mover(engine, actor, "dry_run", target_id)
    with engine.store.write() as work:
        key = load_procedure(work, target_id).definition.key
        return _begin(engine, work, actor, RunKind.DRY, key=key, choice=choice, target_id=target_id)


def begin_migration(engine: Engine, actor: Actor, target_id: str, choice: Choice, reason: str) -> MoveRun:
    """Moves running instances to a version, in the background.

    Raises Forbidden (audited), NotFound, InvalidState where the version is not in force yet or retired, where no
    reason is given, or where there is nothing to move.
    """
    demand_mover(engine, actor, "migrate", target_id)
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise InvalidState(
            Message(
                "请写明迁移的理由，它会记入每个案件的档案。", "Give the reason; it is kept with every case moved."
            )
        )
    with engine.store.write() as work:
        # what is retired since the page was opened is read anew: a version in memory knows only its content
        definition = work.definitions.get(target_id) or load_procedure(work, target_id).definition
        now = engine.clock.now()
        if definition.retired_at is not None or definition.effective_at > now:
            raise InvalidState(
                Message(
                    "这个版本尚未生效或已经停用，不能把案件迁到它上面。请在它生效后再迁移。",
                    "This version is not in force yet, or is retired; no case can be moved to it. Wait until it is "
                    "in force.",
                )
            )
        return _begin(
            engine,
            work,
            actor,
            RunKind.REAL,
            key=definition.key,
            choice=choice,
            target_id=target_id,
            reason=reason,
        )


def pause_run(engine: Engine, actor: Actor, run_id: str) -> MoveRun:
    """Raises Forbidden (audited), NotFound, InvalidState where it is not running."""
    return _change(engine, actor, run_id, RunState.PAUSED)


def resume_run(engine: Engine, actor: Actor, run_id: str) -> MoveRun:
    """Raises Forbidden (audited), NotFound, InvalidState where it is not paused."""
    return _change(engine, actor, run_id, RunState.RUNNING)


def stop_run(engine: Engine, actor: Actor, run_id: str) -> MoveRun:
    """Ends it; what has been moved stays moved.

    Raises Forbidden (audited), NotFound, InvalidState where it is over.
    """
    return _change(engine, actor, run_id, RunState.STOPPED)


def undo_run(engine: Engine, actor: Actor, run_id: str) -> MoveRun:
    """Moves back, in the background, every case of a migration that has not moved on.

    Raises Forbidden (audited), NotFound, InvalidState where it is no migration or still under way.
    """
    demand_mover(engine, actor, "undo_migration", run_id)
    now = engine.clock.now()
    with engine.store.write() as work:
        run = known_run(work, run_id)
        if run.kind is not RunKind.REAL or run.state in {RunState.RUNNING, RunState.PAUSED}:
            raise InvalidState(
                Message(
                    "只能撤回已经完成或停止的迁移。请先停止它。",
                    "Only a migration that is done or stopped can be taken back. Stop it first.",
                )
            )
        work.moving.set_state(run_id, RunState.RUNNING, now, undoing=True)
        detail = {"run": run_id, "procedure": run.key}
        record_event(work, "MigrationUndoStarted", detail, actor=actor.person_id, at=now)
        return known_run(work, run_id)


def undo_case(engine: Engine, actor: Actor, run_id: str, instance_id: str) -> None:
    """Moves one case of a migration back.

    Raises Forbidden (audited), NotFound, InvalidState where it has moved on.
    """
    demand_mover(engine, actor, "undo_migration", run_id)
    with engine.store.read() as work:
        run = known_run(work, run_id)
        standing = work.moving.standing([instance_id]).get(instance_id)
    if standing is None or is_accused(actor, standing[1]):
        raise NotFound(Message("案件", "case"), instance_id[:40])
    try:
        undo_instance(engine, run, instance_id, actor.person_id, alone=True)
    except RunHalted as error:
        raise moved_on() from error


def _begin(
    engine: Engine,
    work: UnitOfWork,
    actor: Actor,
    kind: RunKind,
    *,
    key: str,
    choice: Choice,
    target_id: str | None = None,
    draft_id: str | None = None,
    revision: int | None = None,
    reason: str = "",
) -> MoveRun:
    now = engine.clock.now()
    run = MoveRun(
        run_id=str(uuid4()),
        kind=kind,
        key=key,
        source_id=choice.source_id,
        target_id=target_id,
        draft_id=draft_id,
        state=RunState.RUNNING,
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
        total=0,
        mapping={old: new for old, new in choice.mapping.items() if old and new},
        reason=reason,
        rearm=choice.rearm,
        revision=revision,
    )
    if choice.of_run is not None:
        known_run(work, choice.of_run)
    total = work.moving.add(
        run,
        _chosen(work, actor, key, choice),
        max(0, min(choice.at_most, MOST)),
        like=None if choice.of_run is None else (choice.of_run, FITTING),
    )
    if total == 0:
        raise InvalidState(
            Message(
                "没有符合条件的在办案件。请改选版本或案件。",
                "No running case fits. Choose another version, or other cases.",
            )
        )
    if kind is RunKind.REAL:
        detail = {"run": run.run_id, "procedure": key, "target": target_id, "cases": total, "reason": reason}
        record_event(work, "MigrationStarted", detail, actor=actor.person_id, at=now)
    return known_run(work, run.run_id)


def _chosen(work: UnitOfWork, actor: Actor, key: str, choice: Choice) -> Sequence[str] | None:
    """Raises InvalidState for case numbers that are not among the running cases."""
    if choice.case_numbers is None:
        return None
    found = work.moving.running_of_cases(key, choice.case_numbers, actor)
    missing = [number for number in choice.case_numbers if number not in found]
    if missing:
        listed = "、".join(missing[:5])
        raise InvalidState(
            Message(
                f"这些编号不是本流程的在办案件：{listed}。请核对编号。",
                f"These are no running cases of this procedure: {', '.join(missing[:5])}. Check the numbers.",
            )
        )
    return tuple(found.values())


def _change(engine: Engine, actor: Actor, run_id: str, state: RunState) -> MoveRun:
    demand_mover(engine, actor, f"{state.value}_run", run_id)
    now = engine.clock.now()
    with engine.store.write() as work:
        run = known_run(work, run_id)
        if work.moving.state_of(run_id) not in _FROM[state]:
            raise InvalidState(
                Message("它的状态已经改变。请刷新页面。", "Its state has changed meanwhile. Reload the page.")
            )
        work.moving.set_state(run_id, state, now)
        if run.kind is RunKind.REAL:
            detail = {"run": run_id, "procedure": run.key}
            record_event(work, _EVENTS[state], detail, actor=actor.person_id, at=now)
        return known_run(work, run_id)
