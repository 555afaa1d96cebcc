"""Units, persons and grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from engine.records.org import Actor, Grant, Person, Unit
from engine.store.repositories.actors import load_actor
from engine.store.repositories.directory import insert_words
from engine.store.repositories.known import Known
from engine.store.rows import columns_of, record_of, values_of
from engine.store.tables.org import person as persons
from engine.store.tables.org import role_grant
from engine.store.tables.org import unit as units

_UNIT_NAMES: Final = sa.select(units.c.code, units.c.name, units.c.name_en).order_by(units.c.code)


class Org:
    """Implements `OrgRepository`."""

    def __init__(self, connection: sa.Connection, known: Known, *, is_writing: bool) -> None:
        self._connection = connection
        self._known = known
        self._is_writing = is_writing

    def add_units(self, units_: Sequence[Unit]) -> None:
        if units_:
            self._connection.execute(sa.insert(units), [values_of(u) for u in _parents_first(units_)])

    def add_person(self, person: Person, grants: Sequence[Grant]) -> None:
        self._known.people.clear()
        self._connection.execute(sa.insert(persons), values_of(person))
        if grants:
            rows = [{"person_id": person.person_id, **values_of(g)} for g in dict.fromkeys(grants)]
            self._connection.execute(sa.insert(role_grant), rows)
        insert_words(self._connection, person)

    def save_person(self, person: Person) -> None:
        self._known.people.clear()
        statement = sa.update(persons).where(persons.c.person_id == person.person_id)
        self._connection.execute(statement.values(**values_of(person)))

    def person_by_username(self, username: str) -> Person | None:
        return self._person(persons.c.username == username)  # unique index

    def person(self, person_id: str) -> Person | None:
        return self._person(persons.c.person_id == person_id)

    def actor(self, person_id: str, at: datetime | None = None) -> Actor | None:
        return load_actor(self._connection, person_id, at)

    def units(self) -> tuple[Unit, ...]:
        rows = self._connection.execute(sa.select(units).order_by(units.c.code))
        return tuple(record_of(Unit, row, units) for row in rows)

    def unit_names(self) -> Mapping[str, tuple[str, str]]:
        return {code: (name, name_en) for code, name, name_en in self._connection.execute(_UNIT_NAMES)}

    def people(self) -> tuple[Person, ...]:
        rows = self._connection.execute(sa.select(persons).order_by(persons.c.username))
        return tuple(record_of(Person, row, persons) for row in rows)

    def grants(self) -> Mapping[str, tuple[Grant, ...]]:
        by_person: dict[str, list[Grant]] = defaultdict(list)
        order = role_grant.c.person_id, role_grant.c.role, role_grant.c.unit
        for row in self._connection.execute(sa.select(role_grant).order_by(*order)):
            by_person[row.person_id].append(Grant(row.role, row.unit))
        return {person_id: tuple(grants) for person_id, grants in by_person.items()}

    def holders(self, role: str, unit: str | None) -> tuple[Person, ...]:
        key = "holders", role, unit
        if key not in self._known.people:
            self._known.people[key] = self._holders(role, unit)
        return self._known.people[key]

    def _holders(self, role: str, unit: str | None) -> tuple[Person, ...]:
        held = sa.select(role_grant.c.person_id).where(role_grant.c.role == role)  # ix_role_grant_holders
        if unit is not None:
            held = held.where(role_grant.c.unit == unit)
        rows = self._connection.execute(
            sa.select(*columns_of(Person, persons))
            .where(persons.c.person_id.in_(held), persons.c.active)
            .order_by(persons.c.username)
        )
        return tuple(record_of(Person, row, persons) for row in rows)

    def addressees(self, posts: Sequence[tuple[str, str | None]], person_ids: Sequence[str]) -> tuple[Person, ...]:
        key = "addressees", tuple(posts), tuple(person_ids)
        if key not in self._known.people:
            self._known.people[key] = self._addressees(posts, person_ids)
        return self._known.people[key]

    def _addressees(self, posts: Sequence[tuple[str, str | None]], person_ids: Sequence[str]) -> tuple[Person, ...]:
        c = role_grant.c  # ix_role_grant_holders
        each = [c.role == role if unit is None else sa.and_(c.role == role, c.unit == unit) for role, unit in posts]
        meant = [persons.c.person_id.in_(person_ids)]
        if each:
            meant.append(persons.c.person_id.in_(sa.select(c.person_id).where(sa.or_(*each))))
        rows = self._connection.execute(
            sa.select(*columns_of(Person, persons))
            .where(sa.or_(*meant), persons.c.active)
            .order_by(persons.c.username)
        )
        return tuple(record_of(Person, row, persons) for row in rows)

    def _person(self, condition: sa.ColumnElement[bool]) -> Person | None:
        statement = sa.select(persons).where(condition)
        if self._is_writing:  # who reads a person in order to change it: counted failures must not get lost
            statement = statement.with_for_update(key_share=True)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(Person, row, persons)


def _parents_first(given: Sequence[Unit]) -> list[Unit]:
    waiting = list(given)
    codes = {u.code for u in waiting}
    ordered: list[Unit] = []
    placed: set[str] = set()
    while waiting:
        ready = [u for u in waiting if u.parent is None or u.parent in placed or u.parent not in codes]
        if not ready:
            raise ValueError("units are each other's parents")
        ordered += ready
        placed |= {u.code for u in ready}
        waiting = [u for u in waiting if u.code not in placed]
    return ordered
