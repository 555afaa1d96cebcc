"""Inside one transaction: load the run, move it, project what happened, save. Commits nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias
from uuid import uuid4

from engine.audit.chain import seal_entries
from engine.cases.acting import acting_for, marked
from engine.cases.actions.action import ActionContext
from engine.cases.actions.registry import StepActions
from engine.cases.awaited_paper import require_served
from engine.cases.collector import Collector
from engine.cases.deputies import words_to_deputies
from engine.cases.followers import tell_of_step
from engine.cases.project import Projection, project
from engine.cases.project_deadlines import needs_earlier
from engine.cases.retime import reckoning, turned
from engine.cases.standing import ClockOrder, Event, Firing, Stamp, Standing
from engine.deadlines.time_port import time_port
from engine.definitions.sources import Procedure, load_procedure
from engine.kernel.changes import Changes
from engine.kernel.run import Ports, Run
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, Instance, InstanceState, Party
from engine.records.step import StepBatch
from engine.records.task import TaskClosure, UserTask
from engine.records.time import Deadline
from engine.values import Data, Value

_Finder: TypeAlias = Callable[[Sequence[str]], Sequence[Deadline]]


@dataclass(frozen=True)
class Held:
    """An instance whose row this transaction has locked, with what belongs to it.

    `task` is the task that it was locked by, `next_timer_at` when its next waiting timer is due. `has_signers`:
    that task waits for opinions. `halt_id` is what halts the instance.
    """

    instance: Instance
    case: CaseFile
    deadlines: tuple[Deadline, ...] = ()
    next_timer_at: datetime | None = None
    task: UserTask | None = None
    has_signers: bool = False
    halt_id: str | None = None


@dataclass(frozen=True)
class Operation:
    """One thing to do with a run. `act` does it; the rest says what to write beside.

    `retry` is what `engine.cases.incidents` needs to do it again; it never holds a party's fields. `columns` are
    columns of the case file, `parties` go to its sealed parties, `clocks` are to stop or to go on.

    `acted_for` is whom the actor stands in for (person id); `done_by` is whose the completed task is where that is
    somebody else than the actor, `done_for` for whom that person stood in.

    `tasks_opened`, `tasks_closed`, `tasks_changed` are tasks that no token moves: signers, and what people change
    about an open task. `beside` adds notices, papers and further events. `completes` is the task that it completes.
    `amend` has the last word on the rows of the step.
    """

    event: Event
    act: Callable[[Run, datetime], Changes]
    retry: Data
    task_id: str | None = None
    result: Data | None = None
    firing: Firing | None = None
    columns: Mapping[str, Value] = field(default_factory=dict)
    parties: tuple[Party, ...] = ()
    clocks: tuple[ClockOrder, ...] = ()
    acted_for: str | None = None
    done_by: str | None = None
    done_for: str | None = None
    tasks_opened: tuple[UserTask, ...] = ()
    tasks_closed: tuple[TaskClosure, ...] = ()
    tasks_changed: tuple[UserTask, ...] = ()
    beside: Callable[[Collector], None] | None = None
    completes: UserTask | None = None
    goes_back: str | None = None
    dress: Callable[[UnitOfWork, UserTask], UserTask] | None = None
    amend: Callable[[UnitOfWork, StepBatch], StepBatch] | None = None
    after: Callable[[UnitOfWork, StepBatch], None] | None = None

    def stamp(self, actor: str, now: datetime) -> Stamp:
        event = self.event
        if self.acted_for is not None:
            event = replace(event, detail={**event.detail, "acted_for": self.acted_for})
        done = (self.task_id, self.result, self.firing, self.acted_for, self.done_by, self.done_for, self.goes_back)
        return Stamp(now, actor, event, *done)


def hold_instance(work: UnitOfWork, instance_id: str) -> Held | None:
    """Locks an instance. Two statements."""
    locked = work.instances.lock(instance_id)
    if locked is None:
        return None
    deadlines = work.instances.open_deadlines(instance_id)
    return Held(locked[0], locked[1], deadlines, halt_id=work.operating.halt_of_instance(instance_id))


def hold_by_task(work: UnitOfWork, task_id: str) -> Held | None:
    """Locks the instance of a task. One statement."""
    locked = work.instances.lock_by_task(task_id)
    if locked is None:
        return None
    return Held(
        locked.instance,
        locked.case,
        locked.deadlines,
        locked.next_timer_at,
        locked.task,
        locked.has_signers,
        locked.halt_id,
    )


def advance(
    engine: Engine, work: UnitOfWork, held: Held, operation: Operation, *, actor: str, now: datetime
) -> StepBatch:
    """Moves a held instance by one operation and writes the step. Raises StepFailed; then nothing may be kept."""
    batch = prepare(engine, work, held, operation, actor=actor, now=now)
    work.instances.save_step(batch)
    if operation.after is not None:
        operation.after(work, batch)
    return batch


def prepare(
    engine: Engine, work: UnitOfWork, held: Held, operation: Operation, *, actor: str, now: datetime
) -> StepBatch:
    """As `advance`, but the step is still to be saved: with others, in one go."""
    if operation.completes is not None:
        require_served(engine, work, operation.completes, now)
    procedure = load_procedure(work, held.instance.definition_id)
    operation = replace(operation, acted_for=acting_for(operation.acted_for, held.task, actor))
    collector = Collector(held.case, held.instance.instance_id, now, actor)
    collector.update_case(**operation.columns)
    find = _finder(work, held)
    ports = _ports(engine, work, procedure, collector, find, goes_back=operation.goes_back)
    run = engine.kernel.load(procedure.source, ports, held.instance.snapshot)
    changes = operation.act(run, now)
    if operation.parties:
        work.cases.add_parties(operation.parties)
    for order in operation.clocks:
        collector.order_clock(order)
    if operation.beside is not None:
        operation.beside(collector)
    is_own = procedure.homes.get(held.case.procedure) == held.instance.definition_id
    tell_of_step(work, collector, changes, operation.event, is_own=is_own)
    standing = Standing(
        instance=held.instance,
        case=held.case,
        homes=procedure.homes,
        deadlines=held.deadlines,
        audit_head=held.instance.audit_head,
        earlier=_earlier(find, changes, now),
    )
    reckoner = reckoning(engine, work)
    projection = project(changes, standing, operation.stamp(actor, now), collector.collected(), reckoner=reckoner)
    batch = _sealed(run, projection, standing, actor=actor, now=now)
    if operation.dress is not None:
        dress = operation.dress
        batch = replace(batch, tasks_opened=tuple(dress(work, task) for task in batch.tasks_opened))
    named = words_to_deputies(work, batch.tasks_opened, collector.case, now)
    batch = replace(
        batch,
        outbox=(*batch.outbox, *named),
        tasks_opened=(*batch.tasks_opened, *operation.tasks_opened),
        tasks_closed=(*batch.tasks_closed, *operation.tasks_closed),
    )
    batch = marked(batch, operation.tasks_changed, held.task, actor=actor, acted_for=operation.acted_for)
    if projection.lives.turned:
        batch = turned(work, batch, projection.lives, reckoner)
    return batch if operation.amend is None else operation.amend(work, batch)


@dataclass(frozen=True)
class Beginning:
    """A procedure about to start in a case that stands in the database. `message` names a message start."""

    procedure: Procedure
    case: CaseFile
    data: Data
    event: Event
    message: str | None = None
    audit_head: str = ""


def begin(engine: Engine, work: UnitOfWork, beginning: Beginning, *, actor: str, now: datetime) -> StepBatch:
    """Starts an instance and writes its first step. Raises StepFailed; then nothing may be kept."""
    procedure, case = beginning.procedure, beginning.case
    instance = Instance(
        instance_id=str(uuid4()),
        case_id=case.case_id,
        definition_id=procedure.definition.definition_id,
        state=InstanceState.RUNNING,
        snapshot=b"",
        version=1,
        audit_head=beginning.audit_head,
        started_at=now,
    )
    collector = Collector(case, instance.instance_id, now, actor)
    ports = _ports(engine, work, procedure, collector)
    always: dict[str, Value] = {
        "case_id": case.case_id,
        "case_number": case.number,
        "case_unit": case.unit,
        "started_at": now.astimezone(engine.settings.timezone),
        "started_by": actor,
        "title": case.title,
    }
    run, changes = engine.kernel.start(
        procedure.source, ports, {**beginning.data, **always}, now, message=beginning.message
    )
    standing = Standing(instance, case, procedure.homes, (), beginning.audit_head)
    stamp = Stamp(now, actor, beginning.event)
    projection = project(
        changes, standing, stamp, collector.collected(), reckoner=reckoning(engine, work), is_new=True
    )
    batch = _sealed(run, projection, standing, actor=actor, now=now)
    named = words_to_deputies(work, batch.tasks_opened, collector.case, now)
    batch = replace(batch, outbox=(*batch.outbox, *named)) if named else batch
    work.instances.save_step(batch)
    return batch


def _finder(work: UnitOfWork, held: Held) -> _Finder:
    """Finds the instance's deadlines by rule, as they are before the step: one statement for each set of rules."""
    found: dict[tuple[str, ...], Sequence[Deadline]] = {}

    def find(rules: Sequence[str]) -> Sequence[Deadline]:
        key = tuple(rules)
        if key not in found:
            found[key] = work.deadlines.of_rules(held.case.case_id, held.instance.instance_id, key)
        return found[key]

    return find


