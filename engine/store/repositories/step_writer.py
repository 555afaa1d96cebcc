"""Writes steps set by set: at most one statement for each kind of row, however many steps are written together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Message
from engine.records.case import Instance
from engine.records.step import AuditEntry, CaseUpdate, StepBatch
from engine.records.task import CASE_COLUMNS, TaskClosure, TaskState, UserTask
from engine.records.time import (
    Deadline,
    TaskClocks,
    Timer,
    TimerKind,
    TimerMove,
    TimerSettlement,
    TimerState,
)
from engine.store.case_words import change_docs
from engine.store.repositories.paper_writer import write_papers
from engine.store.repositories.searching import facts_text
from engine.store.rows import upsert, values_of
from engine.store.tables.case import case_file, instance
from engine.store.tables.exchange import message_subscription, outbox, outgoing_message
from engine.store.tables.journal import audit_entry, path_entry, score_event
from engine.store.tables.task import user_task
from engine.store.tables.time import deadline, timer


def write_steps(connection: sa.Connection, batches: Sequence[StepBatch]) -> None:
    """Writes steps of different instances together: one statement a kind of row, however many steps there are.

    Raises Conflict where an instance is no longer at the version before its `batch.instance.version`.
    """
    _write_instances(connection, batches)
    _update_cases(connection, [b.case_update for b in batches if b.case_update is not None])
    _open_tasks(connection, [t for b in batches for t in b.tasks_opened])
    _close_tasks(connection, [t for b in batches for t in b.tasks_closed])
    _change_tasks(connection, [t for b in batches for t in b.tasks_changed])
    _relight_tasks(connection, [t for b in batches for t in b.tasks_relit])
    _insert(connection, timer, [timer_row(t) for b in batches for t in b.timers_armed])
    _settle_timers(connection, batches)
    _move_timers(connection, [t for b in batches for t in b.timers_moved])
    _write_deadlines(connection, [d for b in batches for d in b.deadlines])
    _insert(connection, message_subscription, [values_of(m) for b in batches for m in b.awaited])
    unawaited = [task_id for b in batches for task_id in b.unawaited]
    if unawaited:
        connection.execute(sa.delete(message_subscription).where(message_subscription.c.task_id.in_(unawaited)))
    _insert(connection, outgoing_message, [values_of(m) for b in batches for m in b.messages])
    _insert(connection, path_entry, [values_of(p) for b in batches for p in b.path])
    write_papers(connection, [p for b in batches for p in b.papers])
    notices = [values_of(e) for b in batches for e in b.outbox]
    if notices:
        connection.execute(upsert(connection, outbox, ["idempotency_key"], None), notices)
    _insert(connection, score_event, [values_of(s) for b in batches for s in b.scores])
    _insert(connection, audit_entry, [audit_row(e) for b in batches for e in b.audit])


def update_case(connection: sa.Connection, change: CaseUpdate) -> None:
    """Sets the columns that are given."""
    values = {name: value for name, value in values_of(change).items() if value is not None}
    if change.facts is not None:
        values["facts_text"] = facts_text(change.facts)
    change_docs(connection, [values])
    case_id = values.pop("case_id")
    if values:
        connection.execute(sa.update(case_file).where(case_file.c.case_id == case_id).values(**values))
    repeated = {name: values[name] for name in CASE_COLUMNS if name in values}
    if repeated:
        of_case = user_task.c.case_id == case_id  # ix_user_task_of_case
        connection.execute(sa.update(user_task).where(of_case).values(**repeated))


def _update_cases(connection: sa.Connection, changes: Sequence[CaseUpdate]) -> None:
    if len(changes) == 1:
        update_case(connection, changes[0])
    elif changes:
        texts = (None if change.facts is None else facts_text(change.facts) for change in changes)
        rows = [
            {f"new_{name}": value for name, value in {**values_of(change), "facts_text": text}.items()}
            for change, text in zip(changes, texts, strict=True)
        ]
        connection.execute(_UPDATE_CASES, rows)
        change_docs(connection, [{name.removeprefix("new_"): value for name, value in row.items()} for row in rows])
        if any(getattr(change, name) is not None for change in changes for name in CASE_COLUMNS):
            connection.execute(_REPEAT_CASES, rows)


_UPDATING = tuple(name for name in (*CaseUpdate.__dataclass_fields__, "facts_text") if name != "case_id")
_UPDATE_CASES = (
    sa.update(case_file)
    .where(case_file.c.case_id == sa.bindparam("new_case_id"))
    .values(
        {
            name: sa.func.coalesce(sa.bindparam(f"new_{name}", type_=case_file.c[name].type), case_file.c[name])
            for name in _UPDATING
        }
    )
)
"""Several cases by one statement: what is not given stays."""
_REPEAT_CASES = (
    sa.update(user_task)
    .where(user_task.c.case_id == sa.bindparam("new_case_id"))  # ix_user_task_of_case
    .values(
        {
            name: sa.func.coalesce(sa.bindparam(f"new_{name}", type_=user_task.c[name].type), user_task.c[name])
            for name in CASE_COLUMNS
        }
    )
)


def timer_row(record: Timer) -> dict[str, Any]:
    """A timer's row, with the instant at which to try it next."""
    return {**values_of(record), "next_at": record.retry_at or record.due_at}


