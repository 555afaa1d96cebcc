"""The page of one case: one statement for each kind of thing on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.records.case import CaseFile, Instance
from engine.records.step import Incident, Paper, PathEntry
from engine.records.task import UserTask
from engine.records.time import Deadline, Timer
from engine.records.views import CaseView
from engine.store.repositories.audit import read_chain
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import instance
from engine.store.tables.definition import definition
from engine.store.tables.exchange import paper
from engine.store.tables.journal import incident, path_entry
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task
from engine.store.tables.time import deadline, timer
from engine.values import Value

R = TypeVar("R")


def read_view(connection: sa.Connection, case: CaseFile) -> CaseView:
    """Everything on a case's page, oldest first."""

    def of_case(kind: Callable[..., R], table: sa.Table, *order: sa.ColumnElement[Any]) -> tuple[R, ...]:
        found = connection.execute(_of_a_case(kind, table, *order), {"case_id": case.case_id})
        return tuple(record_of(kind, row, table) for row in found)

    instances = of_case(Instance, instance, instance.c.started_at, instance.c.instance_id)  # ix_instance_of_case
    # ix_user_task_of_case
    tasks = of_case(UserTask, user_task, user_task.c.opened_at, user_task.c.task_id)
    view = CaseView(
        case=case,
        instances=instances,
        tasks=tasks,
        # ix_deadline_of_case, ix_timer_of_case, ix_paper_of_case, ix_incident_of_case
        deadlines=of_case(Deadline, deadline, deadline.c.started_at, deadline.c.legal_due),
        timers=of_case(Timer, timer, timer.c.due_at, timer.c.timer_id),
        papers=of_case(Paper, paper, paper.c.issued_at, paper.c.paper_id),
        path=_read_path(connection, case.case_id),
        audit=read_chain(connection, case.case_id),
        incidents=of_case(Incident, incident, incident.c.at, incident.c.incident_id),
        units=_names(connection, sa.select(unit.c.code, unit.c.name)),
        diagrams=_read_diagrams(connection, {i.definition_id for i in instances}),
    )
    return _with_people(connection, view)


@cache
def _of_a_case(kind: Callable[..., object], table: sa.Table, *order: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Built once: that takes longer than to run it."""
    statement = sa.select(*columns_of(kind, table)).where(table.c.case_id == sa.bindparam("case_id"))
    return statement.order_by(*order)


def _read_path(connection: sa.Connection, case_id: str) -> tuple[PathEntry, ...]:
    rows = connection.execute(
        sa.select(*columns_of(PathEntry, path_entry))
        .select_from(path_entry.join(instance))
        .where(instance.c.case_id == case_id)  # ix_instance_of_case, ix_path_entry_of_instance
        .order_by(path_entry.c.seq)
    )
    return tuple(record_of(PathEntry, row, path_entry) for row in rows)


def _read_diagrams(connection: sa.Connection, definition_ids: Iterable[str]) -> Mapping[str, str]:
    """Process ids to definition ids, through calls of calls."""
    diagrams: dict[str, str] = {}
    wanted = set(definition_ids)
    seen: set[str] = set()
    while wanted:
        rows = connection.execute(
            sa.select(definition.c.definition_id, definition.c.key, definition.c.calls).where(
                definition.c.definition_id.in_(sorted(wanted))
            )
        ).all()
        seen |= wanted
        for row in rows:
            diagrams[row.key] = row.definition_id
            diagrams |= row.calls
        wanted = {called for row in rows for called in row.calls.values()} - seen
    return diagrams


def _with_people(connection: sa.Connection, view: CaseView) -> CaseView:
    named = {view.case.created_by, *(e.by for e in view.path), *(e.actor for e in view.audit)}
    for task in view.tasks:
        named |= {task.assignee, task.closed_by, task.owner, task.asked_by, task.closed_for}
    named |= {p.issued_by for p in view.papers} | {p.signed_by for p in view.papers}
    named |= {i for e in view.audit for key in _NAMING if key in e.detail for i in _ids(e.detail[key])}
    ids = sorted(n for n in named if n is not None)
    statement = sa.select(person.c.person_id, person.c.name).where(person.c.person_id.in_(ids))
    return replace(view, people=_names(connection, statement))


_NAMING = frozenset(
    {"acted_for", "by", "from", "to", "person", "person_id", "people", "receiver", "receivers", "signer", "signers"}
    | {"owner", "assignee", "previous", "deputy", "sender", "asked_by", "delegate", "mentions", "added_by"}
)
"""Fields of an audit entry's detail that name persons by their ids."""


def _ids(value: Value) -> list[str]:
    return [v for v in (value if isinstance(value, list | tuple) else [value]) if isinstance(v, str)]


def _names(connection: sa.Connection, statement: sa.Select[str, str]) -> Mapping[str, str]:
    return {row[0]: row[1] for row in connection.execute(statement)}
