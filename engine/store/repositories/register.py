"""The register of cases: what an actor may see, newest first, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskState
from engine.records.time import Deadline, DeadlineState
from engine.records.views import COUNT_CAP, CasePage, CaseRow, RegisterQuery
from engine.store.repositories.narrowing import LIGHTS, light_rank, on_days
from engine.store.repositories.searching import may_see, says
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.task import user_task
from engine.store.tables.time import IS_OPEN, deadline

_NEWEST: Final = (case_file.c.created_at.desc(), case_file.c.case_id)  # ix_case_file_newest


def read_register(connection: sa.Connection, actor: Actor, query: RegisterQuery, now: datetime) -> CasePage:
    """Four statements. `now` is in the office's time zone: its days are those of the query."""
    conditions = [may_see(actor), *_filters(query, now)]
    first = (max(query.page, 1) - 1) * query.page_size
    found = connection.execute(
        sa.select(*columns_of(CaseFile, case_file))
        .where(*conditions)
        .order_by(*_NEWEST)
        .limit(query.page_size)
        .offset(first)
    ).all()
    total = first + len(found)
    if len(found) == query.page_size or not found:
        bounded: sa.Select[Any] = (
            sa.select(sa.literal_column("1")).select_from(case_file).where(*conditions).limit(COUNT_CAP)
        )
        total = connection.scalar(sa.select(sa.func.count()).select_from(bounded.subquery())) or 0
    cases = [record_of(CaseFile, row, case_file) for row in found]
    ids = [case.case_id for case in cases]
    steps = _current_steps(connection, ids)
    urgent = _most_urgent(connection, ids)
    rows = tuple(_row(case, urgent.get(case.case_id), tuple(steps.get(case.case_id, ()))) for case in cases)
    return CasePage(rows, max(total, first + len(rows)) if rows else total, is_capped=total >= COUNT_CAP)


def _filters(query: RegisterQuery, now: datetime) -> list[sa.ColumnElement[bool]]:
    c, t = case_file.c, user_task.c
    names = ("procedure", "state", "purpose", "category", "channel")
    wanted = [c[name] == getattr(query, name) for name in names if getattr(query, name)]
    wanted += on_days(c.created_at, query.registered_from, query.registered_until, now)
    if query.unit:
        of_unit = sa.select(t.task_id).where(t.case_id == c.case_id, t.unit == query.unit)  # ix_user_task_of_case
        wanted.append(sa.or_(c.unit == query.unit, sa.exists(of_unit.correlate(case_file))))
    if query.light:
        running = sa.and_(deadline.c.case_id == c.case_id, IS_OPEN, deadline.c.state != DeadlineState.PAUSED)
        rank = sa.select(sa.func.min(light_rank("mine", _Clocks, now))).where(running).correlate(case_file)
        wanted.append(rank.scalar_subquery() == (LIGHTS.index(query.light) if query.light in LIGHTS else -1))
    if query.text:
        wanted.append(says(query.text))
    return wanted


class _Clocks:
    """The columns of a deadline under the names that a task's have."""

    due_at = deadline.c.legal_due
    red_at, yellow_at, blue_at = deadline.c.red_at, deadline.c.yellow_at, deadline.c.blue_at


def _current_steps(connection: sa.Connection, case_ids: Sequence[str]) -> dict[str, list[str]]:
    """Names of the open tasks, oldest first, by case."""
    by_case: dict[str, list[str]] = defaultdict(list)
    if case_ids:
        c = user_task.c
        rows = connection.execute(
            sa.select(c.case_id, c.name)
            .where(c.case_id.in_(case_ids), c.state == TaskState.OPEN)  # ix_user_task_of_case
            .order_by(c.opened_at, c.task_id)
        )
        for case_id, name in rows:
            by_case[case_id].append(name)
    return by_case


def _most_urgent(connection: sa.Connection, case_ids: Sequence[str]) -> dict[str, Deadline]:
    """The running deadline that is due first, by case; a paused one where none runs."""
    if not case_ids:
        return {}
    rows = connection.execute(
        sa.select(deadline)
        .where(deadline.c.case_id.in_(case_ids), IS_OPEN)  # ix_deadline_of_case
        .order_by(deadline.c.state != DeadlineState.PAUSED, deadline.c.legal_due.desc(), deadline.c.deadline_id)
    )
    return {row.case_id: record_of(Deadline, row, deadline) for row in rows}


def _row(case: CaseFile, urgent: Deadline | None, steps: tuple[str, ...]) -> CaseRow:
    if urgent is None or urgent.state is DeadlineState.PAUSED:
        return CaseRow(case, None, None, None, None, steps, paused=urgent is not None)
    return CaseRow(
        case,
        due_at=urgent.legal_due,
        yellow_at=urgent.yellow_at,
        red_at=urgent.red_at,
        blue_at=urgent.blue_at,
        current_steps=steps,
    )