def audit_row(entry: AuditEntry) -> dict[str, Any]:
    """An audit entry's row; the system's own chain has no case."""
    return {**values_of(entry), "case_id": entry.case_id or ""}


def _write_instances(connection: sa.Connection, batches: Sequence[StepBatch]) -> None:
    _insert(connection, instance, [values_of(b.instance) for b in batches if b.is_new])
    rows = [_instance_change(b.instance) for b in batches if not b.is_new]
    if not rows:
        return
    done = connection.execute(_CHANGE_INSTANCE, rows if len(rows) > 1 else rows[0])
    if done.rowcount != len(rows):
        raise Conflict(
            Message(
                "这件事项刚刚已由他人办理，本次操作未生效。请刷新页面，查看最新情况。",
                "Somebody else has just acted on this case, so nothing was changed. Reload the page.",
            )
        )


_CHANGING = tuple(c.name for c in instance.columns if c.name not in ("instance_id", "case_id", "started_at"))
_CHANGE_INSTANCE = (
    sa.update(instance)
    .where(instance.c.instance_id == sa.bindparam("key"), instance.c.version == sa.bindparam("seen"))
    .values({name: sa.bindparam(f"new_{name}", type_=instance.c[name].type) for name in _CHANGING})
)


def _instance_change(record: Instance) -> dict[str, Any]:
    row = values_of(record)
    changed = {f"new_{name}": row[name] for name in _CHANGING}
    return {"key": record.instance_id, "seen": record.version - 1, **changed}


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _open_tasks(connection: sa.Connection, opened: Sequence[UserTask]) -> None:
    if opened:
        connection.execute(_OPEN_TASK, [{**values_of(task), "of_case": task.case_id} for task in opened])


_OPEN_TASK = sa.insert(user_task).values(
    case_created_at=sa.select(case_file.c.created_at)
    .where(case_file.c.case_id == sa.bindparam("of_case", type_=sa.Text))
    .scalar_subquery()
)


def _close_tasks(connection: sa.Connection, closures: Sequence[TaskClosure]) -> None:
    if closures:
        c = user_task.c
        statement = (
            sa.update(user_task)
            .where(c.task_id == sa.bindparam("key"))
            .values(
                state=sa.bindparam("new_state", type_=c.state.type),
                closed_at=sa.bindparam("at", type_=c.closed_at.type),
                closed_by=sa.bindparam("who"),
                result=sa.bindparam("submitted", type_=c.result.type),
                closed_for=sa.bindparam("stood_for"),
                # who completes an unclaimed task has thereby claimed it
                assignee=sa.func.coalesce(c.assignee, sa.bindparam("who")),
            )
        )
        rows = [
            {
                "key": t.task_id,
                "new_state": t.state,
                "at": t.closed_at,
                "who": t.closed_by,
                "submitted": t.result,
                "stood_for": t.closed_for,
            }
            for t in closures
        ]
        connection.execute(statement, rows)


_HANDED = (
    "role",
    "unit",
    "assignee",
    "claimed_for",
    "owner",
    "asked_by",
    "note",
    "returns_to",
    "suspended",
    "suspended_until",
    "begun_at",
    "held_result",
    "urged",
    "urged_at",
    "came_by",
    "suspended_why",
)
"""What people change about an open task."""


