"""Locked reads of what a step needs, each by one statement.

On PostgreSQL a statement that had to wait for a row lock re-reads the locked row, but everything that it joins
comes from before the wait. So each locked read also asks for the instance's version through a second, unlocked
look at the same row: where the two differ the read is stale and is repeated, now with the lock in hand.
Lock order everywhere: the instance first, then its other rows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.ports.locked import DueTimer, LockedTask
from engine.records.case import CaseFile, Instance, InstanceState
from engine.records.task import TaskState, UserTask
from engine.records.time import Deadline, Timer
from engine.store.repositories.calendar import version_of_calendar
from engine.store.repositories.halted import halt_of_instance
from engine.store.repositories.tables import revision_of_tables
from engine.store.rows import AnyRow, columns_of, record_of
from engine.store.tables.case import case_file, instance
from engine.store.tables.journal import audit_entry
from engine.store.tables.task import user_task
from engine.store.tables.time import IS_OPEN, IS_STALE, IS_WAITING, deadline, timer

_seen = instance.alias("seen")
_is_stale = (
    sa.exists()
    .where(
        _seen.c.instance_id == instance.c.instance_id,
        (_seen.c.version != instance.c.version) | (_seen.c.audit_head != instance.c.audit_head),
    )
    .correlate(instance)
    .label("is_stale")
)
_head = (
    sa.select(audit_entry.c.hash)
    .where(audit_entry.c.case_id == instance.c.case_id)
    .order_by(audit_entry.c.seq.desc())  # ix_audit_entry_of_case
    .limit(1)
    .correlate(instance)
    .scalar_subquery()
    .label("head")
)
_next_timer_at = (
    sa.select(sa.func.min(timer.c.next_at, type_=timer.c.next_at.type))
    .where(timer.c.instance_id == instance.c.instance_id, IS_WAITING)  # ix_timer_of_instance
    .correlate(instance)
    .scalar_subquery()
    .label("next_timer_at")
)
_signer = user_task.alias("signer")
_has_signers = (
    sa.exists()
    .where(
        _signer.c.parent_id == user_task.c.task_id,  # ix_user_task_signers
        _signer.c.parent_id.is_not(None),
        _signer.c.state == TaskState.OPEN,
    )
    .correlate(user_task)
    .label("has_signers")
)
_calendar_version = version_of_calendar().label("in_force")
_tables_revision = revision_of_tables().label("tables_revision")
_halt_id = halt_of_instance().label("halt_id")
_running = sa.select(deadline).where(IS_OPEN).subquery("running")  # ix_deadline_running

_INSTANCE = columns_of(Instance, instance)
_CASE = columns_of(CaseFile, case_file)
_TIMER = columns_of(Timer, timer)


def lock_instance(connection: sa.Connection, instance_id: str) -> tuple[Instance, CaseFile, str | None] | None:
    """The instance, its row locked, its case, and the id of what halts it."""
    rows = _locked(
        connection,
        sa.select(*_INSTANCE, *_CASE, _halt_id, _head, _is_stale)
        .select_from(instance.join(case_file, case_file.c.case_id == instance.c.case_id))
        .where(instance.c.instance_id == instance_id),
    )
    return (_instance(rows[0]), record_of(CaseFile, rows[0], case_file), rows[0].halt_id) if rows else None


def lock_by_task(connection: sa.Connection, task_id: str) -> tuple[LockedTask, int, int] | None:
    """The task with its instance (row locked), case, open deadlines, next timer; calendar and tables' versions."""
    rows = _locked(
        connection,
        sa.select(
            *columns_of(UserTask, user_task),
            *_INSTANCE,
            *_CASE,
            *columns_of(Deadline, _running),
            _next_timer_at,
            _has_signers,
            _halt_id,
            _calendar_version,
            _tables_revision,
            _head,
            _is_stale,
        )
        .select_from(
            user_task.join(instance, instance.c.instance_id == user_task.c.instance_id)
            .join(case_file, case_file.c.case_id == instance.c.case_id)
            .outerjoin(_running, _running.c.instance_id == instance.c.instance_id)
        )
        .where(user_task.c.task_id == task_id)
        .order_by(_running.c.legal_due, _running.c.deadline_id),
    )
    if not rows:
        return None
    first = rows[0]
    locked = LockedTask(
        record_of(UserTask, first, user_task),
        _instance(first),
        record_of(CaseFile, first, case_file),
        tuple(
            record_of(Deadline, row, _running) for row in rows if row._mapping[_running.c.deadline_id] is not None
        ),
        first.next_timer_at,
        bool(first.has_signers),
        first.halt_id,
    )
    return locked, first.in_force, first.tables_revision


