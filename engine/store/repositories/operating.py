"""What operators see and do: what stands where, how long it takes, what is halted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from engine.records.operating import ElementLoad, ElementPace, Halt, ListedIncident, StandingTask
from engine.records.org import Actor
from engine.records.step import Incident
from engine.records.task import TaskKind, TaskState
from engine.store.repositories.halted import IS_IN_FORCE, halt_of_instance, halt_of_procedure
from engine.store.repositories.known import Known
from engine.store.repositories.searching import is_not_accused, is_task_not_accused, may_see_one
from engine.store.rows import AnyRow, columns_of, record_of, values_of
from engine.store.tables.case import case_file, instance
from engine.store.tables.definition import definition
from engine.store.tables.exchange import outgoing_message
from engine.store.tables.journal import incident
from engine.store.tables.org import person
from engine.store.tables.studio import halt as halts
from engine.store.tables.task import IS_OPEN, user_task
from engine.store.tables.time import IS_WAITING, timer
from engine.store.types import UtcDateTime
from engine.values import Data

PARKED: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When a halted instance's timer is tried next: by no heartbeat, but by the end of the halt."""
HELD: Final = "held"
"""The state of a message that waits for a halt to end."""

_HALT = columns_of(Halt, halts)


class Operating:
    """Implements `OperatingRepository`."""

    def __init__(self, connection: sa.Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def loads(
        self, reader: Actor, procedure: str, now: datetime, *, unit: str | None, definition_id: str | None
    ) -> tuple[ElementLoad, ...]:
        c = user_task.c
        wanted: list[sa.ColumnElement[bool]] = [c.procedure == procedure, c.kind == TaskKind.STEP]
        if unit is not None:
            wanted.append(c.unit == unit)
        if definition_id is not None:
            wanted.append(c.definition_id == definition_id)
        is_late = c.red_at <= now
        is_soon = sa.and_(*_is_soon(now))
        rows = self._connection.execute(
            sa.select(
                c.element_id,
                sa.func.count().label("open"),
                sa.func.sum(sa.case((is_soon, 1), else_=0)).label("due_soon"),
                sa.func.sum(sa.case((is_late, 1), else_=0)).label("overdue"),
            )
            .where(IS_OPEN, *wanted, is_task_not_accused(reader))  # ix_user_task_standing
            .group_by(c.element_id)
            .order_by(c.element_id)
        )
        return tuple(ElementLoad(r.element_id, r.open, int(r.due_soon), int(r.overdue)) for r in rows)

    def standing(
        self,
        reader: Actor,
        procedure: str,
        element_id: str,
        now: datetime,
        *,
        light: str | None,
        unit: str | None,
        limit: int,
        offset: int,
    ) -> tuple[StandingTask, ...]:
        c = user_task.c
        wanted = [c.procedure == procedure, c.element_id == element_id, c.kind == TaskKind.STEP]
        wanted += [c.unit == unit] if unit is not None else []
        wanted += {"red": [c.red_at <= now], "soon": _is_soon(now)}.get(light or "", [])
        given = {"name", "number", "title", "is_visible", "assignee_name", "version"}
        rows = self._connection.execute(
            sa.select(
                *(c[f.name] for f in fields(StandingTask) if f.name not in given),
                c.name,
                case_file.c.number,
                case_file.c.title,
                may_see_one(reader).label("is_visible"),
                person.c.name.label("assignee_name"),
                definition.c.version,
            )
            .select_from(
                user_task.join(case_file, case_file.c.case_id == c.case_id)
                .join(definition, definition.c.definition_id == c.definition_id)
                .outerjoin(person, person.c.person_id == c.assignee)
            )
            .where(
                sa.text("user_task.state = 'open'"), *wanted, is_task_not_accused(reader)
            )  # ix_user_task_standing
            .order_by(c.red_at.is_(None), c.red_at, c.opened_at, c.task_id)
            .limit(limit)
            .offset(offset)
        )
        return tuple(_standing(row) for row in rows)

    def paces(
        self, reader: Actor, procedure: str, first: datetime, last: datetime, *, unit: str | None
    ) -> tuple[ElementPace, ...]:
        c = user_task.c
        wanted = [c.procedure == procedure, c.closed_at >= first, c.closed_at < last]
        wanted += [c.state == TaskState.COMPLETED, c.kind == TaskKind.STEP]
        if unit is not None:
            wanted.append(c.unit == unit)
        took = self._seconds(c.opened_at, c.closed_at)
        each = (
            sa.select(
                c.element_id,
                took.label("took"),
                sa.case((c.closed_at >= c.red_at, 1), else_=0).label("late"),
                sa.func.row_number().over(partition_by=c.element_id, order_by=took).label("place"),
                sa.func.count().over(partition_by=c.element_id).label("counted"),
            )
            .where(*wanted, is_task_not_accused(reader))  # ix_user_task_paced
            .subquery()
        )
        # of the nearest rank: the value that so many are not above
        median, p90 = ((each.c.counted * share + 99) // 100 for share in (50, 90))
        rows = self._connection.execute(
            sa.select(
                each.c.element_id,
                sa.func.count().label("counted"),
                sa.func.max(sa.case((each.c.place <= median, each.c.took))).label("median"),
                sa.func.max(sa.case((each.c.place <= p90, each.c.took))).label("p90"),
                sa.func.sum(each.c.late).label("late"),
            )
            .group_by(each.c.element_id)
            .order_by(each.c.element_id)
        )
        return tuple(ElementPace(r.element_id, r.counted, float(r.median), float(r.p90), int(r.late)) for r in rows)

    def _seconds(self, since: sa.Column[datetime], until: sa.Column[datetime]) -> sa.ColumnElement[Any]:
        if self._connection.dialect.name == "sqlite":
            microseconds = sa.type_coerce(until, sa.BigInteger) - sa.type_coerce(since, sa.BigInteger)
            return microseconds / 1_000_000.0
        return sa.extract("epoch", until - since)

    def incidents_listed(self, reader: Actor, *, state: str | None, limit: int) -> tuple[ListedIncident, ...]:
        c = incident.c
        asked = [c.state == state] if state is not None else []  # ix_incident_by_state, else ix_incident_newest
        rows = self._connection.execute(
            sa.select(
                *columns_of(Incident, incident),
                case_file.c.number,
                definition.c.name.label("procedure"),
                may_see_one(reader).label("is_visible"),
            )
            .select_from(
                incident.join(case_file, case_file.c.case_id == c.case_id)
                .outerjoin(instance, instance.c.instance_id == c.instance_id)
                .outerjoin(definition, definition.c.definition_id == instance.c.definition_id)
            )
            .where(is_not_accused(reader), *asked)
            .order_by(c.at.desc(), c.incident_id)
            .limit(limit)
        )
        return tuple(
            ListedIncident(
                record_of(Incident, row, incident),
                row.procedure or "",
                row.number if row.is_visible else None,
                bool(row.is_visible),
            )
            for row in rows
        )

    def halts(self) -> tuple[Halt, ...]:
        rows = self._connection.execute(
            sa.select(*_HALT).where(IS_IN_FORCE).order_by(halts.c.scope, halts.c.target)  # ix_halt_now
        )
        return tuple(record_of(Halt, row, halts) for row in rows)

    def halt(self, halt_id: str) -> Halt | None:
        return self._one(sa.select(*_HALT).where(halts.c.halt_id == halt_id))

    def locked_halt(self, halt_id: str) -> Halt | None:
        return self._one(sa.select(*_HALT).where(halts.c.halt_id == halt_id).with_for_update(read=True))

    def _one(self, statement: sa.Select[tuple[object, ...]]) -> Halt | None:
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(Halt, row, halts)

    def halt_of_instance(self, instance_id: str) -> str | None:
        if instance_id not in self._known.halts:
            statement = sa.select(halt_of_instance()).where(instance.c.instance_id == instance_id)
            self._known.halts[instance_id] = self._connection.scalar(statement)
        return self._known.halts[instance_id]

    def halted_among(self, instance_ids: Sequence[str]) -> frozenset[str]:
        if not instance_ids:
            return frozenset()
        among = instance.c.instance_id.in_(instance_ids)
        found = sa.select(instance.c.instance_id).where(among, halt_of_instance().is_not(None))
        return frozenset(self._connection.scalars(found))

    def halt_of_procedure(self, key: str) -> str | None:
        found: str | None = self._connection.scalar(sa.select(halt_of_procedure(sa.literal(key))))
        return found

    def add_halt(self, halt: Halt) -> None:
        self._known.halts.clear()
        self._connection.execute(sa.insert(halts), values_of(halt))

    def lift_halt(self, halt_id: str, by: str, at: datetime) -> bool:
        self._known.halts.clear()
        lifted = sa.update(halts).where(halts.c.halt_id == halt_id, IS_IN_FORCE).values(lifted_by=by, lifted_at=at)
        if not self._connection.execute(lifted).rowcount:
            return False
        # all that wait for the end of any halt: what another one still stops is put off again when it is next tried
        retry_or_due = sa.func.coalesce(timer.c.retry_at, timer.c.due_at, type_=UtcDateTime())
        parked = sa.update(timer).where(IS_WAITING, timer.c.next_at == PARKED)  # ix_timer_next
        self._connection.execute(parked.values(next_at=retry_or_due))
        held = sa.update(outgoing_message).where(sa.text("state = 'held'"))  # ix_outgoing_message_held
        self._connection.execute(held.values(state="pending", settled_at=None))
        return True

    def past_halts(self, limit: int) -> Sequence[Halt]:
        rows = self._connection.execute(
            sa.select(*_HALT)
            .where(halts.c.lifted_at.is_not(None))
            .order_by(halts.c.at.desc(), halts.c.halt_id)  # ix_halt_newest
            .limit(limit)
        )
        return tuple(record_of(Halt, row, halts) for row in rows)

    def set_task_data(self, data: Mapping[str, Data]) -> None:
        if data:
            seen = sa.bindparam("seen", type_=user_task.c.data.type)
            statement = sa.update(user_task).where(user_task.c.task_id == sa.bindparam("key"), IS_OPEN)
            rows = [{"key": task_id, "seen": values} for task_id, values in data.items()]
            self._connection.execute(statement.values(data=seen), rows)

    def incidents_of(self, case_id: str, instance_id: str) -> tuple[Incident, ...]:
        of_instance = incident.c.case_id == case_id, incident.c.instance_id == instance_id  # ix_incident_of_case
        rows = self._connection.execute(sa.select(incident).where(*of_instance).order_by(incident.c.at.desc()))
        return tuple(record_of(Incident, row, incident) for row in rows)

    def save_incident(self, incident_: Incident) -> None:
        statement = sa.update(incident).where(incident.c.incident_id == incident_.incident_id)
        self._connection.execute(statement.values(operation=incident_.operation))

    def park_timers(self, timer_ids: Sequence[str]) -> int:
        # a halt that is being lifted is waited for, and one that is looked at here is not lifted before the commit
        kept = sa.select(halts.c.halt_id).where(IS_IN_FORCE).with_for_update(read=True)
        if not self._connection.execute(kept).all():
            return 0
        of_halted = sa.exists().where(
            instance.c.instance_id == timer.c.instance_id, halt_of_instance().is_not(None)
        )
        parked = sa.update(timer).where(timer.c.timer_id.in_(timer_ids), timer.c.next_at < PARKED, of_halted)
        return self._connection.execute(parked.values(next_at=PARKED)).rowcount


def _is_soon(now: datetime) -> list[sa.ColumnElement[bool]]:
    """Blue or yellow."""
    return [user_task.c.blue_at <= now, user_task.c.red_at > now]


def _standing(row: AnyRow) -> StandingTask:
    task = StandingTask(**row._mapping)
    return task if task.is_visible else replace(task, number=None, title=None, assignee_name=None)
