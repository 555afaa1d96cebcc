"""The inbox: three boxes, their counts, the lights of the box that is open, and one page of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.errors import InvalidState, Message
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.records.views import InboxPage, InboxQuery, InboxRow
from engine.store.repositories.searching import is_candidate, is_not_accused, says
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task

BOXES = ("mine", "claimable", "done")
LIGHTS = ("red", "yellow", "blue", "normal")
_TASK_OF_CASE = user_task.join(case_file, case_file.c.case_id == user_task.c.case_id)


def read_inbox(connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime) -> InboxPage:
    """Three statements. `counts` are of the whole boxes; `lights` follow all filters but the light's own.

    Raises InvalidState for a box or an order that does not exist.
    """
    if query.box not in BOXES:
        raise _unknown("收件箱", "box", query.box)
    lights = _count_lights(connection, actor, query, now)
    total = sum(lights.values()) if query.light is None else lights.get(query.light, 0)
    return InboxPage(_read_rows(connection, actor, query, now), total, _count_boxes(connection, actor), lights)


def _in_box(box: str, actor: Actor) -> sa.ColumnElement[bool]:
    c = user_task.c
    match box:
        case "mine":  # ix_user_task_mine
            return sa.and_(c.assignee == actor.person_id, c.state == TaskState.OPEN)
        case "claimable":  # ix_user_task_claimable
            return sa.and_(is_candidate(actor), c.state == TaskState.OPEN, c.assignee.is_(None))
        case _:  # ix_user_task_done
            return sa.and_(c.closed_by == actor.person_id, c.state == TaskState.COMPLETED)


def _filtered(actor: Actor, query: InboxQuery) -> sa.ColumnElement[bool]:
    conditions = [_in_box(query.box, actor), is_not_accused(actor)]
    if query.text:
        conditions.append(says(query.text, user_task.c.name))
    if query.procedure:
        conditions.append(user_task.c.procedure == query.procedure)
    if query.element:
        conditions.append(user_task.c.element_id == query.element)
    if query.category:
        conditions.append(case_file.c.category == query.category)
    return sa.and_(*conditions)


def _light(box: str, now: datetime) -> sa.ColumnElement[str]:
    """The light that is on now; of a task that is done, the one that was on when it was done."""
    c = user_task.c
    moment: Any = c.closed_at if box == "done" else sa.literal(now, c.due_at.type)
    return sa.case(
        (moment >= c.red_at, "red"),
        (moment >= c.yellow_at, "yellow"),
        (moment >= c.blue_at, "blue"),
        else_="normal",
    )


def _count_boxes(connection: sa.Connection, actor: Actor) -> dict[str, int]:
    counts = [
        sa.select(sa.func.count())
        .select_from(_TASK_OF_CASE)
        .where(_in_box(box, actor), is_not_accused(actor))
        .scalar_subquery()
        .label(box)
        for box in BOXES
    ]
    return dict(connection.execute(sa.select(*counts)).one()._mapping)


def _count_lights(connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime) -> dict[str, int]:
    lit = (
        sa.select(_light(query.box, now).label("light"))
        .select_from(_TASK_OF_CASE)
        .where(_filtered(actor, query))
        .subquery()
    )
    rows = connection.execute(sa.select(lit.c.light, sa.func.count()).group_by(lit.c.light))
    found: dict[str, int] = {light: number for light, number in rows}  # noqa: C416 - a row is no tuple to mypy
    return {light: found.get(light, 0) for light in LIGHTS}


def _read_rows(connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime) -> tuple[InboxRow, ...]:
    statement = (
        sa.select(
            *columns_of(UserTask, user_task),
            case_file.c.number.label("case_number"),
            case_file.c.title.label("case_title"),
            case_file.c.category.label("case_category"),
            case_file.c.channel.label("case_channel"),
            case_file.c.confidential.label("case_confidential"),
            unit.c.name.label("unit_name"),
            person.c.name.label("assignee_name"),
        )
        .select_from(
            _TASK_OF_CASE.outerjoin(unit, unit.c.code == user_task.c.unit).outerjoin(
                person, person.c.person_id == user_task.c.assignee
            )
        )
        .where(_filtered(actor, query))
        .order_by(*_order(query))
        .limit(query.page_size)
        .offset((max(query.page, 1) - 1) * query.page_size)
    )
    if query.light is not None:
        statement = statement.where(_light(query.box, now) == query.light)
    return tuple(
        InboxRow(
            record_of(UserTask, row, user_task),
            row.case_number,
            row.case_title,
            row.case_category,
            row.case_channel,
            row.unit_name,
            row.assignee_name,
            row.case_confidential,
        )
        for row in connection.execute(statement)
    )


def _order(query: InboxQuery) -> tuple[sa.ColumnElement[Any], ...]:
    c = user_task.c
    match query.order:
        case "due" if query.box == "done":
            return c.closed_at.desc(), c.task_id
        case "due":
            return c.due_at.asc().nulls_last(), c.opened_at, c.task_id
        case "newest":
            return c.opened_at.desc(), c.task_id
        case "oldest":
            return c.opened_at, c.task_id
        case "title":
            return case_file.c.title, c.opened_at, c.task_id
        case "number":
            return case_file.c.number.asc().nulls_last(), c.opened_at, c.task_id
        case "step":
            return c.name, c.opened_at, c.task_id
        case other:
            raise _unknown("排序方式", "order", other)


def _unknown(zh: str, en: str, given: str) -> InvalidState:
    return InvalidState(
        Message(
            f"没有名为“{given}”的{zh}。请从页面上的选项中选择。",
            f"There is no {en} “{given}”. Choose one of those on the page.",
        )
    )
