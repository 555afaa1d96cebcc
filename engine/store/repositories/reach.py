"""How people are reached: preferences, feeds, absences, and what is due for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.org import Actor, Person
from engine.records.reach import Absence, Preference
from engine.records.task import TaskState, UserTask
from engine.records.time import Deadline
from engine.store.repositories.known import Known
from engine.store.repositories.preferences import preference_of, values_of_preference
from engine.store.repositories.searching import is_candidate, is_not_accused
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.case import case_file
from engine.store.tables.org import absence as absences
from engine.store.tables.org import feed as feeds
from engine.store.tables.org import person as persons
from engine.store.tables.org import preference as preferences
from engine.store.tables.task import user_task
from engine.store.tables.time import IS_OPEN
from engine.store.tables.time import deadline as deadlines


class Reach:
    """Implements `ReachRepository`."""

    def __init__(self, connection: sa.Connection, known: Known, sealer: Sealer) -> None:
        self._connection = connection
        self._known = known
        self._sealer = sealer

    def deputies(self, person_ids: Sequence[str], now: datetime) -> tuple[Person, ...]:
        key = "deputies", tuple(person_ids), now
        if key not in self._known.people:
            self._known.people[key] = self._deputies(person_ids, now)
        return self._known.people[key]

    def _deputies(self, person_ids: Sequence[str], now: datetime) -> tuple[Person, ...]:
        lasting = sa.and_(
            absences.c.starts_at <= now,
            absences.c.ends_at > now,
            sa.type_coerce(absences.c.procedures, sa.Text) == "",
        )  # ix_absence_of_person
        first = sa.select(absences.c.deputy_id.label("person_id")).where(
            absences.c.person_id.in_(list(person_ids)), lasting
        )
        reached = first.cte("reached", recursive=True)
        # UNION drops whom it has already: two who stand in for each other are an end, not a circle
        further = sa.select(absences.c.deputy_id).where(absences.c.person_id == reached.c.person_id, lasting)
        reached = reached.union(further)
        return self._people(persons.c.person_id.in_(sa.select(reached.c.person_id)))

    def preference(self, person_id: str) -> Preference:
        statement = sa.select(preferences).where(preferences.c.person_id == person_id)
        row = self._connection.execute(statement).one_or_none()
        return Preference(person_id) if row is None else preference_of(row, person_id, self._sealer)

    def save_preference(self, preference: Preference) -> None:
        values = values_of_preference(preference, self._sealer)
        change = {name: None for name in values if name != "person_id"}
        self._connection.execute(upsert(self._connection, preferences, ["person_id"], change), values)

    def absences(self, person_id: str, now: datetime) -> tuple[Absence, ...]:
        statement = sa.select(absences).where(absences.c.person_id == person_id, absences.c.ends_at > now)
        rows = self._connection.execute(statement.order_by(absences.c.starts_at))
        return tuple(record_of(Absence, row, absences) for row in rows)

    def absence(self, absence_id: str) -> Absence | None:
        row = self._connection.execute(sa.select(absences).where(absences.c.absence_id == absence_id)).one_or_none()
        return None if row is None else record_of(Absence, row, absences)

    def add_absence(self, absence: Absence) -> None:
        self._known.people.clear()
        self._known.standing.clear()
        self._connection.execute(sa.insert(absences), values_of(absence))

    def end_absence(self, absence_id: str, at: datetime) -> None:
        self._known.people.clear()
        self._known.standing.clear()
        statement = sa.update(absences).where(absences.c.absence_id == absence_id, absences.c.ends_at > at)
        self._connection.execute(statement.values(ends_at=at))

    def colleagues(self, unit: str) -> tuple[Person, ...]:
        return self._people(persons.c.unit == unit)

    def save_feed(self, person_id: str, secret_hash: str, at: datetime) -> None:
        renew = upsert(self._connection, feeds, ["person_id"], {"secret_hash": None, "created_at": None})
        values = {"person_id": person_id, "secret_hash": secret_hash, "created_at": at}
        self._connection.execute(renew, values)

    def drop_feed(self, person_id: str) -> None:
        self._connection.execute(sa.delete(feeds).where(feeds.c.person_id == person_id))

    def feed_made_at(self, person_id: str) -> datetime | None:
        return self._connection.scalar(sa.select(feeds.c.created_at).where(feeds.c.person_id == person_id))

    def feed_owner(self, secret_hash: str) -> tuple[str, str] | None:
        statement = sa.select(feeds.c.person_id, feeds.c.secret_hash)
        row = self._connection.execute(statement.where(feeds.c.secret_hash == secret_hash)).one_or_none()
        return None if row is None else (row.person_id, row.secret_hash)

    def own_deadlines(self, actor: Actor, *, limit: int) -> tuple[tuple[Deadline, UserTask, str | None], ...]:
        c = user_task.c
        held = sa.select(c.task_id).where(c.assignee == actor.person_id, c.state == TaskState.OPEN)
        offered = sa.select(c.task_id).where(is_candidate(actor), c.state == TaskState.OPEN, c.assignee.is_(None))
        # ix_user_task_mine, ix_user_task_claimable
        own = sa.union(held, offered).subquery()
        rows = self._connection.execute(
            sa.select(user_task, case_file.c.number.label("case_number"))
            .select_from(user_task.join(own, own.c.task_id == c.task_id).join(case_file))
            .where(is_not_accused(actor))
            .order_by(c.due_at.is_(None), c.due_at, c.task_id)
            .limit(limit)
        ).all()
        over: dict[str, list[Deadline]] = defaultdict(list)
        for deadline in self._open_deadlines({row.instance_id for row in rows}):
            over[deadline.instance_id].append(deadline)
        found: dict[str, tuple[Deadline, UserTask, str | None]] = {}
        for row in rows:
            task = record_of(UserTask, row, user_task)
            for deadline in over[task.instance_id]:
                if deadline.attached_to in (task.task_id, *task.scopes):
                    found.setdefault(deadline.deadline_id, (deadline, task, row.case_number))
        return tuple(found.values())

    def _open_deadlines(self, instance_ids: set[str]) -> tuple[Deadline, ...]:
        statement = sa.select(deadlines).where(deadlines.c.instance_id.in_(sorted(instance_ids)), IS_OPEN)
        rows = self._connection.execute(statement.order_by(deadlines.c.legal_due, deadlines.c.deadline_id))
        return tuple(record_of(Deadline, row, deadlines) for row in rows)

    def _people(self, condition: sa.ColumnElement[bool]) -> tuple[Person, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(Person, persons, but=["password_hash"]))
            .where(condition, persons.c.active)
            .order_by(persons.c.username)
        )
        return tuple(record_of(Person, row, persons, password_hash="") for row in rows)
