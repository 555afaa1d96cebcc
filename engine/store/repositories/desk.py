"""Copies, followed cases and phrases: what people keep beside their tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.records.directory import Looking
from engine.records.org import Actor, Grant
from engine.records.task import TaskState, UserTask
from engine.records.work import CopyNote, Follow, Phrase
from engine.store.person_words import begins_with
from engine.store.repositories.locking import lock_row
from engine.store.rows import record_of, upsert, values_of
from engine.store.tables.case import instance
from engine.store.tables.org import person as persons
from engine.store.tables.org import person_word, role_grant
from engine.store.tables.task import user_task
from engine.store.tables.work import copy_note, follow, phrase, recusal


class Desk:
    """Implements `DeskRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def colleagues(self, looking: Looking) -> tuple[Actor, ...]:
        p, after = persons.c, looking.after
        found: list[Any] = []
        if after is None or after.unit == looking.first:
            own = p.unit == looking.first
            found += self._next(looking, own if after is None else own & (p.username > after.username))
        if len(found) < looking.limit:
            other = p.unit != looking.first
            if after is not None and after.unit != looking.first:
                other &= sa.tuple_(p.unit, p.username) > sa.tuple_(after.unit, after.username)
            found += self._next(replace(looking, limit=looking.limit - len(found)), other)
        grants = self._grants_of([row.person_id for row in found])
        return tuple(
            Actor(row.person_id, row.username, row.name, row.unit, frozenset(grants[row.person_id]))
            for row in found
        )

    def _next(self, looking: Looking, which: sa.ColumnElement[bool]) -> Sequence[Any]:
        p, units = persons.c, looking.units
        meant = [p.active, which]
        if units is not None:
            posted = sa.select(role_grant.c.person_id).where(role_grant.c.unit.in_(units))
            meant.append(p.unit.in_(units) | p.person_id.in_(posted))
        for sought in looking.words:
            named = p.person_id.in_(sa.select(person_word.c.person_id).where(begins_with(sought.word)))
            meant.append(named | p.unit.in_(sought.units) if sought.units else named)
        return self._connection.execute(
            sa.select(p.person_id, p.username, p.name, p.unit)
            .where(*meant)
            .order_by(p.unit, p.username)  # ix_person_of_unit, ix_person_listed
            .limit(looking.limit)
        ).all()

    def _grants_of(self, person_ids: Sequence[str]) -> Mapping[str, set[Grant]]:
        grants: dict[str, set[Grant]] = defaultdict(set)
        if person_ids:
            c = role_grant.c
            for row in self._connection.execute(sa.select(role_grant).where(c.person_id.in_(person_ids))):
                grants[row.person_id].add(Grant(row.role, row.unit))
        return grants

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
