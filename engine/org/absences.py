"""While a person is away, a deputy is told what the person is told, and may do what the person may (AB 岗).

For some procedures or for all; several at a time where they do not concern the same procedure. Clocks do not stop.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.audit.record import record_event, record_refusal
from engine.errors import FieldError, Forbidden, InvalidForm, Message, NotFound
from engine.org.absence_circles import circle_of
from engine.org.absence_words import word_of_end, word_to_absent, word_to_deputy
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Person
from engine.records.reach import Absence

LONGEST = timedelta(days=366)
LONGEST_NOTE = 200
MOST_SHOWN = 300


@dataclass(frozen=True)
class AbsenceView:
    """A person's absences that are not over, whom it stands in for, and who could stand in.

    `names` are those of everybody in it, by person id; `procedures` the names of procedures by key; `gone` are
    deputies whose accounts are closed.
    """

    person: Person
    absences: tuple[Absence, ...]
    standing_in: tuple[Absence, ...]
    colleagues: tuple[Person, ...]
    names: dict[str, str]
    procedures: dict[str, str]
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OfficeAbsences:
    """Everybody's absences that are not over, and all active persons."""

    absences: tuple[Absence, ...]
    people: tuple[Person, ...]
    names: dict[str, str]
    procedures: dict[str, str]
    gone: frozenset[str] = frozenset()


def may_enter_for_others(actor: Actor) -> bool:
    return actor.is_admin or actor.is_office_admin


def absences_of(engine: Engine, actor: Actor, person_id: str | None = None) -> AbsenceView:
    """The actor's own; anybody's for an admin of the office or of its procedures. Raises NotFound, Forbidden."""
    person_id = person_id or actor.person_id
    if person_id != actor.person_id and not may_enter_for_others(actor):
        raise _not_yours()
    now = engine.clock.now()
    with engine.store.read() as work:
        person = work.org.person(person_id)
        if person is None:
            raise NotFound(Message("人员", "person"), person_id)
        own, others = work.stand_ins.absences_of(person_id, now), work.stand_ins.absences_by(person_id, now)
        colleagues = tuple(p for p in work.reach.colleagues(person.unit) if p.person_id != person_id)
        names = _names(work, {a.deputy_id for a in own} | {a.person_id for a in others}, (person, *colleagues))
        known = {p.person_id for p in colleagues if p.active}
        gone = frozenset(i for i in {a.deputy_id for a in own} - known if not _is_open(work, i))
        return AbsenceView(person, own, others, colleagues, names, _procedures(work, now), gone)


def office_absences(engine: Engine, actor: Actor) -> OfficeAbsences:
    """For an admin of the office or of its procedures: everybody's. Raises Forbidden."""
    if not may_enter_for_others(actor):
        raise _not_yours()
    with engine.store.read() as work:
        found = work.stand_ins.all_absences(engine.clock.now(), MOST_SHOWN)
        people = tuple(person for person in work.org.people() if person.active)
        names = _names(work, {i for a in found for i in (a.person_id, a.deputy_id)}, people)
        gone = frozenset({a.deputy_id for a in found} - {person.person_id for person in people})
        return OfficeAbsences(found, people, names, _procedures(work, engine.clock.now()), gone)


def set_absence(
    engine: Engine,
    actor: Actor,
    *,
    starts_on: date,
    ends_on: date,
    deputy_id: str,
    note: str = "",
    person_id: str | None = None,
    procedures: Sequence[str] = (),
) -> Absence:
    """Enters an absence from the first to the last day, both whole.

    The deputy is told of it, and the person where somebody else enters it.
    `procedures` are keys, none meaning all. `person_id` may be somebody else's for an admin.
    Raises InvalidForm, NotFound, Forbidden (audited).
    """
    person_id = person_id or actor.person_id
    if person_id != actor.person_id and not may_enter_for_others(actor):
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
        procedures=tuple(sorted(set(procedures))),
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
        lying = sum(
            many
            for (procedure, _), many in work.stand_ins.count_held(person_id).items()
            if not absence.procedures or procedure in absence.procedures
        )
        told = [word_to_deputy(absence, person, lying, now, zone)]
        if person_id != actor.person_id and deputy is not None:
            told.append(word_to_absent(absence, deputy, now, zone))
        work.deliveries.add(told)
        detail = {
            "absence_id": absence.absence_id,
            "person_id": person_id,
            "deputy_id": deputy_id,
            "from": starts_on,
            "until": ends_on,
            "procedures": list(absence.procedures),
        }
        record_event(work, "AbsenceSet", detail, actor=actor.person_id, at=now)
    return absence


