"""While a person is away, a deputy is told what the person is told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.audit.record import record_event, record_refusal
from engine.errors import FieldError, Forbidden, InvalidForm, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Person
from engine.records.reach import Absence
from engine.records.step import OutboxEntry

LONGEST = timedelta(days=366)
LONGEST_NOTE = 200
TOPIC = "absence"


@dataclass(frozen=True)
class AbsenceView:
    """A person's absences that are not over, who stands in, and who could."""

    absences: tuple[Absence, ...]
    deputies: dict[str, str]
    colleagues: tuple[Person, ...]


def absences_of(engine: Engine, actor: Actor) -> AbsenceView:
    """The actor's own."""
    with engine.store.read() as work:
        absences = work.reach.absences(actor.person_id, engine.clock.now())
        colleagues = work.reach.colleagues(actor.unit)
        deputies = {absence.deputy_id: work.org.person(absence.deputy_id) for absence in absences}
    names = {person_id: person.name for person_id, person in deputies.items() if person is not None}
    return AbsenceView(absences, names, tuple(p for p in colleagues if p.person_id != actor.person_id))


def set_absence(
    engine: Engine,
    actor: Actor,
    *,
    starts_on: date,
    ends_on: date,
    deputy_id: str,
    note: str = "",
    person_id: str | None = None,
) -> Absence:
    """Enters an absence from the first to the last day, both whole; the deputy is told of it.

    `person_id` may be somebody else's for a process admin. Raises InvalidForm, NotFound, Forbidden (audited).
    """
    person_id = person_id or actor.person_id
    if person_id != actor.person_id and not actor.is_admin:
        record_refusal(engine, actor, "set_absence", {"person_id": person_id})
        raise _not_yours()
    zone = engine.settings.timezone
    absence = Absence(
        absence_id=str(uuid.uuid4()),
        person_id=person_id,
        deputy_id=deputy_id,
        starts_at=datetime.combine(starts_on, time(0), zone),
        ends_at=datetime.combine(ends_on + timedelta(days=1), time(0), zone),
        note=note.strip(),
    )
    now = engine.clock.now()
    with engine.store.write() as work:
        person, deputy = work.org.person(person_id), work.org.person(deputy_id)
        if person is None:
            raise NotFound(Message("人员", "person"), person_id)
        errors = list(_errors(work, absence, person, deputy, now))
        if errors:
            raise InvalidForm(errors)
        work.reach.add_absence(absence)
        work.deliveries.add([_word_to_deputy(absence, person, starts_on, ends_on, now)])
        detail = {
            "absence_id": absence.absence_id,
            "person_id": person_id,
            "deputy_id": deputy_id,
            "from": starts_on,
            "until": ends_on,
        }
        record_event(work, "AbsenceSet", detail, actor=actor.person_id, at=now)
    return absence


def clear_absence(engine: Engine, actor: Actor, absence_id: str) -> None:
    """Ends it now: who is back early, or does not leave. Raises NotFound, Forbidden (audited)."""
    now = engine.clock.now()
    with engine.store.read() as work:
        absence = work.reach.absence(absence_id)
    if absence is None:
        raise NotFound(Message("不在岗登记", "absence"), absence_id)
    if absence.person_id != actor.person_id and not actor.is_admin:
        record_refusal(engine, actor, "clear_absence", {"absence_id": absence_id})
        raise _not_yours()
    with engine.store.write() as work:
        work.reach.end_absence(absence_id, now)
        record_event(work, "AbsenceCleared", {"absence_id": absence_id}, actor=actor.person_id, at=now)


def _errors(
    work: UnitOfWork, absence: Absence, person: Person, deputy: Person | None, now: datetime
) -> Iterator[FieldError]:
    if absence.ends_at <= absence.starts_at or absence.ends_at <= now:
        yield FieldError(
            "ends_on", Message("结束日期须在今天或之后，且不早于开始日期。", "It must end today or later.")
        )
    elif absence.ends_at - absence.starts_at > LONGEST:
        yield FieldError("ends_on", Message("一次最长登记一年。", "Enter at most a year at a time."))
    elif any(
        a.starts_at < absence.ends_at for a in work.reach.absences(person.person_id, max(absence.starts_at, now))
    ):
        message = Message(
            "与已登记的不在岗时间重叠。请先撤销原登记。", "It overlaps with another absence. Clear that one first."
        )
        yield FieldError("starts_on", message)
    if deputy is None or not deputy.active or deputy.unit != person.unit or deputy.person_id == person.person_id:
        message = Message(
            "代理人须是本单位在用的其他人员。请重新选择。", "The deputy must be somebody else of the same unit."
        )
        yield FieldError("deputy_id", message)
    if len(absence.note) > LONGEST_NOTE:
        yield FieldError("note", Message(f"说明最多 {LONGEST_NOTE} 字。", f"At most {LONGEST_NOTE} characters."))


def _word_to_deputy(absence: Absence, person: Person, first: date, last: date, now: datetime) -> OutboxEntry:
    return OutboxEntry(
        entry_id=str(uuid.uuid4()),
        idempotency_key=f"{TOPIC}:{absence.absence_id}",
        recipient=absence.deputy_id,
        case_id=None,
        task_id=None,
        topic=TOPIC,
        text_zh=f"【代理】{person.name} {first} 至 {last} 不在岗，其间发给{person.name}的通知同时发给您。",
        text_en=f"[Deputy] {person.name} is away from {first} to {last}; you are told what {person.name} is told.",
        created_at=now,
    )


def _not_yours() -> Forbidden:
    return Forbidden(
        Message(
            "只能登记或撤销本人的不在岗时间；他人的请由流程管理员办理。",
            "You may enter and clear your own absences only. Ask a process admin about others'.",
        )
    )
