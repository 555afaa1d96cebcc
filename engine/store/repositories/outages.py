"""Outages, and the timers that they made late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.ledger import Place, TouchedTimer
from engine.records.org import Actor
from engine.records.task import TaskState
from engine.records.time import Outage, Timer, TimerState
from engine.store.repositories.searching import is_not_accused, may_see
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.tables.case import case_file
from engine.store.tables.journal import audit_entry
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task
from engine.store.tables.time import outage, timer

_TELLING = ("Notified", "RungClimbed")
"""Entries of a case's trail whose detail lists `receivers`."""


class Outages:
    """Implements `OutageRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: Outage) -> None:
        self._connection.execute(upsert(self._connection, outage, ["outage_id"], None), values_of(record))

    def count(self, outage_id: str, *, fired: int, failed: int, worst_seconds: float) -> None:
        c = outage.c
        worse = sa.case((c.worst_seconds < worst_seconds, worst_seconds), else_=c.worst_seconds)
        counted = sa.update(outage).where(c.outage_id == outage_id)
        self._connection.execute(
            counted.values(fired=c.fired + fired, failed=c.failed + failed, worst_seconds=worse)
        )

    def newest(self, limit: int) -> tuple[Outage, ...]:
        newest = sa.select(outage).order_by(outage.c.up_at.desc()).limit(limit)  # ix_outage_newest
        return tuple(record_of(Outage, row, outage) for row in self._connection.execute(newest))

    def get(self, outage_id: str) -> Outage | None:
        row = self._connection.execute(sa.select(outage).where(outage.c.outage_id == outage_id)).one_or_none()
        return None if row is None else record_of(Outage, row, outage)

    def touched(self, of: Outage, reader: Actor, *, after: Place | None, limit: int) -> tuple[TouchedTimer, ...]:
        still_failing = sa.and_(timer.c.state == TimerState.WAITING, timer.c.attempts > 0)
        statement = (
            sa.select(
                *columns_of(Timer, timer), case_file.c.number, case_file.c.title, may_see(reader).label("sees")
            )
            .select_from(timer.join(case_file, case_file.c.case_id == timer.c.case_id))
            .where(timer.c.due_at > of.down_from, timer.c.due_at <= of.up_at)  # ix_timer_ledger
            .where(sa.or_(timer.c.by_outage, still_failing), is_not_accused(reader))
            .order_by(timer.c.due_at, timer.c.timer_id)
            .limit(limit)
        )
        if after is not None:
            here = sa.tuple_(timer.c.due_at, timer.c.timer_id)
            there = sa.tuple_(sa.literal(after.at, timer.c.due_at.type), sa.literal(after.timer_id))
            statement = statement.where(timer.c.due_at >= after.at, here > there)
        rows = [(record_of(Timer, row, timer), row) for row in self._connection.execute(statement)]
        seen = [late for late, row in rows if row.sees]
        told, holders, posts = self._told(seen), *self._owing(seen)
        return tuple(
            TouchedTimer(
                timer=late,
                is_visible=bool(row.sees),
                case_number=row.number if row.sees else None,
                case_title=row.title if row.sees else None,
                told=told.get(late.timer_id, ()),
                holders=tuple(holders[late.case_id]),
                posts=tuple(posts[late.case_id]),
            )
            for late, row in rows
        )

    def _told(self, late: Sequence[Timer]) -> dict[str, tuple[str, ...]]:
        """Names by timer id: whom the trail of the firing says to have been told."""
        of_firing: dict[tuple[str, datetime], list[str]] = defaultdict(list)
        for t in late:
            if t.fired_at is not None:
                of_firing[t.case_id, t.fired_at].append(t.timer_id)
        c = audit_entry.c
        entries = self._connection.execute(
            sa.select(c.case_id, c.at, c.detail)
            .where(c.case_id.in_({t.case_id for t in late}), c.event.in_(_TELLING))  # ix_audit_entry_of_case
            .order_by(c.seq)
        )
        ids: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            for timer_id in of_firing.get((entry.case_id, entry.at), ()):
                ids[timer_id] += entry.detail.get("receivers") or ()
        known = {person_id for receivers in ids.values() for person_id in receivers}
        people = self._connection.execute(
            sa.select(person.c.person_id, person.c.name).where(person.c.person_id.in_(known))
        )
        names: dict[str, str] = {row.person_id: row.name for row in people}
        return {
            timer_id: tuple(dict.fromkeys(names[each] for each in receivers if each in names))
            for timer_id, receivers in ids.items()
        }

    def _owing(self, late: Sequence[Timer]) -> tuple[dict[str, list[str]], dict[str, list[tuple[str, str]]]]:
        """By case: names of those who hold its open tasks; roles and units of those that nobody holds."""
        c = user_task.c
        tasks = self._connection.execute(
            sa.select(c.case_id, c.role, person.c.name.label("holder"), unit.c.name.label("unit"))
            .select_from(
                user_task.outerjoin(person, person.c.person_id == c.assignee).outerjoin(unit, unit.c.code == c.unit)
            )
            .where(c.case_id.in_({t.case_id for t in late}), c.state == TaskState.OPEN)  # ix_user_task_of_case
            .order_by(c.opened_at, c.task_id)
        )
        holders: dict[str, list[str]] = defaultdict(list)
        posts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for task in tasks:
            post = (task.role or "", task.unit or "")
            if task.holder is not None and task.holder not in holders[task.case_id]:
                holders[task.case_id].append(task.holder)
            elif task.holder is None and post not in posts[task.case_id]:
                posts[task.case_id].append(post)
        return holders, posts
