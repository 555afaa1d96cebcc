"""Who stands in for whom, who stands aside, and what is handed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.records.org import Actor, Person
from engine.records.reach import ABSENCE_OVER, Absence
from engine.records.standing_in import HandedTask
from engine.records.task import TaskState, UserTask
from engine.records.work import Recusal
from engine.store.repositories.known import Known
from engine.store.repositories.searching import is_not_accused
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.tables.case import case_file
from engine.store.tables.exchange import IS_UNREAD, outbox
from engine.store.tables.org import absence, unit
from engine.store.tables.org import person as persons
from engine.store.tables.task import user_task
from engine.store.tables.work import recusal as recusals


class StandIns:
    """Implements `StandInsRepository`."""

    def __init__(self, connection: sa.Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def told(
        self, person_ids: Collection[str], case_id: str, procedures: Collection[str], now: datetime
    ) -> tuple[tuple[Person, ...], frozenset[str]]:
        key = "told", tuple(person_ids), case_id, tuple(sorted(procedures)), now
        found = self._known.standing.get(key)
        if found is None:
            found = self._known.standing[key] = self._told(person_ids, case_id, procedures, now)
        return found

    def _told(
        self, person_ids: Collection[str], case_id: str, procedures: Collection[str], now: datetime
    ) -> tuple[tuple[Person, ...], frozenset[str]]:
        aside = sa.select(recusals.c.person_id).where(recusals.c.case_id == case_id)
        lasting = _lasting(now), _covers(procedures)
        first = sa.select(absence.c.deputy_id.label("person_id")).where(
            absence.c.person_id.in_(list(person_ids)), absence.c.person_id.not_in(aside), *lasting
        )  # ix_absence_of_person
        reached = first.cte("reached", recursive=True)
        # UNION drops whom it has already: a circle is an end
        further = sa.select(absence.c.deputy_id).where(absence.c.person_id == reached.c.person_id, *lasting)
        reached = reached.union(further)
        rows = self._connection.execute(
            sa.select(
                *columns_of(Person, persons, but=["password_hash"]), persons.c.person_id.in_(aside).label("aside")
            )
            .where(
                sa.or_(
                    sa.and_(persons.c.person_id.in_(sa.select(reached.c.person_id)), persons.c.active),
                    persons.c.person_id.in_(aside),
                )
            )
            .order_by(persons.c.username)
        ).all()
        deputies = tuple(record_of(Person, row, persons, password_hash="") for row in rows if not row.aside)
        return deputies, frozenset(row.person_id for row in rows if row.aside)

    def deputies_of(
        self, person_ids: Collection[str], procedures: Collection[str], now: datetime
    ) -> Mapping[str, tuple[str, ...]]:
        rows = self._connection.execute(
            sa.select(absence.c.person_id, persons.c.name)
            .select_from(absence.join(persons, persons.c.person_id == absence.c.deputy_id))
            .where(absence.c.person_id.in_(list(person_ids)), _lasting(now), _covers(procedures), persons.c.active)
            .order_by(persons.c.username)
        )
        found: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            found[row.person_id].append(row.name)
        return {person_id: tuple(dict.fromkeys(names)) for person_id, names in found.items()}

    def absences_of(self, person_id: str, ends_after: datetime) -> tuple[Absence, ...]:
        return self._absences(absence.c.person_id == person_id, absence.c.ends_at > ends_after)

    def absences_by(self, deputy_id: str, now: datetime) -> tuple[Absence, ...]:
        return self._absences(absence.c.deputy_id == deputy_id, absence.c.ends_at > now)

    def all_absences(self, now: datetime, limit: int) -> tuple[Absence, ...]:
        statement = sa.select(absence).where(absence.c.ends_at > now)  # ix_absence_lasting
        rows = self._connection.execute(statement.order_by(absence.c.ends_at, absence.c.absence_id).limit(limit))
        return tuple(record_of(Absence, row, absence) for row in rows)

    def ended_untold(self, since: datetime, until: datetime, limit: int) -> tuple[Absence, ...]:
        c, other = absence.c, absence.alias("other")
        key = sa.literal(f"{ABSENCE_OVER}:", sa.Text) + c.absence_id
        goes_on = sa.exists().where(  # ix_absence_of_person
            other.c.person_id == c.person_id,
            other.c.starts_at <= c.ends_at,
            sa.or_(
                other.c.ends_at > c.ends_at,
                sa.and_(
                    other.c.ends_at == c.ends_at,
                    sa.or_(
                        other.c.starts_at < c.starts_at,
                        sa.and_(other.c.starts_at == c.starts_at, other.c.absence_id < c.absence_id),
                    ),
                ),
            ),
        )
        rows = self._connection.execute(
            sa.select(absence)
            .join(persons, sa.and_(persons.c.person_id == c.person_id, persons.c.active))
            .where(
                c.ends_at > since,  # ix_absence_lasting
                c.ends_at <= until,
                c.ends_at > c.starts_at,
                ~goes_on,
                ~sa.exists().where(outbox.c.idempotency_key == key),
            )
            .order_by(c.ends_at, c.absence_id)
            .limit(limit)
        )
        return tuple(record_of(Absence, row, absence) for row in rows)

    def unread_ends(self, person_id: str) -> tuple[tuple[str, str], ...]:
        c = outbox.c
        rows = self._connection.execute(
            sa.select(c.entry_id, c.idempotency_key)
            .where(c.recipient == person_id, IS_UNREAD, c.topic == ABSENCE_OVER)  # ix_outbox_unread
            .order_by(c.seq.desc())
        )
        return tuple((row.entry_id, row.idempotency_key.removeprefix(f"{ABSENCE_OVER}:")) for row in rows)

    def chain_from(self, person_id: str, starts_at: datetime, ends_at: datetime) -> tuple[Absence, ...]:
        touching = absence.c.starts_at < ends_at, absence.c.ends_at > starts_at
        first = sa.select(sa.literal(person_id, sa.Text).label("person_id"))
        reached = first.cte("reached", recursive=True)
        reached = reached.union(
            sa.select(absence.c.deputy_id).where(absence.c.person_id == reached.c.person_id, *touching)
        )
        return self._absences(absence.c.person_id.in_(sa.select(reached.c.person_id)), *touching)

    def done_for(self, reader: Actor, since: datetime, until: datetime, limit: int) -> tuple[HandedTask, ...]:
        c = user_task.c  # ix_user_task_done_for
        meant = c.closed_for == reader.person_id, c.closed_at >= since, c.closed_at < until
        return self._handed("done", reader, meant, limit)

    def taken_for(self, reader: Actor, limit: int) -> tuple[HandedTask, ...]:
        c = user_task.c  # ix_user_task_held_for
        meant = c.claimed_for == reader.person_id, c.state == TaskState.OPEN
        return self._handed("taken", reader, meant, limit)

    def lying_with(self, reader: Actor, since: datetime, limit: int) -> tuple[HandedTask, ...]:
        c = user_task.c  # ix_user_task_mine
        meant = c.assignee == reader.person_id, c.state == TaskState.OPEN, c.opened_at >= since
        return self._handed("lying", reader, meant, limit)

    def count_held(self, person_id: str) -> Mapping[tuple[str, str], int]:
        c = user_task.c
        role = sa.func.coalesce(c.role, "")
        rows = self._connection.execute(
            sa.select(c.procedure, role.label("role"), sa.func.count().label("many"))
            .where(_is_with(person_id), c.state == TaskState.OPEN)
            .group_by(c.procedure, role)
            .order_by(c.procedure, role)
        )
        return {(row.procedure, row.role): row.many for row in rows}

    def held_by(self, person_id: str, limit: int, *, but: Collection[str] = ()) -> tuple[UserTask, ...]:
        c = user_task.c
        rows = self._connection.execute(
            sa.select(*columns_of(UserTask, user_task))
            .where(_is_with(person_id), c.state == TaskState.OPEN, c.task_id.not_in(list(but)))
            .order_by(*_URGENT_FIRST)
            .limit(limit)
        )
        return tuple(record_of(UserTask, row, user_task) for row in rows)

    def add_recusal(self, recusal: Recusal) -> bool:
        self._forget()
        statement = upsert(self._connection, recusals, ["case_id", "person_id"], None)
        made = self._connection.execute(statement.returning(recusals.c.case_id), values_of(recusal))
        return made.one_or_none() is not None

    def drop_recusal(self, case_id: str, person_id: str) -> bool:
        self._forget()
        c = recusals.c
        done = self._connection.execute(sa.delete(recusals).where(c.case_id == case_id, c.person_id == person_id))
        return done.rowcount == 1

    def recusals(self, case_id: str) -> Sequence[Recusal]:
        statement = sa.select(recusals).where(recusals.c.case_id == case_id)
        rows = self._connection.execute(statement.order_by(recusals.c.at, recusals.c.person_id))
        return tuple(record_of(Recusal, row, recusals) for row in rows)

    def _forget(self) -> None:
        self._known.people.clear()
        self._known.standing.clear()

    def _absences(self, *conditions: sa.ColumnElement[bool]) -> tuple[Absence, ...]:
        rows = self._connection.execute(
            sa.select(absence).where(*conditions).order_by(absence.c.starts_at, absence.c.absence_id)
        )
        return tuple(record_of(Absence, row, absence) for row in rows)

    def _handed(
        self, doing: str, reader: Actor, meant: tuple[sa.ColumnElement[bool], ...], limit: int
    ) -> tuple[HandedTask, ...]:
        c = user_task.c
        is_done = doing == "done"
        by = c.closed_by if is_done else c.assignee
        order: tuple[sa.ColumnElement[Any], ...] = (c.closed_at.desc(), c.task_id) if is_done else _URGENT_FIRST
        rows = self._connection.execute(
            sa.select(
                *columns_of(UserTask, user_task),
                case_file.c.number.label("case_number"),
                case_file.c.title.label("case_title"),
                persons.c.name.label("by_name"),
                unit.c.name.label("unit_name"),
            )
            .select_from(
                user_task.join(case_file, case_file.c.case_id == c.case_id)
                .outerjoin(persons, persons.c.person_id == by)
                .outerjoin(unit, unit.c.code == c.unit)
            )
            .where(*meant, is_not_accused(reader))
            .order_by(*order)
            .limit(limit)
        )
        return tuple(
            HandedTask(
                doing,
                record_of(UserTask, row, user_task),
                row.case_number,
                row.case_title,
                row.by_name or "",
                row.unit_name or "",
            )
            for row in rows
        )


_URGENT_FIRST = (user_task.c.due_at.is_(None), user_task.c.due_at, user_task.c.task_id)


def _is_with(person_id: str) -> sa.ColumnElement[bool]:
    """Has the task, or has delegated it (ix_user_task_mine, ix_user_task_delegated)."""
    return sa.or_(user_task.c.assignee == person_id, user_task.c.owner == person_id)


def _lasting(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(absence.c.starts_at <= now, absence.c.ends_at > now)


def _covers(procedures: Collection[str]) -> sa.ColumnElement[bool]:
    """Covers everything, or one of the procedures."""
    text = sa.type_coerce(absence.c.procedures, sa.Text)
    return sa.or_(text == "", *(text.contains(f"|{each}|", autoescape=True) for each in sorted(procedures)))
