"""Units, people and roles, looked for and changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.records.directory import PeoplePage, PeopleQuery, UnitTies
from engine.records.org import Grant, Person, Unit
from engine.records.step import AuditEntry
from engine.records.task import TaskState
from engine.store.person_words import begins_with, words_of
from engine.store.repositories.known import Known
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.tables.case import case_file
from engine.store.tables.journal import IS_OF_OFFICE, audit_entry
from engine.store.tables.org import person as persons
from engine.store.tables.org import person_word, role_grant
from engine.store.tables.org import unit as units
from engine.store.tables.task import user_task

_MOST_COUNTED = 1000
NO_PASSWORD = "!"  # noqa: S105  as `engine.org.passwords` writes it


class Directory:
    """Implements `DirectoryRepository`."""

    def __init__(self, connection: sa.Connection, known: Known, *, is_writing: bool) -> None:
        self._connection = connection
        self._known = known
        self._is_writing = is_writing

    def people(self, query: PeopleQuery, now: datetime) -> PeoplePage:
        meant = _meant(query, now)
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(persons).where(*meant)) or 0
        rows = self._connection.execute(
            sa.select(*columns_of(Person, persons, but=["password_hash"]))
            .where(*meant)
            .order_by(persons.c.unit, persons.c.username)
            .limit(query.page_size)
            .offset((query.page - 1) * query.page_size)
        )
        found = tuple(record_of(Person, row, persons, password_hash="") for row in rows)
        return PeoplePage(found, self._grants([p.person_id for p in found]), total)

    def members(self) -> Mapping[str, int]:
        rows = self._connection.execute(
            sa.select(persons.c.unit, sa.func.count().label("many"))  # ix_person_of_unit
            .where(persons.c.active)
            .group_by(persons.c.unit)
        )
        return {row.unit: row.many for row in rows}

    def grants_of(self, person_id: str) -> tuple[Grant, ...]:
        return self._grants([person_id]).get(person_id, ())

    def save_member(self, person: Person) -> None:
        self._known.people.clear()
        statement = sa.update(persons).where(persons.c.person_id == person.person_id)
        self._connection.execute(statement.values(**values_of(person)))
        self._connection.execute(sa.delete(person_word).where(person_word.c.person_id == person.person_id))
        insert_words(self._connection, person)

    def add_grant(self, person_id: str, grant: Grant) -> bool:
        self._known.people.clear()
        once = upsert(self._connection, role_grant, ["person_id", "role", "unit"], None)
        made = self._connection.execute(
            once.returning(role_grant.c.role), {"person_id": person_id, **values_of(grant)}
        )
        return made.one_or_none() is not None

    def drop_grant(self, person_id: str, grant: Grant) -> bool:
        self._known.people.clear()
        c = role_grant.c
        dropped = self._connection.execute(
            sa.delete(role_grant).where(c.person_id == person_id, c.role == grant.role, c.unit == grant.unit)
        )
        return dropped.rowcount == 1

    def administrators(self) -> frozenset[str]:
        held = sa.select(role_grant.c.person_id).where(role_grant.c.role == "office_admin")  # ix_role_grant_holders
        c = persons.c
        can_enter = c.person_id.in_(held), c.active, c.password_hash != NO_PASSWORD
        return frozenset(self._connection.scalars(sa.select(c.person_id).where(*can_enter)))

    def unit(self, code: str) -> Unit | None:
        statement = sa.select(units).where(units.c.code == code)
        if self._is_writing:
            statement = statement.with_for_update(key_share=True)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(Unit, row, units)

    def save_unit(self, unit: Unit) -> None:
        self._connection.execute(sa.update(units).where(units.c.code == unit.code).values(**values_of(unit)))

    def ties_of(self, code: str) -> UnitTies:
        t, f = user_task.c, case_file.c
        of_unit = sa.select(persons.c.person_id).where(persons.c.unit == code)  # ix_person_of_unit
        roles = (
            sa.select(role_grant.c.role)  # an office has some thousand grants at most
            .select_from(role_grant.join(persons, persons.c.person_id == role_grant.c.person_id))
            .where(role_grant.c.unit == code, persons.c.active, persons.c.unit != code)
        )
        is_open = t.state == TaskState.OPEN
        # ix_user_task_claimable, ix_user_task_mine
        offered = sa.select(t.task_id).where(t.unit == code, is_open, t.assignee.is_(None))
        held = sa.select(t.task_id).where(t.assignee.in_(of_unit), is_open, t.assignee.is_not(None))
        newest = sa.select(f.closed_at).where(f.unit == code).order_by(f.created_at.desc()).limit(_MOST_COUNTED)
        cases = newest.subquery()  # ix_case_file_of_unit
        return UnitTies(
            people=self._count(of_unit.where(persons.c.active)),
            roles=self._count(roles),
            tasks=self._count(offered) + self._count(held),
            cases=self._count(sa.select(cases.c.closed_at).where(cases.c.closed_at.is_(None))),
        )

    def names(self, person_ids: Collection[str]) -> dict[str, str]:
        c = persons.c
        rows = self._connection.execute(sa.select(c.person_id, c.name).where(c.person_id.in_(sorted(person_ids))))
        return {row.person_id: row.name for row in rows}

    def office_events(self, limit: int, *, of: str | None = None) -> tuple[AuditEntry, ...]:
        spoken_of = sa.type_coerce(audit_entry.c.detail, sa.Text).contains(of or "", autoescape=True)
        rows = self._connection.execute(
            sa.select(*columns_of(AuditEntry, audit_entry))
            .where(IS_OF_OFFICE, *([] if of is None else [spoken_of]))  # ix_audit_entry_of_office
            .order_by(audit_entry.c.seq.desc())
            .limit(limit)
        )
        return tuple(record_of(AuditEntry, row, audit_entry, case_id=None) for row in rows)

    def _count(self, found: sa.Select[*tuple[Any, ...]]) -> int:
        bounded = found.limit(_MOST_COUNTED).subquery()
        return self._connection.scalar(sa.select(sa.func.count()).select_from(bounded)) or 0

    def _grants(self, person_ids: list[str]) -> dict[str, tuple[Grant, ...]]:
        c = role_grant.c
        if not person_ids:
            return {}
        held: dict[str, list[Grant]] = defaultdict(list)
        statement = sa.select(role_grant).where(c.person_id.in_(person_ids)).order_by(c.person_id, c.role, c.unit)
        for row in self._connection.execute(statement):
            held[row.person_id].append(Grant(row.role, row.unit))
        return {person_id: tuple(grants) for person_id, grants in held.items()}


def insert_words(connection: sa.Connection, person: Person) -> None:
    """What a new person, or one with a new name, is found by."""
    words = words_of(person.username, person.name)
    connection.execute(sa.insert(person_word), [{"word": word, "person_id": person.person_id} for word in words])


def _meant(query: PeopleQuery, now: datetime) -> list[sa.ColumnElement[bool]]:
    c = persons.c
    meant = [c.active if query.state != "closed" else ~c.active]
    if query.state == "locked":
        meant.append(c.locked_until > now)
    if query.state == "waiting":
        meant.append(c.must_change_password)
    if query.units:
        meant.append(c.unit.in_(query.units))
    if query.role:
        meant.append(c.person_id.in_(sa.select(role_grant.c.person_id).where(role_grant.c.role == query.role)))
    for sought in query.words:
        named = c.person_id.in_(sa.select(person_word.c.person_id).where(begins_with(sought.word)))
        meant.append(sa.or_(named, c.unit.in_(sought.units)) if sought.units else named)
    return meant