def clear_absence(engine: Engine, actor: Actor, absence_id: str) -> None:
    """Ends it now: who is back early, or does not leave; the deputy is told. Raises NotFound, Forbidden."""
    now = engine.clock.now()
    with engine.store.read() as work:
        absence = work.reach.absence(absence_id)
    if absence is None:
        raise NotFound(Message("不在岗登记", "absence"), absence_id)
    if absence.person_id != actor.person_id and not may_enter_for_others(actor):
        record_refusal(engine, actor, "clear_absence", {"absence_id": absence_id})
        raise _not_yours()
    with engine.store.write() as work:
        lasting = work.reach.absence(absence_id)
        person = work.org.person(absence.person_id)
        work.reach.end_absence(absence_id, now)
        if lasting is not None and person is not None and now < lasting.ends_at:
            work.deliveries.add([word_of_end(lasting, person, now, engine.settings.timezone)])
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
    elif any(_concern_the_same(a, absence) for a in work.stand_ins.absences_of(person.person_id, now)):
        message = Message(
            "这段时间、这些流程已登记过代理人。请先撤销原登记，或另选流程。",
            "These procedures have a deputy at that time already. Clear that one first, or choose others.",
        )
        yield FieldError("starts_on", message)
    unknown = [key for key in absence.procedures if key not in _procedures(work, now)]
    if unknown:
        yield FieldError(
            "procedures", Message(f"没有流程 {unknown[0]}。请重新选择。", f"There is no procedure {unknown[0]}.")
        )
    if deputy is None or not deputy.active or deputy.unit != person.unit or deputy.person_id == person.person_id:
        message = Message(
            "代理人须是本单位在用的其他人员。请重新选择。", "The deputy must be somebody else of the same unit."
        )
        yield FieldError("deputy_id", message)
    else:
        yield from _circle(work, absence)
    if len(absence.note) > LONGEST_NOTE:
        yield FieldError("note", Message(f"说明最多 {LONGEST_NOTE} 字。", f"At most {LONGEST_NOTE} characters."))


def _circle(work: UnitOfWork, absence: Absence) -> Iterator[FieldError]:
    chain = work.stand_ins.chain_from(absence.deputy_id, absence.starts_at, absence.ends_at)
    circle = circle_of(absence, chain)
    if circle:
        named = _names(work, set(circle), ())
        told = " → ".join(named.get(person_id, person_id) for person_id in circle)
        yield FieldError(
            "deputy_id",
            Message(
                f"代理关系成环：{told}，届时无人在岗。请另选代理人，或调整时间。",
                f"The deputies form a circle ({told}): nobody would be there. Choose somebody else, or other days.",
            ),
        )


def _concern_the_same(one: Absence, other: Absence) -> bool:
    if one.ends_at <= other.starts_at or other.ends_at <= one.starts_at:
        return False
    return not one.procedures or not other.procedures or not set(one.procedures).isdisjoint(other.procedures)


def _names(work: UnitOfWork, ids: set[str], known: Sequence[Person]) -> dict[str, str]:
    names = {person.person_id: person.name for person in known}
    missing = sorted(ids - set(names))
    if missing:
        names |= {person.person_id: person.name for person in work.org.people() if person.person_id in missing}
    return names


def _is_open(work: UnitOfWork, person_id: str) -> bool:
    person = work.org.person(person_id)
    return person is not None and person.active


def _procedures(work: UnitOfWork, now: datetime) -> dict[str, str]:
    return {each.key: each.name for each in work.definitions.list(now) if each.is_current}


def _not_yours() -> Forbidden:
    return Forbidden(
        Message(
            "只能登记或撤销本人的不在岗时间；他人的请由机关管理员办理。",
            "You may enter and clear your own absences only. Ask an office administrator about others'.",
        )
    )