def _earlier(find: _Finder, changes: Changes, now: datetime) -> tuple[Deadline, ...]:
    """No statement, but where a deadline begins anew from an earlier start."""
    rules = needs_earlier(changes, now)
    return tuple(find(rules)) if rules else ()


def _none_earlier(_rules: Sequence[str]) -> Sequence[Deadline]:
    return ()


def _ports(
    engine: Engine,
    work: UnitOfWork,
    procedure: Procedure,
    collector: Collector,
    earlier: _Finder = _none_earlier,
    *,
    goes_back: str | None = None,
) -> Ports:
    source = procedure.source
    return Ports(
        time=time_port(engine, work, source.files, source.sha256, earlier=earlier, goes_back=goes_back),
        actions=StepActions(ActionContext(work, collector, engine.settings.timezone)),
    )


def _sealed(run: Run, projection: Projection, standing: Standing, *, actor: str, now: datetime) -> StepBatch:
    audit = seal_entries(
        [(event.name, event.detail) for event in projection.events],
        case_id=standing.case.case_id,
        at=now,
        actor=actor,
        previous=standing.audit_head,
    )
    batch = projection.batch
    instance = replace(batch.instance, snapshot=run.snapshot(), audit_head=audit[-1].hash)
    return replace(batch, instance=instance, audit=audit)
