"""Copies, followed cases and phrases: what people keep beside their tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from engine.records.org import Actor, Grant
from engine.records.task import TaskState, UserTask
from engine.records.work import CopyNote, Follow, Phrase
from engine.store.repositories.locking import lock_row
from engine.store.rows import record_of, upsert, values_of
from engine.store.tables.case import instance
from engine.store.tables.org import person as persons
from engine.store.tables.org import role_grant
from engine.store.tables.task import user_task
from engine.store.tables.work import copy_note, follow, phrase, recusal


class Desk:
    """Implements `DeskRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def colleagues(self, units: Sequence[str] | None = None) -> tuple[Actor, ...]:
        if units is None:
            return self._staff(persons.c.active)
        posted = sa.select(role_grant.c.person_id).where(role_grant.c.unit.in_(units))
        return self._staff(persons.c.active & (persons.c.unit.in_(units) | persons.c.person_id.in_(posted)))

    def _staff(self, condition: sa.ColumnElement[bool]) -> tuple[Actor, ...]:
        p, g = persons.c, role_grant.c
        rows = self._connection.execute(
            sa.select(p.person_id, p.username, p.name, p.unit, g.role, g.unit.label("at"))
            .select_from(persons.outerjoin(role_grant))
            .where(condition)
            .order_by(p.unit, p.username, g.role, g.unit)
        ).all()
        grants: dict[str, set[Grant]] = defaultdict(set)
        for row in rows:
            if row.role is not None:
                grants[row.person_id].add(Grant(row.role, row.at))
        each = {row.person_id: row for row in rows}
        return tuple(
            Actor(row.person_id, row.username, row.name, row.unit, frozenset(grants[row.person_id]))
            for row in each.values()
        )

    def stands_aside(self, case_id: str) -> frozenset[str]:
        statement = sa.select(recusal.c.person_id).where(recusal.c.case_id == case_id)
        return frozenset(self._connection.scalars(statement))

    def signers_of(self, task_id: str) -> tuple[UserTask, ...]:
        rows = self._connection.execute(
            sa.select(user_task)
            .where(user_task.c.parent_id == task_id)  # ix_user_task_signers
            .order_by(user_task.c.opened_at, user_task.c.task_id)
        )
        return tuple(record_of(UserTask, row, user_task) for row in rows)

    def begin(self, task_id: str, at: datetime) -> None:
        c = user_task.c
        owner = sa.select(c.instance_id).where(c.task_id == task_id).scalar_subquery()
        lock_row(self._connection, instance.c.instance_id == owner)
        self._connection.execute(
            sa.update(user_task)
            .where(c.task_id == task_id, c.state == TaskState.OPEN, c.begun_at.is_(None))
            .values(begun_at=at)
        )

    def add_copies(self, copies: Sequence[CopyNote]) -> None:
        if copies:
            self._connection.execute(sa.insert(copy_note), [values_of(c) for c in copies])

    def copies_of(self, case_id: str) -> tuple[CopyNote, ...]:
        rows = self._connection.execute(
            sa.select(copy_note)
            .where(copy_note.c.case_id == case_id)  # ix_copy_note_of_case
            .order_by(copy_note.c.at, copy_note.c.copy_id)
        )
        return tuple(record_of(CopyNote, row, copy_note) for row in rows)

    def unread_copies(self, person_id: str, case_id: str) -> tuple[CopyNote, ...]:
        c = copy_note.c
        rows = self._connection.execute(
            sa.select(copy_note)
            .where(c.case_id == case_id, c.receiver == person_id, c.read_at.is_(None))  # ix_copy_note_of_case
            .order_by(c.at, c.copy_id)
        )
        return tuple(record_of(CopyNote, row, copy_note) for row in rows)

    def mark_copies(self, person_id: str, copy_ids: Sequence[str], at: datetime) -> int:
        c = copy_note.c
        if not copy_ids:
            return 0
        unread = sa.and_(c.copy_id.in_(copy_ids), c.receiver == person_id, c.read_at.is_(None))
        return self._connection.execute(sa.update(copy_note).where(unread).values(read_at=at)).rowcount

    def follow(self, follow_: Follow) -> bool:
        statement = upsert(self._connection, follow, ["person_id", "case_id"], None)
        return self._connection.execute(statement, values_of(follow_)).rowcount == 1

    def unfollow(self, person_id: str, case_id: str) -> bool:
        mine = sa.and_(follow.c.person_id == person_id, follow.c.case_id == case_id)
        return self._connection.execute(sa.delete(follow).where(mine)).rowcount == 1

    def is_following(self, person_id: str, case_id: str) -> bool:
        mine = sa.and_(follow.c.person_id == person_id, follow.c.case_id == case_id)
        return self._connection.execute(sa.select(follow.c.since).where(mine)).first() is not None

    def followers(self, case_id: str) -> tuple[Actor, ...]:
        of_case = sa.select(follow.c.person_id).where(follow.c.case_id == case_id)  # ix_follow_of_case
        staff = self._staff(persons.c.active & persons.c.person_id.in_(of_case))
        aside = self.stands_aside(case_id) if staff else frozenset()
        return tuple(
            replace(each, recused=frozenset({case_id})) if each.person_id in aside else each for each in staff
        )

    def phrases(self, person_id: str) -> tuple[Phrase, ...]:
        rows = self._connection.execute(
            sa.select(phrase)
            .where(phrase.c.person_id == person_id)  # ix_phrase_of_person
            .order_by(phrase.c.position, phrase.c.phrase_id)
        )
        return tuple(record_of(Phrase, row, phrase) for row in rows)

    def save_phrases(self, person_id: str, phrases: Sequence[Phrase]) -> None:
        self._connection.execute(sa.delete(phrase).where(phrase.c.person_id == person_id))
        if phrases:
            self._connection.execute(sa.insert(phrase), [values_of(p) for p in phrases])
