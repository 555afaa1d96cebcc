"""Takes the move of one instance back, as long as the case has not moved on since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.audit.chain import seal_entries
from engine.cases.advance import Held, hold_instance
from engine.cases.moving.carry import RunHalted
from engine.cases.moving.clocks import MOVED, after
from engine.cases.moving.notices import moved_pairs, words_to_holders
from engine.cases.moving.whole import check_whole
from engine.cases.project_tasks import relit_tasks
from engine.deadlines.life import ended, news_of, told
from engine.definitions.sources import load_procedure
from engine.errors import InvalidState, Message
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.moving import MessagePlace, MoveItem, MoveRun, Outcome, RunState, TaskPlace, TimerPlace
from engine.records.step import CaseUpdate, StepBatch
from engine.records.task import UserTask
from engine.records.time import Deadline, DeadlineState, TimerSettlement, TimerState
from engine.values import Data


def undo_instance(engine: Engine, run: MoveRun, instance_id: str, by: str, *, alone: bool = False) -> None:
    """Moves one instance back. Raises InvalidState where the case has moved on, RunHalted where the run has.

    `alone`: asked for this one case, whatever the run is doing.
    """
    with engine.store.write() as work:
        if not alone and work.moving.state_of(run.run_id) is not RunState.RUNNING:
            raise RunHalted
        held = hold_instance(work, instance_id)
        item = work.moving.claim(run.run_id, instance_id)
        if held is None or item is None or item.outcome is not Outcome.MOVED:
            raise RunHalted
        if item.version_after is None or held.instance.version != item.version_after:
            raise moved_on()
        _Undoing(engine, work, held, item, by=by).undo()


def moved_on() -> InvalidState:
    return InvalidState(
        Message(
            "迁移之后案件又有办理，不能再撤回。需要时请另行迁移到合适的版本。",
            "The case has moved on since it was migrated, so that cannot be taken back. Migrate it to another "
            "version where that is needed.",
        )
    )


def _places(kept: Sequence[Data], tasks: Sequence[UserTask]) -> tuple[TaskPlace, ...]:
    """As the move has kept them; one of before there were scopes leaves them as they are."""
    around = {task.task_id: task.scopes for task in tasks}
    found = ({"scopes": around.get(each["task_id"], ()), **each} for each in kept)
    return tuple(TaskPlace(**{**each, "scopes": tuple(each["scopes"])}) for each in found)


class _Undoing:
    def __init__(self, engine: Engine, work: UnitOfWork, held: Held, item: MoveItem, *, by: str) -> None:
        self._engine, self._work, self._held, self._item = engine, work, held, item
        self._by, self._now = by, engine.clock.now()
        self._undo = item.detail["undo"]
        self._tasks = work.tasks.open_of(held.case.case_id, held.instance.instance_id)
        self._places = _places(self._undo["tasks"], self._tasks)
        self._reopened: dict[str, tuple[Deadline, Deadline]] = {}

    def undo(self) -> None:
        work, item, undo = self._work, self._item, self._undo
        batch = self._batch()
        work.instances.save_step(batch)
        work.moving.wait_again(self._again(TimerState.WAITING, batch), TimerState.WAITING)
        work.moving.wait_again(self._again(TimerState.HELD, batch), TimerState.HELD)
        work.moving.place(
            self._places,
            [TimerPlace(**timer) for timer in undo["timers"]],
            [MessagePlace(**message) for message in undo["messages"]],
        )
        work.moving.hang(self._held.case.case_id, undo.get("hung", {}), undo.get("watched", {}))
        check_whole(self._engine, work, load_procedure(work, item.definition_before or ""), batch.instance)
        work.moving.save_items([replace(item, outcome=Outcome.UNDONE, at=self._now)])

    def _batch(self) -> StepBatch:
        held, item, undo = self._held, self._item, self._undo
        before = {deadline.deadline_id: deadline for deadline in held.deadlines}
        begun = tuple(self._voided(before[each]) for each in undo["begun"] if each in before)
        found = (self._work.deadlines.get(deadline_id) for deadline_id in undo["ended"])
        self._reopened = {d.deadline_id: (d, self._open_again(d)) for d in found if d is not None}
        called = tuple(replace(before[each], rule=rule) for each, rule in undo.get("called", {}).items())
        changed = (*begun, *called, *(now for _, now in self._reopened.values()))
        known = {**before, **{key: old for key, (old, _) in self._reopened.items()}}
        news = [line for d in changed for line in news_of(d, known.get(d.deadline_id))]
        event = ("InstanceMoveUndone", self._event())
        audit = seal_entries(
            [event, *news],
            case_id=held.case.case_id,
            at=self._now,
            actor=self._by,
            previous=held.instance.audit_head,
        )
        around = {place.task_id: place.scopes for place in self._places}
        tasks = [replace(task, scopes=around.get(task.task_id, task.scopes)) for task in self._tasks]
        pairs = moved_pairs(self._tasks, self._places)
        told_too = words_to_holders(
            self._work, held.case, list(pairs), run_id=item.run_id, now=self._now, is_back=True
        )
        hung = undo.get("hung", {})
        clocks = [
            replace(d, attached_to=hung.get(d.deadline_id, d.attached_to)) for d in after(held.deadlines, changed)
        ]
        cancelled = (TimerState.CANCELLED, None, None, False, None)
        return StepBatch(
            instance=replace(
                held.instance,
                definition_id=item.definition_before or "",
                snapshot=item.snapshot_before or b"",
                version=held.instance.version + 1,
                audit_head=audit[-1].hash,
            ),
            case_update=self._case_update(),
            timers_settled=tuple(TimerSettlement(timer_id, *cancelled) for timer_id in undo["armed"]),
            ladders_ended=tuple(deadline.deadline_id for deadline in begun),
            deadlines=changed,
            tasks_relit=relit_tasks(tasks, clocks),
            outbox=told_too,
            unawaited=tuple(undo["awaited"]),
            audit=audit,
        )

    def _case_update(self) -> CaseUpdate | None:
        case, state = self._held.case, self._undo["state"]
        return None if case.state == state else CaseUpdate(case.case_id, state=state)

    def _event(self) -> dict[str, object]:
        definition = load_procedure(self._work, self._item.definition_before or "").definition
        return {"run": self._item.run_id, "to_version": definition.version, "to_sha256": definition.sha256}

    def _voided(self, deadline: Deadline) -> Deadline:
        return ended(deadline, DeadlineState.VOIDED, at=self._now, by=self._by, reason=MOVED)

    def _open_again(self, deadline: Deadline) -> Deadline:
        is_paused = bool(deadline.pauses) and deadline.pauses[-1].get("until") is None
        state = DeadlineState.PAUSED if is_paused else DeadlineState.RUNNING
        reopened = replace(deadline, state=state, ended_at=None)
        return told(reopened, "reopened", at=self._now, by=self._by, reason=MOVED)

    def _again(self, state: TimerState, batch: StepBatch) -> list[str]:
        """Timers that the move had cancelled, and that now wait, or are held with their deadline, as before."""
        reopened = tuple(self._reopened)
        hung = self._work.deadlines.timers_of(self._held.case.case_id, reopened) if reopened else ()
        of = {timer.timer_id: timer.deadline_id for timer in hung if timer.state is TimerState.CANCELLED}
        held = {d.deadline_id for d in batch.deadlines if d.state is DeadlineState.PAUSED}
        every = dict.fromkeys([*self._undo["disarmed"], *of])
        return [each for each in every if (of.get(each) in held) == (state is TimerState.HELD)]