_WINDOW = 6
"""Times the limit: what others have locked, and further timers of one case, are passed over within it."""


def lock_due(connection: sa.Connection, now: datetime, limit: int) -> tuple[tuple[DueTimer, ...], int, int]:
    """The oldest due timers, one of each case, with instances and cases; calendar and tables' versions.

    The rows of instances and timers are locked, those that others have locked are passed over.
    """
    oldest = timer.alias("oldest")
    # by its index alone: a planner that sees the other conditions may rather look at all that is due, and sort it
    window = (
        sa.select(oldest.c.timer_id)
        .where(oldest.c.next_at <= now, sa.text("oldest.state = 'waiting'"), ~oldest.c.stale)  # ix_timer_next
        .where(~sa.exists().where(deadline.c.instance_id == oldest.c.instance_id, IS_STALE))  # ix_deadline_stale
        .order_by(oldest.c.next_at, oldest.c.due_at)
        .limit(limit * _WINDOW)
        .subquery("due")
    )
    earlier = timer.alias("earlier")
    first = (
        sa.select(earlier.c.timer_id)
        .where(
            earlier.c.instance_id == timer.c.instance_id,
            earlier.c.next_at <= now,
            sa.text("earlier.state = 'waiting'"),  # ix_timer_of_instance
        )
        .order_by(earlier.c.stale.desc(), earlier.c.due_at, earlier.c.timer_id)  # what is stale holds up its case
        .limit(1)
        .correlate(timer)
        .scalar_subquery()
    )
    statement = (
        sa.select(*_TIMER, *_INSTANCE, *_CASE, _halt_id, _calendar_version, _tables_revision, _head, _is_stale)
        .select_from(
            window.join(timer, timer.c.timer_id == window.c.timer_id)
            .join(instance, instance.c.instance_id == timer.c.instance_id)
            .join(case_file, case_file.c.case_id == instance.c.case_id)
        )
        .where(
            timer.c.next_at <= now,
            sa.text("timer.state = 'waiting'"),  # ix_timer_next
            instance.c.state == InstanceState.RUNNING,
            timer.c.timer_id == first,
            ~timer.c.stale,
            ~sa.exists().where(deadline.c.instance_id == timer.c.instance_id, IS_STALE),  # ix_deadline_stale
        )
        .order_by(timer.c.next_at, timer.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=[instance, timer])
    )
    rows = list(connection.execute(statement))
    while any(row.is_stale for row in rows):
        rows = list(connection.execute(statement))
    of_case: dict[str, AnyRow] = {}
    for row in rows:
        of_case.setdefault(row._mapping[instance.c.case_id], row)
    due = tuple(
        DueTimer(record_of(Timer, row, timer), _instance(row), record_of(CaseFile, row, case_file), row.halt_id)
        for row in of_case.values()
    )
    return due, *((rows[0].in_force, rows[0].tables_revision) if rows else (0, 0))


def lock_row(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> None:
    """Locks the instances that meet a condition. SQLite has the whole file locked already: no statement."""
    if connection.dialect.name != "sqlite":
        statement = sa.select(instance.c.instance_id).where(condition).order_by(instance.c.instance_id)
        connection.execute(statement.with_for_update(key_share=True, of=instance)).all()


def _locked(connection: sa.Connection, statement: sa.Select[Any]) -> list[AnyRow]:
    # key_share: FOR NO KEY UPDATE, which rows that refer to the instance need not wait for
    locking = statement.with_for_update(key_share=True, of=instance)
    rows = list(connection.execute(locking))
    while rows and rows[0].is_stale:
        rows = list(connection.execute(locking))
    return rows


def _instance(row: AnyRow) -> Instance:
    return record_of(Instance, row, instance, audit_head=row.head or "")
