"""The move of one running instance to another version: one step, in one transaction, checked before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from engine.audit.chain import seal_entries
from engine.cases.advance import Held, Operation, hold_instance
from engine.cases.going_back import heir
from engine.cases.moving.clocks import after, effects, over, renamed, starts_of
from engine.cases.moving.notices import words_to_holders
from engine.cases.moving.receivers import as_received
from engine.cases.moving.rehang import changed_hooks, rehung, rescoped, timer_hooks
from engine.cases.moving.target import fit, target_of
from engine.cases.moving.told import detail_of, gist_of, gist_of_reasons, goes_on, outcome_of
from engine.cases.moving.whole import check_whole
from engine.cases.project_tasks import relit_tasks
from engine.cases.standing import Event
from engine.cases.step import run_step
from engine.deadlines.life import news_of
from engine.definitions.sources import load_procedure
from engine.errors import EngineError, InvalidState, Message
from engine.kernel.changes import Changes, TaskOpened
from engine.kernel.migrate_values import Carried, Move
from engine.kernel.run import Run
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import Instance, InstanceState
from engine.records.moving import MessagePlace, MoveItem, MoveRun, Outcome, RunState, TaskPlace, TimerPlace
from engine.records.step import StepBatch
from engine.records.task import TaskKind, UserTask
from engine.values import Data


class RunHalted(Exception):
    """The run was paused or stopped meanwhile, or another worker has the instance: nothing was done."""


def move_instance(engine: Engine, run: MoveRun, instance_id: str) -> None:
    """Moves one instance of a run. Raises RunHalted; what else is raised says why the instance stays as it is."""
    moving = _Moving(engine, run, instance_id)
    run_step(engine, moving.hold, moving.plan, actor=run.created_by, log_failure=False, despite_halt=True)


def refused(item: MoveItem, reason: Message, now: datetime, move: Move | None = None) -> MoveItem:
    """An item whose instance stays on its version, and why."""
    detail = detail_of(move, None, ()) if move is not None else {"places": [], "deadlines": []}
    detail = {**detail, "reasons": [{"zh": reason.zh, "en": reason.en}]}
    return replace(item, outcome=Outcome.REFUSED, detail=detail, gist=gist_of_reasons((reason,)), at=now)


class DoesNotFit(EngineError):
    """The instance cannot go on in the new version; `move` says where it stands."""

    def __init__(self, move: Move) -> None:
        reasons = [p.problem for p in move.places if p.problem is not None] + list(move.problems)
        super().__init__(Message("".join(r.zh for r in reasons), " ".join(r.en for r in reasons)))
        self.move = move


@dataclass
class _Moving:
    """What one move learns on its way through the step."""

    engine: Engine
    run: MoveRun
    instance_id: str
    tasks: tuple[UserTask, ...] = ()
    described: Mapping[str, TaskOpened] = field(default_factory=dict)
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    placed: Sequence[tuple[UserTask, TaskPlace]] = ()
    changes: Changes = field(default_factory=Changes)
    ending: Sequence[str] = ()
    called: Mapping[str, str] = field(default_factory=dict)

    def hold(self, work: UnitOfWork) -> Held:
        run = self.run
        if work.moving.state_of(run.run_id) is not RunState.RUNNING:
            raise RunHalted
        held = hold_instance(work, self.instance_id)
        item = work.moving.claim(run.run_id, self.instance_id)
        if held is None or item is None or item.outcome is not Outcome.WAITING:
            raise RunHalted
        _demand_running(held.instance, run)
        target = target_of(self.engine, work, run)
        move = fit(self.engine, work, held.instance, target)
        if not move.fits:
            raise DoesNotFit(move)
        self.item, self.target, self.move, self.hooked = item, target, move, held.deadlines
        self.held = held = replace(held, deadlines=rehung(move, held.deadlines))
        # the step runs on the new version, and what is due fires before it on the old one
        moved = replace(held.instance, definition_id=target.definition_id, snapshot=move.snapshot)
        return replace(held, instance=moved, next_timer_at=self.engine.clock.now())

    def plan(self, work: UnitOfWork, held: Held, _now: datetime) -> Operation:
        self.tasks = work.tasks.open_of(held.case.case_id, self.instance_id)
        starts = starts_of(self.move, held.deadlines)

        def act(run: Run, at: datetime) -> Changes:
            settled = run.settle(self.move, starts, at)
            self.described, self.changes, self.scopes = settled.described, settled.changes, settled.scopes
            return settled.changes

        return Operation(
            event=Event("InstanceMoved", self._event(work)),
            act=act,
            retry={},
            columns=self._columns(),
            amend=self._amend,
            after=self._after,
        )

    def _event(self, work: UnitOfWork) -> Data:
        before = load_procedure(work, self.held.instance.definition_id).definition
        definition = self.target.procedure.definition
        return {
            "run": self.run.run_id,
            "from_version": before.version,
            "to_version": definition.version,
            "to_sha256": definition.sha256,
            "moved": [[p.name, p.target_name] for p in self.move.places if p.has_moved],
        }

    def _columns(self) -> dict[str, str]:
        """The state that the step gives the case which one of its tasks goes over to."""
        moved = {place.task_id for place in self.move.places if place.has_moved}
        carried = (c for c in self.move.carried if c.task_id in moved)
        states = [state for c in carried if (state := c.element.properties.get("case_state"))]
        return {"state": states[-1]} if states else {}

    def _amend(self, work: UnitOfWork, batch: StepBatch) -> StepBatch:
        now, by = batch.audit[-1].at, self.run.created_by
        before = self.held.deadlines
        ending = over(self.move, before, batch.deadlines, rearm=self.run.rearm, at=now, by=by)
        self.ending = [deadline.deadline_id for deadline in ending]
        known = {deadline.deadline_id: deadline for deadline in before}
        news = [line for d in ending for line in news_of(d, known.get(d.deadline_id))]
        case_id = batch.instance.case_id
        audit = seal_entries(news, case_id=case_id, at=now, actor=by, previous=batch.audit[-1].hash)
        head = audit[-1].hash if audit else batch.instance.audit_head
        closed = {closure.task_id for closure in batch.tasks_closed}
        written = {deadline.deadline_id for deadline in (*batch.deadlines, *ending)}
        called = renamed(self.move, [d for d in before if d.deadline_id not in written])
        self.called = {d.deadline_id: known[d.deadline_id].rule for d in called}
        clocks = after(before, batch.deadlines, ending, called)
        still = [task for task in self.tasks if task.task_id not in closed]
        self.placed = [(task, place) for task in still if (place := self._place(work, task)) is not None]
        case, run_id = self.held.case, self.run.run_id
        told = words_to_holders(work, case, self.placed, run_id=run_id, now=now)
        return replace(
            batch,
            outbox=(*batch.outbox, *told),
            instance=replace(batch.instance, audit_head=head),
            audit=(*batch.audit, *audit),
            deadlines=(*batch.deadlines, *ending, *called),
            ladders_ended=(*batch.ladders_ended, *self.ending),
            tasks_relit=relit_tasks((rescoped(task, self.scopes) for task in still), clocks),
        )

    def _after(self, work: UnitOfWork, batch: StepBatch) -> None:
        engine, now = self.engine, batch.audit[-1].at
        case_id, move = self.held.case.case_id, self.move
        timers = {t.timer_id: t for t in work.moving.pending_timers(case_id, self.instance_id)}
        waits = [c.task_id for c in move.carried if c.message is not None]
        messages = {m.task_id: m for m in work.moving.awaited(waits)}
        moved_timers = [
            TimerPlace(c.timer_id, c.element.id, c.element.name or timers[c.timer_id].name, c.interrupting)
            for c in move.carried
            if c.timer_id is not None and c.timer_id in timers
        ]
        moved_messages = [
            MessagePlace(c.task_id, c.element.id, c.message)
            for c in move.carried
            if c.message is not None and c.task_id in messages
        ]
        work.moving.place([place for _, place in self.placed], moved_timers, moved_messages)
        hooks, own = changed_hooks(self.hooked, self.held.deadlines), timer_hooks(move, timers)
        work.moving.hang(case_id, hooks, own)
        check_whole(engine, work, self.target.procedure, batch.instance)
        undo: Data = {
            "tasks": [asdict(place_of(task)) for task, _ in self.placed],
            "timers": [asdict(timer_place(timers[t.timer_id])) for t in moved_timers],
            "messages": [asdict(message_place(messages[m.task_id])) for m in moved_messages],
            "armed": [timer.timer_id for timer in batch.timers_armed],
            "disarmed": [t.timer_id for t in batch.timers_settled],
            "begun": [d.deadline_id for d in batch.deadlines if d.is_open and d.deadline_id not in self.called],
            "ended": list(self.ending),
            "called": dict(self.called),
            "awaited": [m.task_id for m in batch.awaited],
            "state": self.held.case.state,
            "hung": {d.deadline_id: d.attached_to for d in self.hooked if d.deadline_id in hooks},
            "watched": {timer_id: timers[timer_id].attached_to for timer_id in own},
        }
        outcome = outcome_of(move)
        detail = detail_of(move, self.changes, effects(self.held.deadlines, batch.deadlines))
        is_final = goes_on(self.changes) or bool(batch.unawaited)
        work.moving.save_items(
            [
                replace(
                    self.item,
                    outcome=Outcome.MOVED,
                    detail={**detail, "undo": undo},
                    gist=gist_of(outcome, move),
                    at=now,
                    definition_before=self.held.instance.definition_id,
                    snapshot_before=self.held.instance.snapshot,
                    version_after=None if is_final else batch.instance.version,
                )
            ]
        )

    def _place(self, work: UnitOfWork, task: UserTask) -> TaskPlace | None:
        """Where an open task stands now, and whose it is: asked anew only where the new version says otherwise."""
        step = task.task_id if task.kind is TaskKind.STEP else task.parent_id
        carried = next((c for c in self.move.carried if c.task_id == step), None)
        if carried is None:
            return None
        home = self.target.procedure.homes.get(carried.element.process_id, self.target.definition_id)
        place = replace(
            place_of(task),
            definition_id=home,
            procedure=carried.element.process_id,
            element_id=carried.element.id,
            scopes=rescoped(task, self.scopes).scopes,
        )
        if task.kind is not TaskKind.STEP:
            return place
        place = replace(
            place,
            name=_name_of(task, carried),
            form=carried.element.properties.get("form"),
            properties=dict(carried.element.properties),
        )
        described = self.described.get(task.task_id)
        return place if described is None else self._given_anew(work, task, place, described)

    def _given_anew(self, work: UnitOfWork, task: UserTask, place: TaskPlace, opened: TaskOpened) -> TaskPlace:
        given = as_received(task, opened, self.held.case)
        holder = heir(work, (task.assignee,), replace(given, opened_at=self.engine.clock.now()))
        return replace(
            place,
            name=opened.name,
            role=opened.role,
            unit=given.unit,
            assignee=holder or opened.assignee,
            claimed_for=task.claimed_for if holder is not None else None,
        )


def place_of(task: UserTask) -> TaskPlace:
    names = TaskPlace.__dataclass_fields__
    return TaskPlace(**{name: getattr(task, name) for name in names})


def timer_place(timer: object) -> TimerPlace:
    return TimerPlace(**{name: getattr(timer, name) for name in TimerPlace.__dataclass_fields__})


def message_place(subscription: object) -> MessagePlace:
    return MessagePlace(**{name: getattr(subscription, name) for name in MessagePlace.__dataclass_fields__})


def _name_of(task: UserTask, carried: Carried) -> str:
    """A name that was worked out when the task opened stays, as long as it is worked out in the same way."""
    return task.name if "name_from" in carried.element.properties else carried.element.name


def _demand_running(instance: Instance, run: MoveRun) -> None:
    if instance.state is not InstanceState.RUNNING:
        raise InvalidState(
            Message("案件的流程已经结束，无需迁移。", "The instance has ended; there is nothing to move.")
        )
    if instance.definition_id == run.target_id:
        raise InvalidState(
            Message("案件已经在这个版本上，无需迁移。", "The instance runs on this version already.")
        )
    if run.source_id is not None and instance.definition_id != run.source_id:
        raise InvalidState(
            Message(
                "案件已被迁移到别的版本。请按它现在的版本另行迁移。",
                "The instance has been moved to another version meanwhile. Move it from there.",
            )
        )