def _change_tasks(connection: sa.Connection, changed: Sequence[UserTask]) -> None:
    if changed:
        c = user_task.c
        statement = (
            sa.update(user_task)
            .where(c.task_id == sa.bindparam("key"), c.state == TaskState.OPEN)
            .values({name: sa.bindparam(f"new_{name}", type_=c[name].type) for name in _HANDED})
        )
        rows = [{"key": t.task_id, **{f"new_{name}": getattr(t, name) for name in _HANDED}} for t in changed]
        connection.execute(statement, rows)


def _relight_tasks(connection: sa.Connection, relit: Sequence[TaskClocks]) -> None:
    if relit:
        names = ("due_at", "blue_at", "yellow_at", "red_at", "paused", "rule")
        statement = (
            sa.update(user_task)
            .where(user_task.c.task_id == sa.bindparam("key"))
            .values({name: sa.bindparam(f"new_{name}", type_=user_task.c[name].type) for name in names})
        )
        rows = [{"key": t.task_id, **{f"new_{name}": getattr(t, name) for name in names}} for t in relit]
        connection.execute(statement, rows)


def _settle_timers(connection: sa.Connection, batches: Sequence[StepBatch]) -> None:
    """Fired ones say when and by whom; cancelled ones and the rungs of ended ladders go by one statement."""
    settled = [t for b in batches for t in b.timers_settled]
    fired = [t for t in settled if t.state is not TimerState.CANCELLED]
    if fired:
        connection.execute(_SETTLE_TIMER, [_settlement_row(t) for t in fired])
    cancelled = [t.timer_id for t in settled if t.state is TimerState.CANCELLED]
    ladders = [deadline_id for b in batches for deadline_id in b.ladders_ended]
    if not cancelled and not ladders:
        return
    over = sa.and_(
        _IS_PENDING, sa.or_(timer.c.timer_id.in_(cancelled), timer.c.deadline_id.in_(ladders) & _IS_RUNG)
    )
    connection.execute(sa.update(timer).where(over).values(state=TimerState.CANCELLED, retry_at=None))


_IS_RUNG = timer.c.kind == TimerKind.RUNG
_IS_PENDING = (timer.c.state == TimerState.WAITING) | (timer.c.state == TimerState.HELD)
_SETTLE_TIMER = (
    sa.update(timer)
    .where(timer.c.timer_id == sa.bindparam("key"))
    .values(
        state=sa.bindparam("new_state", type_=timer.c.state.type),
        fired_at=sa.bindparam("at", type_=timer.c.fired_at.type),
        late_seconds=sa.bindparam("late"),
        by_outage=sa.bindparam("outage"),
        worker=sa.bindparam("who"),
        retry_at=None,
    )
)


def _settlement_row(settled: TimerSettlement) -> dict[str, Any]:
    return {
        "key": settled.timer_id,
        "new_state": settled.state,
        "at": settled.fired_at,
        "late": settled.late_seconds,
        "outage": settled.by_outage,
        "who": settled.worker,
    }


def _move_timers(connection: sa.Connection, moved: Sequence[TimerMove]) -> None:
    if moved:
        statement = (
            sa.update(timer)
            .where(timer.c.timer_id == sa.bindparam("key"), _IS_PENDING)
            .values(
                state=sa.bindparam("new_state", type_=timer.c.state.type),
                due_at=sa.bindparam("at", type_=timer.c.due_at.type),
                next_at=sa.bindparam("at", type_=timer.c.next_at.type),
                retry_at=None,
            )
        )
        connection.execute(statement, [{"key": t.timer_id, "at": t.due_at, "new_state": t.state} for t in moved])


_FIXED_OF_DEADLINE = ("deadline_id", "instance_id", "case_id", "attached_to", "started_at", "triggered_by")


def _write_deadlines(connection: sa.Connection, written: Sequence[Deadline]) -> None:
    """New and changed ones by one statement."""
    if written:
        changing = {c.name: None for c in deadline.columns if c.name not in _FIXED_OF_DEADLINE}
        connection.execute(upsert(connection, deadline, ["deadline_id"], changing), [values_of(d) for d in written])
