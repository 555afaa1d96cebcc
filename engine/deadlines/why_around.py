"""Reads what stands around a deadline: who may know of it, names, holidays, what waits on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from weakref import WeakKeyDictionary

from engine.clock.calendar import WorkCalendar
from engine.deadlines.calendar import calendar_at, load_calendar
from engine.deadlines.explanation import Around, Audience, LightWords, RungWords
from engine.deadlines.office_tables import OfficeTables, load_tables
from engine.errors import Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import Store, UnitOfWork
from engine.records.org import Actor
from engine.records.time import Deadline
from engine.tasks.rights import is_accused
from engine.values import Value

CASE = Message("案件", "case")
DEADLINE = Message("期限", "deadline")
SYSTEM = "system"
_PERSONS = ("by", "asked_by", "approved_by", "resumed_by")
_noted: WeakKeyDictionary[Store, tuple[int, Mapping[date, str]]] = WeakKeyDictionary()


def unknown_deadline(deadline_id: str) -> NotFound:
    return NotFound(DEADLINE, deadline_id)


def visible_case(work: UnitOfWork, actor: Actor, case_id: str, refusal: NotFound | None = None) -> str | None:
    """The case's number. Raises NotFound (or `refusal`) where the actor may not know of the case."""
    case = work.cases.get(case_id)
    if case is None or is_accused(actor, case) or not work.cases.may_see(actor, case_id):
        raise refusal or NotFound(CASE, case_id)
    return case.number


def calendar_of(engine: Engine, work: UnitOfWork, deadline: Deadline) -> WorkCalendar:
    """The calendar behind the dates: that of their version once the deadline has ended, the one in force before."""
    if deadline.is_open:
        return load_calendar(engine, work)
    return calendar_at(engine, work, deadline.calendar_version)


def notes_in(engine: Engine, work: UnitOfWork) -> Mapping[date, str]:
    """Names of holidays and remarks, by day. Read once for each version of the calendar."""
    version = work.calendar.version()
    known = _noted.get(engine.store)
    if known is None or known[0] != version:
        known = version, {day.day: day.note for day in work.calendar.days() if day.note}
        _noted[engine.store] = known
    return known[1]


def around_of(
    engine: Engine, work: UnitOfWork, deadlines: Sequence[Deadline], case_number: str | None
) -> Mapping[str, Around]:
    """Everything around deadlines of one case, by deadline id."""
    known = {deadline.deadline_id: deadline for deadline in deadlines}
    for deadline in deadlines:
        if deadline.follows and deadline.follows not in known:
            followed = work.deadlines.get(deadline.follows)
            if followed is not None:
                known[followed.deadline_id] = followed
    notes, names, tables = notes_in(engine, work), _names(work, known.values()), load_tables(engine, work)
    timers = work.deadlines.timers_of(deadlines[0].case_id, [deadline.deadline_id for deadline in deadlines])
    return {
        deadline.deadline_id: Around(
            case_number=case_number,
            notes=notes,
            names=names,
            lights=_lights(tables, deadline),
            rungs=_rungs(tables, deadline.rule),
            timers=[timer for timer in timers if timer.deadline_id == deadline.deadline_id],
            followed=known.get(deadline.follows or ""),
        )
        for deadline in deadlines
    }


def _lights(tables: OfficeTables, deadline: Deadline) -> LightWords:
    row = tables.lights.get(deadline.rule, deadline.clock)
    return LightWords(row.words, row.icons)


def _rungs(tables: OfficeTables, rule: str) -> Mapping[str, RungWords]:
    """The words of a rule's ladder as it stands now, by rung."""
    return {
        rung.rung: RungWords(rung.name, tuple(Audience(to.role, to.at) for to in rung.to), rung.what.value)
        for rung in tables.ladders.of(rule)
    }


def _names(work: UnitOfWork, deadlines: Iterable[Deadline]) -> Mapping[str, str]:
    """Names of everybody whom the deadlines' records mention, by person id."""
    mentioned: set[Value] = set()
    for deadline in deadlines:
        mentioned.add(deadline.triggered_by)
        for entry in (*deadline.pauses, *deadline.history):
            mentioned.update(entry.get(key) for key in _PERSONS)
    found = (work.org.person(str(person_id)) for person_id in mentioned - {None, "", SYSTEM})
    return {person.person_id: person.name for person in found if person is not None}
