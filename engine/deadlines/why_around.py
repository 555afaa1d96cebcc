"""Reads what stands around a deadline: who may know of it, names, holidays, what waits on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from weakref import WeakKeyDictionary

from engine.clock.calendar import WorkCalendar
from engine.deadlines.calendar import load_calendar
from engine.deadlines.explanation import Around
from engine.errors import Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import Store, UnitOfWork
from engine.records.org import Actor
from engine.records.time import Deadline
from engine.tasks.rights import is_accused
from engine.values import Value

DEADLINE = Message("期限", "deadline")
_PERSONS = ("by", "approved_by")
_noted: WeakKeyDictionary[Store, tuple[int, Mapping[date, str]]] = WeakKeyDictionary()


def visible_deadline(work: UnitOfWork, actor: Actor, deadline_id: str) -> tuple[Deadline, str | None]:
    """The deadline and its case's number. Raises NotFound where the actor may not know of the case."""
    deadline = work.deadlines.get(deadline_id)
    case = work.cases.get(deadline.case_id) if deadline else None
    if deadline is None or case is None or is_accused(actor, case) or not work.cases.may_see(actor, case.case_id):
        raise NotFound(DEADLINE, deadline_id)
    return deadline, case.number


def calendar_of(engine: Engine, work: UnitOfWork, _deadline: Deadline) -> WorkCalendar:
    """The calendar behind the deadline's dates."""
    return load_calendar(engine, work)


def notes_in(engine: Engine, work: UnitOfWork) -> Mapping[date, str]:
    """Names of holidays and remarks, by day. Read once for each version of the calendar."""
    version = work.calendar.version()
    known = _noted.get(engine.store)
    if known is None or known[0] != version:
        known = version, {day.day: day.note for day in work.calendar.days() if day.note}
        _noted[engine.store] = known
    return known[1]


def around_of(engine: Engine, work: UnitOfWork, deadline: Deadline, case_number: str | None) -> Around:
    """Everything around one deadline."""
    followed = work.deadlines.get(deadline.follows) if deadline.follows else None
    return Around(
        case_number=case_number,
        notes=notes_in(engine, work),
        names=_names(work, deadline, followed),
        waiting=work.deadlines.waiting_on(deadline.deadline_id) if deadline.is_open else (),
        followed=followed,
    )


def _names(work: UnitOfWork, *deadlines: Deadline | None) -> Mapping[str, str]:
    """Names of everybody whom the deadlines' records mention, by person id."""
    mentioned: set[Value] = set()
    for deadline in deadlines:
        if deadline is not None:
            mentioned.add(deadline.triggered_by)
            for entry in (*deadline.pauses, *deadline.history):
                mentioned.update(entry.get(key) for key in _PERSONS)
    found = (work.org.person(str(person_id)) for person_id in mentioned if person_id)
    return {person.person_id: person.name for person in found if person is not None}
