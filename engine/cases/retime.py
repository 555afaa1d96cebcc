"""What hangs on deadlines follows them: waiting timers move or are held, open tasks are lit anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.audit.chain import seal_entries
from engine.cases.project_deadlines import Lives, Reckoner
from engine.cases.project_tasks import relit_tasks
from engine.cases.project_time import moved_timers
from engine.cases.standing import Event
from engine.deadlines.calendar import load_calendar
from engine.deadlines.life import news_of
from engine.deadlines.recompute import Reckoning
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.step import StepBatch
from engine.records.time import Deadline

if TYPE_CHECKING:
    from engine.cases.advance import Held


def retime(
    engine: Engine,
    work: UnitOfWork,
    held: Held,
    changed: Sequence[Deadline],
    *,
    event: Event,
    actor: str,
    now: datetime,
) -> StepBatch:
    """The step that gives deadlines of a held instance other dates; the caller saves it.

    `changed` are open deadlines of the instance as they are to be (`recompute`, then `life.moved`, which writes the
    history). The audit trail gets `event`, then each new line of their histories. Two statements.
    """
    before = {deadline.deadline_id: deadline for deadline in held.deadlines}
    after = {**before, **{deadline.deadline_id: deadline for deadline in changed}}
    news = [line for deadline in changed for line in news_of(deadline, before.get(deadline.deadline_id))]
    audit = seal_entries(
        [(event.name, event.detail), *news],
        case_id=held.case.case_id,
        at=now,
        actor=actor,
        previous=held.instance.audit_head,
    )
    instance = replace(held.instance, version=held.instance.version + 1, audit_head=audit[-1].hash)
    batch = StepBatch(instance, deadlines=tuple(changed), audit=audit)
    return _followed(work, batch, changed, tuple(after.values()), reckoning(engine, work))


def turned(work: UnitOfWork, batch: StepBatch, lives: Lives, reckoner: Reckoner) -> StepBatch:
    """A projected step, with what follows from the clocks that it stopped or let go on. Two statements."""
    return _followed(work, batch, lives.turned, lives.open, reckoner)


def reckoning(engine: Engine, work: UnitOfWork) -> Reckoning:
    """Dates again, on the calendar in force."""
    return Reckoning(lambda: load_calendar(engine, work), engine.settings.timezone)


def _followed(
    work: UnitOfWork,
    batch: StepBatch,
    changed: Sequence[Deadline],
    deadlines: Sequence[Deadline],
    reckoner: Reckoner,
) -> StepBatch:
    over = {settled.timer_id for settled in batch.timers_settled}
    closed = {task.task_id for task in batch.tasks_closed}
    timers = work.timers.of_deadlines([deadline.deadline_id for deadline in changed])
    tasks = work.tasks.open_of(batch.instance.case_id, batch.instance.instance_id)
    return replace(
        batch,
        timers_moved=moved_timers((t for t in timers if t.timer_id not in over), changed, reckoner),
        tasks_relit=relit_tasks((t for t in tasks if t.task_id not in closed), deadlines),
    )
