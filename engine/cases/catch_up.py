"""Deadlines and timers follow a changed calendar, instance by instance, each in a step of its own.

A change of the calendar marks what it may move as stale, in its own transaction (`deadlines.calendar_apply`). Until
an instance has caught up nothing of it fires, and no step runs on its old dates. What a crash leaves over the next
heartbeat does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import structlog

from engine.cases.advance import Held, hold_instance
from engine.cases.incident_log import log_incident
from engine.cases.ladder_receivers import addressed, people_of, tasks_under
from engine.cases.retime import retime
from engine.cases.standing import SYSTEM, Event
from engine.clock.calendar import WorkCalendar
from engine.deadlines.calendar import load_calendar
from engine.deadlines.calendar_preview import differs
from engine.deadlines.life import moved
from engine.deadlines.recompute import instant_of, recompute
from engine.deadlines.rungs import HOLDER, Receiver
from engine.errors import Conflict, EngineError, Message, StepFailed, StoreAway
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.step import OutboxEntry
from engine.records.time import Deadline, Timer, TimerMove

TOPIC = "calendar"
TEXT = Message(
    "工作日历有调整，您承办事项的期限随之变动，请在待办中核对新的期限。",
    "The working calendar has changed, and with it due dates of work that is yours. See your inbox for them.",
)
_HOLDERS = (Receiver(HOLDER, "unit"),)
_BATCH = 200
log = structlog.get_logger(__name__)

Progress = Callable[[int, int], None]
"""Told how many instances are done, and of how many."""


def recompute_stale(engine: Engine, limit: int | None = None, progress: Progress | None = None) -> int:
    """Lets instances with anything stale catch up, at most `limit`; says how many did. One statement where none is.

    One that somebody else is working on stays stale; what `follow` says of others holds here too.
    """
    done, after, total = 0, "", None
    while limit is None or done < limit:
        size = _BATCH if limit is None else min(_BATCH, limit - done)
        with engine.store.read() as work:
            instances = work.deadlines.stale_instances(size, after=after)
            if instances and progress is not None and total is None:
                total = work.deadlines.stale_count()
        if not instances:
            break
        for instance_id in instances:
            done += _try(engine, instance_id)
            if progress is not None:
                progress(done, max(done, total or 0))
        after = instances[-1]
    return done


def follow(engine: Engine, instance_id: str) -> None:
    """As `catch_up`; an instance whose dates cannot be computed keeps them, and an incident tells what to retry.

    Raises Conflict where somebody else is in the middle of it.
    """
    try:
        catch_up(engine, instance_id)
    except (Conflict, StoreAway):
        raise
    except Exception as error:  # the boundary of one instance: the others must follow, and it must go on
        log.exception("calendar_not_followed", instance_id=instance_id)
        _give_up(engine, instance_id, error)


def catch_up(engine: Engine, instance_id: str, *, every: bool = False) -> None:
    """The instance's stale deadlines (`every`: all open ones) and stale timers on the calendar in force.

    Those whose date moves are told. Raises Conflict where somebody else is in the middle of it, ImpossibleTime.
    """
    now = engine.clock.now()
    with engine.store.write() as work:
        held = hold_instance(work, instance_id)
        if held is None:
            return
        calendar = load_calendar(engine, work)
        wanted = [deadline for deadline in held.deadlines if every or deadline.stale]
        changed = _again(engine, wanted, calendar, now)
        event = Event("CalendarFollowed", {"calendar_version": calendar.version})
        batch = retime(engine, work, held, changed, event=event, actor=SYSTEM, now=now)
        free = tuple(_moves(engine, work.deadlines.stale_timers(instance_id), calendar))
        batch = replace(batch, timers_moved=(*batch.timers_moved, *free))
        before = {deadline.deadline_id: deadline for deadline in held.deadlines}
        if batch.timers_moved or any(differs(before[d.deadline_id], d) for d in changed):
            late = [d for d in changed if d.legal_due != before[d.deadline_id].legal_due]
            work.instances.save_step(replace(batch, outbox=_notices(work, held, late, calendar, now)))
        work.deadlines.freshen(instance_id)


def is_behind(held: Held, due: Iterable[Timer] = ()) -> bool:
    """Whether a held instance has yet to catch up. `due` are its due timers, stale ones among them."""
    return any(deadline.stale for deadline in held.deadlines) or any(timer.stale for timer in due)


def _try(engine: Engine, instance_id: str) -> bool:
    try:
        follow(engine, instance_id)
    except Conflict:
        return False
    return True


def _give_up(engine: Engine, instance_id: str, error: Exception) -> None:
    reason = (
        error.message if isinstance(error, EngineError) else Message(*(f"{type(error).__name__}: {error}",) * 2)
    )
    failure = StepFailed(
        Message(
            f"日历变动后期限没有重算，仍按原来的日期。{reason.zh}",
            f"The deadlines did not follow the new calendar and keep their dates. {reason.en}",
        ),
        element_id="calendar",
        element_name="工作日历",
    )
    operation = {"kind": "calendar", "instance_id": instance_id}
    now = engine.clock.now()
    with engine.store.write() as work:
        held = hold_instance(work, instance_id)
        if held is not None:
            work.deadlines.freshen(instance_id)
            case_id = held.case.case_id
            log_incident(work, failure, instance_id=instance_id, case_id=case_id, operation=operation, now=now)


def _again(
    engine: Engine, deadlines: Sequence[Deadline], calendar: WorkCalendar, now: datetime
) -> tuple[Deadline, ...]:
    zone = engine.settings.timezone
    return tuple(moved(d, recompute(d, calendar, zone), at=now, by=SYSTEM, reason="calendar") for d in deadlines)


def _moves(engine: Engine, timers: Sequence[Timer], calendar: WorkCalendar) -> Iterable[TimerMove]:
    """Of timers that hang on no deadline."""
    for timer in timers:
        at = instant_of(timer.basis or {}, None, calendar, engine.settings.timezone)
        if at is not None and at != timer.due_at:
            yield TimerMove(timer.timer_id, at)


def _notices(
    work: UnitOfWork, held: Held, moved_deadlines: Sequence[Deadline], calendar: WorkCalendar, now: datetime
) -> tuple[OutboxEntry, ...]:
    """One for each person and version of the calendar, however many of the person's dates move."""
    if not moved_deadlines:
        return ()
    tasks = work.tasks.open_of(held.case.case_id, held.instance.instance_id)
    owed = {task.task_id: task for deadline in moved_deadlines for task in tasks_under(deadline, tasks)}
    people = people_of(work, addressed(_HOLDERS, tuple(owed.values()), held.case), held.case, now)
    return tuple(
        OutboxEntry(
            entry_id=str(uuid4()),
            idempotency_key=f"calendar:{calendar.version}:{person.person_id}",
            recipient=person.person_id,
            case_id=None,
            task_id=None,
            topic=TOPIC,
            text_zh=TEXT.zh,
            text_en=TEXT.en,
            created_at=now,
        )
        for person in people
    )
