"""Projection: what the kernel did, as the rows that one step writes. Pure; knows no database.

Audit entries leave here unsealed (`Projection.events`): the step chains them, because the chain's hash belongs
to the audit room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import NAMESPACE_OID, uuid5

from engine.cases.project_deadlines import Lives, Reckoner, lives_of
from engine.cases.project_rungs import armed_rungs
from engine.cases.project_tasks import closed_tasks, opened_tasks
from engine.cases.project_time import armed_timers, settled_timers
from engine.cases.standing import SILENT, Collected, Event, Stamp, Standing
from engine.kernel.changes import Changes, Closure, MessageThrown
from engine.records.case import CaseFile, Instance, InstanceState
from engine.records.step import CaseUpdate, MessageSubscription, OutgoingMessage, PathEntry, StepBatch
from engine.records.task import CASE_COLUMNS


@dataclass(frozen=True)
class Projection:
    """`batch` lacks the instance's snapshot and the audit entries made of `events`.

    Where `lives.turned` is not empty it also lacks what becomes of the timers and tasks under those clocks.
    """

    batch: StepBatch
    events: tuple[Event, ...]
    lives: Lives


def project(
    changes: Changes,
    standing: Standing,
    stamp: Stamp,
    collected: Collected,
    *,
    reckoner: Reckoner,
    is_new: bool = False,
) -> Projection:
    """The rows of one step.

    Raises StepFailed where a task would go to an accused unit, or to nobody; InvalidState for an extension that is
    not allowed.
    """
    lives = lives_of(changes, standing, stamp, collected, reckoner)
    update = _case_update(changes, standing, stamp, collected)
    opened = opened_tasks(changes, standing, stamp, case=_after(standing.case, update), deadlines=lives.open)
    new_tasks = {task.task_id for task in opened}
    new_timers = {armed.timer_id for armed in changes.armed}
    armed = armed_timers(changes, standing, stamp, lives.open, reckoner)
    batch = StepBatch(
        instance=_instance(changes, standing, stamp, is_new=is_new),
        is_new=is_new,
        case_update=update,
        tasks_opened=opened,
        tasks_closed=tuple(c for c in closed_tasks(changes, stamp) if c.task_id not in new_tasks),
        timers_armed=(*armed, *armed_rungs(lives, reckoner)),
        timers_settled=tuple(s for s in settled_timers(changes, stamp) if s.timer_id not in new_timers),
        ladders_ended=lives.ended,
        deadlines=lives.changed,
        awaited=_subscriptions(changes, standing),
        unawaited=_no_longer_awaited(changes),
        messages=tuple(_message(i, thrown, standing, stamp) for i, thrown in enumerate(changes.thrown)),
        path=_path(changes, standing, stamp),
        papers=collected.papers,
        outbox=collected.outbox,
        scores=collected.scores,
    )
    return Projection(batch, _events(changes, stamp, collected, lives), lives)


def _instance(changes: Changes, standing: Standing, stamp: Stamp, *, is_new: bool) -> Instance:
    version = standing.instance.version if is_new else standing.instance.version + 1
    if changes.ended is None:
        return replace(standing.instance, version=version)
    return replace(
        standing.instance,
        version=version,
        state=InstanceState.CANCELLED if changes.ended.cancelled else InstanceState.COMPLETED,
        ended_at=stamp.now,
        outcome=changes.ended.outcome,
        outcome_name=changes.ended.name,
    )


def _case_update(changes: Changes, standing: Standing, stamp: Stamp, collected: Collected) -> CaseUpdate | None:
    """What actions set, then the state that an opened task or the end gives, where no action set one."""
    update = collected.update or CaseUpdate(standing.case.case_id)
    states = [opened.properties["case_state"] for opened in changes.opened if opened.properties.get("case_state")]
    if update.state is None and states and changes.ended is None:
        update = replace(update, state=states[-1])
    if changes.ended is not None and _is_own(standing):
        update = replace(update, closed_at=stamp.now, state=update.state or changes.ended.name or None)
    return None if update == CaseUpdate(standing.case.case_id) else update


def _after(case: CaseFile, update: CaseUpdate | None) -> CaseFile:
    given = {name: getattr(update, name) for name in CASE_COLUMNS} if update is not None else {}
    return replace(case, **{name: value for name, value in given.items() if value is not None})


def _is_own(standing: Standing) -> bool:
    """Whether the instance is the case's own procedure: the end of one that runs beside it closes no file."""
    return standing.homes.get(standing.case.procedure) == standing.instance.definition_id


def _subscriptions(changes: Changes, standing: Standing) -> tuple[MessageSubscription, ...]:
    gone = {unawaited.task_id for unawaited in changes.unawaited}
    return tuple(
        MessageSubscription(
            task_id=awaited.task_id,
            instance_id=standing.instance.instance_id,
            case_id=standing.case.case_id,
            element_id=awaited.element_id,
            message=awaited.message,
            key=awaited.key,
        )
        for awaited in changes.awaited
        if awaited.task_id not in gone
    )


def _no_longer_awaited(changes: Changes) -> tuple[str, ...]:
    new = {awaited.task_id for awaited in changes.awaited}
    return tuple(unawaited.task_id for unawaited in changes.unawaited if unawaited.task_id not in new)


def _message(index: int, thrown: MessageThrown, standing: Standing, stamp: Stamp) -> OutgoingMessage:
    """The id is derived from the step, so that the same step cannot send twice."""
    step = f"{standing.instance.instance_id}:{standing.instance.version}:{index}:{thrown.element_id}"
    key = thrown.payload.get("key")
    return OutgoingMessage(
        message_id=str(uuid5(NAMESPACE_OID, step)),
        instance_id=standing.instance.instance_id,
        case_id=standing.case.case_id,
        element_id=thrown.element_id,
        message=thrown.message,
        key=None if key is None else str(key),
        payload=thrown.payload,
        created_at=stamp.now,
    )


def _path(changes: Changes, standing: Standing, stamp: Stamp) -> tuple[PathEntry, ...]:
    return tuple(
        PathEntry(
            instance_id=standing.instance.instance_id,
            task_id=passed.task_id,
            element_id=passed.element_id,
            process_id=passed.process_id,
            name=passed.name,
            closure=passed.closure.value,
            at=stamp.now,
            by=stamp.person if passed.task_id == stamp.task_id else None,
        )
        for passed in changes.passed
    )


def _events(changes: Changes, stamp: Stamp, collected: Collected, lives: Lives) -> tuple[Event, ...]:
    """The step's own event first, then what followed from it, in order."""
    cancelled = [
        Event("TaskCancelled", {"task_id": closed.task_id})
        for closed in changes.closed
        if closed.closure is Closure.CANCELLED
    ]
    opened = [
        Event("TaskOpened", {"task_id": task.task_id, "element": task.element_id, "name": task.name})
        for task in changes.opened
    ]
    thrown = [
        Event("MessageSent", {"message": sent.message, "element": sent.element_id}) for sent in changes.thrown
    ]
    ended = (
        [Event("ProcedureEnded", {"outcome": changes.ended.outcome, "name": changes.ended.name})]
        if changes.ended
        else []
    )
    own = () if stamp.event == SILENT else (stamp.event,)
    return (*own, *collected.events, *cancelled, *opened, *lives.events, *thrown, *ended)
