"""组织人员: the units as a tree, its people found by a few letters, and one of them with all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.errors import Message, NotFound
from engine.org.keeping import require_keeper, require_reader
from engine.org.roles import known_roles
from engine.org.sought import sought_in
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.directory import PEOPLE_STATES, PeoplePage, PeopleQuery, UnitTies
from engine.records.org import Actor, Grant, Person, Unit
from engine.records.reach import Absence
from engine.records.step import AuditEntry

MOST_EVENTS = 200
FARTHEST = 10_000
"""Pages; a database counts no further than it must."""


@dataclass(frozen=True)
class Branch:
    """A unit in the tree: `depth` from 0, `people` active in it and below it."""

    unit: Unit
    depth: int
    people: int


@dataclass(frozen=True)
class Sheet:
    """A page of people and what narrows it. `unit` None: all units; `away`: ids of those not there now."""

    branches: tuple[Branch, ...]
    found: PeoplePage
    roles: tuple[str, ...]
    unit: Unit | None
    away: frozenset[str]
    page: int
    pages: int
    everybody: int


@dataclass(frozen=True)
class Member:
    """A person without its password hash. `held` are open tasks by procedure key, `stands_in` others' absences."""

    person: Person
    grants: tuple[Grant, ...]
    is_locked: bool
    held: dict[str, int]
    absences: tuple[Absence, ...]
    stands_in: tuple[Absence, ...]
    events: tuple[AuditEntry, ...]
    names: dict[str, str]
    procedures: dict[str, str]
    branches: tuple[Branch, ...]
    roles: tuple[str, ...]
    is_last_admin: bool

    @property
    def stands_in_names(self) -> list[str]:
        """Whom the person stands in for, now or later."""
        return sorted({self.names[a.person_id] for a in self.stands_in if a.person_id in self.names})


@dataclass(frozen=True)
class UnitSheet:
    """A unit, what is left in it, and where it could stand."""

    unit: Unit
    ties: UnitTies
    below: tuple[Unit, ...]
    branches: tuple[Branch, ...]


def people_sheet(
    engine: Engine,
    actor: Actor,
    *,
    text: str = "",
    unit: str = "",
    role: str = "",
    state: str = "active",
    page: int = 1,
    size: int = 50,
) -> Sheet:
    """A unit stands for those below it too. Raises Forbidden (audited), NotFound for an unknown unit."""
    require_reader(engine, actor)
    now = engine.clock.now()
    with engine.store.read() as work:
        units = work.org.units()
        members = work.directory.members()
        at = next((u for u in units if u.code == unit), None)
        if unit and at is None:
            raise NotFound(Message("单位", "unit"), unit)
        query = PeopleQuery(
            words=sought_in(text, units),
            units=tuple(_below(unit, units)) if unit else (),
            role=role,
            state=state if state in PEOPLE_STATES else "active",
            page=min(max(page, 1), FARTHEST),
            page_size=size,
        )
        found = work.directory.people(query, now)
        pages = max(1, -(-found.total // size))
        if query.page > pages:
            query = replace(query, page=pages)
            found = work.directory.people(query, now)
        return Sheet(
            branches=_tree(units, members),
            found=found,
            roles=known_roles(work),
            unit=at,
            away=frozenset(
                a.person_id
                for a in work.stand_ins.all_absences(now, size * 20)
                if a.starts_at <= now and any(p.person_id == a.person_id for p in found.people)
            ),
            page=query.page,
            pages=pages,
            everybody=sum(members.values()),
        )


def open_member(engine: Engine, actor: Actor, person_id: str) -> Member:
    """Raises Forbidden (audited), NotFound."""
    require_reader(engine, actor)
    now = engine.clock.now()
    with engine.store.read() as work:
        person = work.org.person(person_id)
        if person is None:
            raise NotFound(Message("人员", "person"), person_id)
        own, others = work.stand_ins.absences_of(person_id, now), work.stand_ins.absences_by(person_id, now)
        events = work.directory.office_events(MOST_EVENTS, of=person_id)
        ids = {a.deputy_id for a in own} | {a.person_id for a in others} | {e.actor for e in events}
        return Member(
            person=replace(person, password_hash=""),
            grants=work.directory.grants_of(person_id),
            is_locked=_is_locked(person, now),
            held=_held(work, person_id),
            absences=own,
            stands_in=others,
            events=events,
            names=work.directory.names(ids),
            procedures={each.key: each.name for each in work.definitions.list(now) if each.is_current},
            branches=_tree(work.org.units(), work.directory.members()),
            roles=known_roles(work),
            is_last_admin=work.directory.administrators() == {person_id},
        )


def open_unit(engine: Engine, actor: Actor, code: str) -> UnitSheet:
    """Raises Forbidden (audited), NotFound."""
    require_reader(engine, actor)
    with engine.store.read() as work:
        unit = work.directory.unit(code)
        if unit is None:
            raise NotFound(Message("单位", "unit"), code)
        units = work.org.units()
        return UnitSheet(
            unit=unit,
            ties=work.directory.ties_of(code),
            below=tuple(u for u in units if u.parent == code and u.closed_at is None),
            branches=_tree(units, work.directory.members()),
        )


def unit_tree(engine: Engine, actor: Actor) -> tuple[tuple[Branch, ...], tuple[str, ...]]:
    """The tree and the roles, for an administrator who enters something new. Raises Forbidden (audited)."""
    require_keeper(engine, actor, "enter_office", {})
    with engine.store.read() as work:
        return _tree(work.org.units(), work.directory.members()), known_roles(work)


def office_history(engine: Engine, actor: Actor) -> tuple[tuple[AuditEntry, ...], dict[str, str]]:
    """The newest of what was done with units, people and roles, and the names of who is in it, by person id."""
    require_reader(engine, actor)
    with engine.store.read() as work:
        events = work.directory.office_events(MOST_EVENTS)
        subjects = {str(e.detail["person_id"]) for e in events if "person_id" in e.detail}
        return events, work.directory.names(subjects | {e.actor for e in events})


def _below(code: str, units: Sequence[Unit]) -> Iterator[str]:
    yield code
    for unit in units:
        if unit.parent == code:
            yield from _below(unit.code, units)


def _tree(units: Sequence[Unit], members: Mapping[str, int]) -> tuple[Branch, ...]:
    """Depth first, those that are open before those that are closed, else in the order of their codes."""
    ordered = sorted(units, key=lambda unit: (unit.closed_at is not None, unit.code))

    def grow(parent: str | None, depth: int) -> Iterator[Branch]:
        for unit in ordered:
            if unit.parent == parent:
                below = tuple(grow(unit.code, depth + 1))
                inside = sum(branch.people for branch in below if branch.depth == depth + 1)
                yield Branch(unit, depth, members.get(unit.code, 0) + inside)
                yield from below

    return tuple(grow(None, 0))


def _held(work: UnitOfWork, person_id: str) -> dict[str, int]:
    held: dict[str, int] = {}
    for (procedure, _), many in work.stand_ins.count_held(person_id).items():
        held[procedure] = held.get(procedure, 0) + many
    return held


def _is_locked(person: Person, now: datetime) -> bool:
    return person.locked_until is not None and now < person.locked_until
