"""Writes a step set by set: at most one statement for each non-empty field of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Message
from engine.records.case import Instance
from engine.records.step import AuditEntry, CaseUpdate, StepBatch
from engine.records.task import TaskClosure
from engine.records.time import Deadline, DeadlineEnd, Timer, TimerSettlement
from engine.store.repositories.searching import facts_text
from engine.store.rows import upsert, values_of
from engine.store.tables.case import case_file, instance
from engine.store.tables.exchange import message_subscription, outbox, outgoing_message, paper
from engine.store.tables.journal import audit_entry, path_entry, score_event
from engine.store.tables.task import user_task
from engine.store.tables.time import deadline, timer


def write_step(connection: sa.Connection, batch: StepBatch) -> None:
    """Raises Conflict where the instance is no longer at the version before `batch.instance.version`."""
    _write_instance(connection, batch.instance, is_new=batch.is_new)
    if batch.case_update is not None:
        update_case(connection, batch.case_update)
    _insert(connection, user_task, [values_of(t) for t in batch.tasks_opened])
    _close_tasks(connection, batch.tasks_closed)
    _insert(connection, timer, [timer_row(t) for t in batch.timers_armed])
    _settle_timers(connection, batch.timers_settled)
    _write_deadlines(connection, batch.deadlines_started, batch.deadlines_ended)
    _insert(connection, message_subscription, [values_of(m) for m in batch.awaited])
    if batch.unawaited:
        gone = message_subscription.c.task_id.in_(batch.unawaited)
        connection.execute(sa.delete(message_subscription).where(gone))
    _insert(connection, outgoing_message, [values_of(m) for m in batch.messages])
    _insert(connection, path_entry, [values_of(p) for p in batch.path])
    _insert(connection, paper, [values_of(p) for p in batch.papers])
    if batch.outbox:
        once = upsert(connection, outbox, ["idempotency_key"], None)
        connection.execute(once, [values_of(e) for e in batch.outbox])
    _insert(connection, score_event, [values_of(s) for s in batch.scores])
    _insert(connection, audit_entry, [audit_row(e) for e in batch.audit])


def update_case(connection: sa.Connection, change: CaseUpdate) -> None:
    """Sets the columns that are given."""
    values = {name: value for name, value in values_of(change).items() if value is not None}
    case_id = values.pop("case_id")
    if change.facts is not None:
        values["facts_text"] = facts_text(change.facts)
    if values:
        connection.execute(sa.update(case_file).where(case_file.c.case_id == case_id).values(**values))


def timer_row(record: Timer) -> dict[str, Any]:
    """A timer's row, with the instant at which to try it next."""
    return {**values_of(record), "next_at": record.retry_at or record.due_at}


def audit_row(entry: AuditEntry) -> dict[str, Any]:
    """An audit entry's row; the system's own chain has no case."""
    return {**values_of(entry), "case_id": entry.case_id or ""}


def _write_instance(connection: sa.Connection, record: Instance, *, is_new: bool) -> None:
    if is_new:
        connection.execute(sa.insert(instance), values_of(record))
        return
    row = values_of(record)
    for fixed in ("instance_id", "case_id", "started_at"):
        del row[fixed]
    done = connection.execute(
        sa.update(instance)
        .where(instance.c.instance_id == record.instance_id, instance.c.version == record.version - 1)
        .values(**row)
    )
    if done.rowcount != 1:
        raise Conflict(
            Message(
                "这件事项刚刚已由他人办理，本次操作未生效。请刷新页面，查看最新情况。",
                "Somebody else has just acted on this case, so nothing was changed. Reload the page.",
            )
        )


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


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
                # who completes an unclaimed task has thereby claimed it
                assignee=sa.func.coalesce(c.assignee, sa.bindparam("who")),
            )
        )
        rows = [
            {"key": t.task_id, "new_state": t.state, "at": t.closed_at, "who": t.closed_by, "submitted": t.result}
            for t in closures
        ]
        connection.execute(statement, rows)


def _settle_timers(connection: sa.Connection, settled: Sequence[TimerSettlement]) -> None:
    if settled:
        c = timer.c
        statement = (
            sa.update(timer)
            .where(c.timer_id == sa.bindparam("key"))
            .values(
                state=sa.bindparam("new_state", type_=c.state.type),
                fired_at=sa.bindparam("at", type_=c.fired_at.type),
                late_seconds=sa.bindparam("late"),
                by_outage=sa.bindparam("outage"),
                worker=sa.bindparam("who"),
                retry_at=None,
            )
        )
        rows = [
            {
                "key": t.timer_id,
                "new_state": t.state,
                "at": t.fired_at,
                "late": t.late_seconds,
                "outage": t.by_outage,
                "who": t.worker,
            }
            for t in settled
        ]
        connection.execute(statement, rows)


def _write_deadlines(connection: sa.Connection, started: Sequence[Deadline], ended: Sequence[DeadlineEnd]) -> None:
    """One statement where the records of all ended ones are known, two otherwise."""
    known = [replace(end.before, state=end.state, ended_at=end.ended_at) for end in ended if end.before is not None]
    if started and ended and len(known) == len(ended):
        statement = upsert(connection, deadline, ["deadline_id"], {"state": None, "ended_at": None})
        connection.execute(statement, [values_of(d) for d in (*started, *known)])
        return
    _insert(connection, deadline, [values_of(d) for d in started])
    _end_deadlines(connection, ended)


def _end_deadlines(connection: sa.Connection, ended: Sequence[DeadlineEnd]) -> None:
    if ended:
        c = deadline.c
        statement = (
            sa.update(deadline)
            .where(c.deadline_id == sa.bindparam("key"))
            .values(
                state=sa.bindparam("new_state", type_=c.state.type),
                ended_at=sa.bindparam("at", type_=c.ended_at.type),
            )
        )
        rows = [{"key": d.deadline_id, "new_state": d.state, "at": d.ended_at} for d in ended]
        connection.execute(statement, rows)
