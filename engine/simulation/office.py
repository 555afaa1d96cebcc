"""The part of an installation that a simulation plays on, copied into a scratch database. Nothing of any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from engine.definitions.sources import load_procedure
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition
from engine.records.org import Grant, Person, Unit
from engine.records.reach import Absence
from engine.records.tables import TableVersion
from engine.records.time import CalendarDay, CalendarVersion

NO_PASSWORD = "-"  # noqa: S105 - no password has this hash: nobody logs in to a scratch database
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class OfficeCopy:
    """Org, newest procedures with all that they call, the calendar at its version, the office's own tables."""

    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    grants: Mapping[str, tuple[Grant, ...]]
    absences: tuple[Absence, ...]
    definitions: tuple[Definition, ...]
    days: tuple[CalendarDay, ...]
    years: frozenset[int]
    calendar_version: int
    tables: tuple[TableVersion, ...]

    @property
    def is_empty(self) -> bool:
        """There is no office yet."""
        return not self.people


def read_office(work: UnitOfWork, start: datetime, at: datetime, given: Definition | None = None) -> OfficeCopy:
    """As it is to be found at `start`, with the versions in force `at` a moment. Reads and nothing else.

    What `given` (a version, or a draft made ready) calls comes along. People come without their password hashes and
    mail addresses.
    """
    people = tuple(replace(person, password_hash=NO_PASSWORD, email="") for person in work.org.people())
    return OfficeCopy(
        units=work.org.units(),
        people=people,
        grants=work.org.grants(),
        absences=tuple(absence for person in people for absence in work.reach.absences(person.person_id, start)),
        definitions=tuple(replace(each, effective_at=start) for each in _definitions(work, at, given)),
        days=work.calendar.days(),
        years=work.calendar.announced_years(),
        calendar_version=work.calendar.version(),
        tables=work.tables.newest(),
    )


def write_office(engine: Engine, office: OfficeCopy) -> None:
    """Into an empty database."""
    with engine.store.write() as work:
        work.org.add_units(_outer_first(office.units))
        for person in office.people:
            work.org.add_person(person, office.grants.get(person.person_id, ()))
        for absence in office.absences:
            work.reach.add_absence(absence)
        for definition in office.definitions:
            work.definitions.add(definition)
        if office.calendar_version:
            version = CalendarVersion(office.calendar_version, LONG_AGO, "system", "simulation")
            years = sorted(office.years)
            work.calendar.add_version(version, changed=office.days, removed=(), announced=years)
        for table in sorted(office.tables, key=lambda table: table.revision):
            work.tables.add(table)


def put_in_force(engine: Engine, given: Definition, at: datetime) -> None:
    """Makes a version the one in force, also for what calls it: a caller is pinned to it anew.

    Versions never change, so callers become new versions of themselves.
    """
    with engine.store.write() as work:
        current = [
            load_procedure(work, summary.definition_id).definition
            for summary in work.definitions.list(at)
            if summary.is_current and summary.key != given.key
        ]
        version = work.definitions.next_version(given.key)
        put = replace(given, definition_id=str(uuid4()), version=version, effective_at=at, retired_at=None)
        work.definitions.add(put)
        _pin_anew(work, current, put, at)


def _pin_anew(work: UnitOfWork, current: Sequence[Definition], put: Definition, at: datetime) -> None:
    """Callers, and callers of callers, each once: a called one before its caller."""
    done = {put.key: put.definition_id}
    waiting = list(current)
    while ready := [each for each in waiting if not done.keys().isdisjoint(each.calls)]:
        for caller in ready:
            waiting.remove(caller)
            calls = {key: done.get(key, called) for key, called in caller.calls.items()}
            version = work.definitions.next_version(caller.key)
            anew = replace(caller, definition_id=str(uuid4()), version=version, calls=calls, effective_at=at)
            work.definitions.add(anew)
            done[caller.key] = anew.definition_id


def _definitions(work: UnitOfWork, at: datetime, given: Definition | None) -> tuple[Definition, ...]:
    """The version of each procedure that is in force, and the versions that these call, called ones first."""
    found: dict[str, Definition] = {}

    def collect(definition_id: str) -> None:
        if definition_id in found:
            return
        procedure = load_procedure(work, definition_id)
        for called in procedure.definition.calls.values():
            collect(called)
        found[definition_id] = procedure.definition

    for called in (given.calls if given else {}).values():
        collect(called)
    for summary in work.definitions.list(at):
        if summary.is_current:
            collect(summary.definition_id)
    return tuple(found.values())


def _outer_first(units: tuple[Unit, ...]) -> list[Unit]:
    """Units before the units that they contain."""
    left, placed, ordered = list(units), set[str](), list[Unit]()
    while left:
        ready = [unit for unit in left if unit.parent is None or unit.parent in placed] or left
        ordered += ready
        placed |= {unit.code for unit in ready}
        left = [unit for unit in left if unit.code not in placed]
    return ordered
