"""Periodic duties of the office: armed from their table, fired by the heartbeat, each once a period.

A duty fires in a transaction of its own that also arms its next occurrence; the row is locked, so one worker fires
it. What was missed while the system was down fires once, as its latest occurrence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4
from weakref import WeakKeyDictionary

import structlog

from engine.audit.record import record_event
from engine.cases.duty_start import DutyCase, start_by_duty
from engine.cases.messages import drain_messages
from engine.cases.standing import SYSTEM
from engine.clock.calendar import WorkCalendar
from engine.deadlines.back_off import retry_after
from engine.deadlines.calendar import load_calendar
from engine.deadlines.calendar_read import missing_in
from engine.deadlines.duty_rows import EVERY_UNIT, Duties, Duty, DutyAction
from engine.deadlines.duty_schedule import Occurrence
from engine.deadlines.office_tables import load_tables
from engine.errors import Conflict, EngineError, Message, StoreAway
from engine.notifications.receivers import told
from engine.ports.engine import Engine
from engine.ports.store import Store, UnitOfWork
from engine.records.org import Person
from engine.records.step import OutboxEntry
from engine.records.time import DutyState

TOPIC = "duty"
ADMIN = "process_admin"
log = structlog.get_logger(__name__)
_armed_for: WeakKeyDictionary[Store, tuple[int, int]] = WeakKeyDictionary()


@dataclass(frozen=True)
class FiredDuty:
    """A duty that fired. `receivers` were told, `cases` started."""

    duty_id: str
    occurrence: str
    due_at: datetime
    fired_at: datetime
    receivers: int = 0
    cases: int = 0

    @property
    def late(self) -> timedelta:
        return self.fired_at - self.due_at


@dataclass(frozen=True)
class DutyReport:
    """What one look at the duties did. `failed` are ids: they are tried again later."""

    fired: tuple[FiredDuty, ...] = ()
    failed: tuple[str, ...] = ()


def arm_duties(engine: Engine) -> None:
    """Brings the armed occurrences into line with the table and the calendar.

    What has fallen due already stays due; a row that is gone or switched off is armed no more.
    """
    with engine.store.write() as work:
        duties, calendar = _duties(engine, work), load_calendar(engine, work)
        known = {state.duty_id: state for state in work.duties.all()}
        armed = [_armed(engine, duty, known.get(duty.duty), calendar) for duty in duties.enabled]
        wanted = {state.duty_id: state for state in armed if state is not None}
        work.duties.remove([duty_id for duty_id in known if duty_id not in wanted])
        work.duties.save([state for state in wanted.values() if known.get(state.duty_id) != state])


def keep_armed(engine: Engine) -> None:
    """Arms the duties where this process has not done so for the tables and the calendar now in force.

    Two statements where nothing has changed.
    """
    with engine.store.read() as work:
        in_force = work.tables.revision(), work.calendar.version()
    if _armed_for.get(engine.store) != in_force:
        arm_duties(engine)
        _armed_for[engine.store] = in_force


def fire_due_duties(engine: Engine, worker: str, limit: int = 20) -> DutyReport:
    """Fires what is due, the longest due first. One statement where nothing is."""
    with engine.store.read() as work:
        due = work.duties.due(engine.clock.now(), limit)
    fired: list[FiredDuty] = []
    failed: list[str] = []
    for state in due:
        try:
            done = _fire(engine, state.duty_id, worker)
        except (Conflict, StoreAway):
            # somebody else is at it, or the database is away: the next beat looks again
            continue
        except Exception as error:  # the boundary of one duty: the others must still fire
            log.exception("duty_failed", duty=state.duty_id)
            _put_off(engine, state, error)
            failed.append(state.duty_id)
            continue
        if done is not None:
            fired.append(done)
    if any(done.cases for done in fired):
        drain_messages(engine)
    return DutyReport(tuple(fired), tuple(failed))


def _fire(engine: Engine, duty_id: str, worker: str) -> FiredDuty | None:
    """None where it is taken, not due any more, or no longer in the table."""
    now, zone = engine.clock.now(), engine.settings.timezone
    with engine.store.write() as work:
        state = work.duties.claim(duty_id, now)
        if state is None:
            return None
        duty, calendar = _duties(engine, work).get(duty_id), load_calendar(engine, work)
        if duty is None:
            work.duties.remove([duty_id])
            return None
        missed = Occurrence(datetime.fromisoformat(state.occurrence).date(), state.next_at)
        latest = duty.schedule.latest(now, calendar, zone)
        due = latest if latest is not None and latest.period >= missed.period else missed
        performance = _Performance(engine, work, duty, due, calendar, now)
        cases, receivers = performance.start_cases(), performance.tell()
        fired = FiredDuty(duty_id, due.key, due.at, now, receivers, cases)
        detail = {
            "duty": duty_id,
            "occurrence": due.key,
            "receivers": receivers,
            "cases": cases,
            "late_seconds": fired.late.total_seconds(),
            "worker": worker,
        }
        record_event(work, "DutyFired", detail, actor=SYSTEM, at=now)
        following = duty.schedule.next_after(now, calendar, zone)
        if following is None:
            work.duties.remove([duty_id])
        else:
            late = fired.late.total_seconds()
            work.duties.save([DutyState(duty_id, following.at, following.key, now, late, worker)])
    return fired


@dataclass(frozen=True)
class _Performance:
    """One duty being done. `due` is the occurrence, `calendar` the one in force."""

    engine: Engine
    work: UnitOfWork
    duty: Duty
    due: Occurrence
    calendar: WorkCalendar
    now: datetime

    @property
    def key(self) -> str:
        return f"duty:{self.duty.duty}:{self.due.key}"

    def start_cases(self) -> int:
        """How many were started: none for a duty that starts nothing."""
        if self.duty.action is not DutyAction.MESSAGE:
            return 0
        message, title = self.duty.message or "", self.duty.name.zh
        return sum(
            len(
                start_by_duty(
                    self.engine,
                    self.work,
                    message,
                    DutyCase(key=f"{self.key}:{unit}", title=title, unit=unit),
                    now=self.now,
                )
            )
            for unit in _units(self.work, self.duty)
        )

    def tell(self) -> int:
        """How many were told: nobody where there is nothing to say."""
        text = self._text()
        if text is None or self.duty.role is None:
            return 0
        people = told(self.work, _holders(self.work, self.duty.role, self.duty), self.now)
        self.work.deliveries.add([_notice(self.key, person, text, self.now) for person in people])
        return len(people)

    def _text(self) -> Message | None:
        if self.duty.action is not DutyAction.CALENDAR:
            return self.duty.text
        today = self.now.astimezone(self.engine.settings.timezone).date()
        years = missing_in(self.calendar, today)
        return calendar_text(years) if years else None


def calendar_text(years: Iterable[int]) -> Message:
    """What admins are told where the calendar lacks years."""
    listed = "、".join(str(year) for year in years)
    return Message(
        f"工作日历缺 {listed} 年：涉及该年的期限暂按星期推算。节假日安排公布后请导入。",
        f"The working calendar lacks {listed.replace('、', ', ')}: deadlines that reach into it go by weekdays for "
        "now. Import the holidays once they are announced.",
    )


def _units(work: UnitOfWork, duty: Duty) -> tuple[str, ...]:
    """The duty's unit; every one; or, where none is named, the office that keeps this system: its admins' own."""
    if duty.unit == EVERY_UNIT:
        return tuple(unit.code for unit in work.org.units())
    if duty.unit is not None:
        return (duty.unit,)
    grants = (grant for held in work.org.grants().values() for grant in held)
    return tuple(sorted({grant.unit for grant in grants if grant.role == ADMIN}))


def _holders(work: UnitOfWork, role: str, duty: Duty) -> tuple[Person, ...]:
    if duty.unit == EVERY_UNIT:
        return work.org.holders(role, None)
    people = (person for unit in _units(work, duty) for person in work.org.holders(role, unit))
    return tuple({person.person_id: person for person in people}.values())


def _notice(key: str, person: Person, text: Message, now: datetime) -> OutboxEntry:
    return OutboxEntry(
        entry_id=str(uuid4()),
        idempotency_key=f"{key}:{person.person_id}",
        recipient=person.person_id,
        case_id=None,
        task_id=None,
        topic=TOPIC,
        text_zh=text.zh,
        text_en=text.en,
        created_at=now,
    )


def _duties(engine: Engine, work: UnitOfWork) -> Duties:
    return load_tables(engine, work).duties


def _armed(engine: Engine, duty: Duty, state: DutyState | None, calendar: WorkCalendar) -> DutyState | None:
    now = engine.clock.now()
    if state is not None and (state.next_at <= now or state.attempts):
        return state
    following = duty.schedule.next_after(now, calendar, engine.settings.timezone)
    if following is None:
        return None
    fresh = state or DutyState(duty.duty, following.at, following.key)
    return replace(fresh, next_at=following.at, occurrence=following.key)


def _put_off(engine: Engine, state: DutyState, error: Exception) -> None:
    """The same occurrence again, later each time. The system's chain tells of the first failure."""
    now = engine.clock.now()
    with engine.store.write() as work:
        claimed = work.duties.claim(state.duty_id, now)
        if claimed is None:
            return
        retry_at = now + retry_after(claimed.attempts)
        work.duties.save([replace(claimed, next_at=retry_at, attempts=claimed.attempts + 1)])
        if claimed.attempts == 0:
            reason = error.message.zh if isinstance(error, EngineError) else type(error).__name__
            detail = {"duty": state.duty_id, "occurrence": state.occurrence, "reason": reason}
            record_event(work, "DutyFailed", detail, actor=SYSTEM, at=now)
