"""The inbox: the numbers of all boxes, the lights of the box that is open, and one page of it.

Nothing here grows with the number of tasks: a box is looked at in the order of its index, no further than `WALK`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from engine.errors import InvalidState, Message
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.records.views import COUNT_CAP, InboxPage, InboxQuery, InboxRow
from engine.store.repositories.boxes import BOXES, CASE_BOXES, parts_of, walk_of
from engine.store.repositories.case_boxes import count_of, read_case_box
from engine.store.repositories.narrowing import LIGHTS, is_lit, light_of, light_rank, task_filters
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task

WALK: Final = 10_000
"""Tasks of a box that are looked at, at most."""
SORTED: Final = 2_000
"""Tasks of a box that are put in an order of which there is no index and for which each case is looked up."""
ORDERS: Final = ("due", "light", "newest", "oldest", "title", "number", "step")
_BY_CASE: Final = ("title", "number")


def read_inbox(connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime) -> InboxPage:
    """Three statements, four for a box of cases. `lights` follow all filters but the light's own.

    `now` is in the office's time zone: its days are those of the query. Raises InvalidState for a box or an order
    that does not exist.
    """
    if query.box not in BOXES:
        raise _unknown("收件箱", "box", query.box)
    if query.order not in ORDERS:
        raise _unknown("排序方式", "order", query.order)
    counts = _count_boxes(connection, actor, query)
    size = counts[query.box]
    shown = {box: min(number, COUNT_CAP) for box, number in counts.items()}
    if query.box in CASE_BOXES:
        return read_case_box(connection, actor, query, now, shown)
    bound = SORTED if query.order in _BY_CASE else WALK
    is_cut = size > bound
    lights = _count_lights(connection, actor, query, now, cut=WALK if size > WALK else None)
    rows = _read_rows(connection, actor, query, now, cut=bound if is_cut else None)
    total = sum(lights.values()) if query.light is None else lights[query.light]
    is_narrowed = _is_narrowed(query) or query.order in (*_BY_CASE, "light", "step")
    return InboxPage(rows, total, shown, lights, is_capped=size > WALK, is_partial=is_cut and is_narrowed)


def _is_narrowed(query: InboxQuery) -> bool:
    plain = InboxQuery(box=query.box, order=query.order, page=query.page, page_size=query.page_size)
    return query != plain


def _count_boxes(connection: sa.Connection, actor: Actor, query: InboxQuery) -> dict[str, int]:
    """No further than the cap; of the box that is open, just beyond the walk."""
    counts = [
        _number_in(box, actor, WALK + 1 if box == query.box else COUNT_CAP).scalar_subquery().label(box)
        for box in BOXES
    ]
    return dict(connection.execute(sa.select(*counts)).one()._mapping)


def _number_in(box: str, actor: Actor, cap: int) -> sa.Select[int]:
    if box in CASE_BOXES:
        return count_of(box, actor, cap)
    parts: list[sa.Select[Any]] = [
        sa.select(sa.literal_column("1").label("one")).where(part).limit(cap) for part in parts_of(box, actor)
    ]
    if not parts:
        return sa.select(sa.literal(0))
    return sa.select(sa.func.count()).select_from(_together(parts).limit(cap).subquery())


def _together(parts: list[sa.Select[Any]]) -> sa.Select[Any]:
    """All rows of the parts. SQLite takes a bounded part of a union only as a subquery."""
    if len(parts) == 1:
        return parts[0]
    return sa.select(sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery())


def _sources(actor: Actor, query: InboxQuery, cut: int | None) -> list[tuple[Any, sa.ColumnElement[bool]]]:
    """Columns of the parts of the box, each with the condition that makes it, and no longer than its share."""
    parts = parts_of(query.box, actor)
    if cut is None:
        return [(user_task.c, part) for part in parts]
    share = max(COUNT_CAP, cut // max(len(parts), 1))
    return [
        (
            sa.select(*_narrow())
            .where(part)
            .order_by(*walk_of(query.box, query.order, user_task.c))
            .limit(share)
            .subquery()
            .c,
            sa.true(),
        )
        for part in parts
    ]


def _narrow() -> list[sa.ColumnElement[Any]]:
    """What filters, lights and orders look at: the columns of the boxes' indexes."""
    return [
        user_task.c[name]
        for name in (
            *("task_id", "case_id", "due_at", "opened_at", "closed_at", "red_at", "yellow_at", "blue_at"),
            *("procedure", "element_id", "name", "unit", "purpose", "category", "channel"),
        )
    ]


def _count_lights(
    connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime, cut: int | None
) -> dict[str, int]:
    lit = [
        sa.select(light_of(query.box, c, now).label("light")).where(part, *task_filters(c, query, now))
        for c, part in _sources(actor, query, cut)
    ]
    if not lit:
        return dict.fromkeys(LIGHTS, 0)
    all_lit = _together(lit).subquery()
    rows = connection.execute(sa.select(all_lit.c.light, sa.func.count()).group_by(all_lit.c.light))
    found: dict[str, int] = {light: number for light, number in rows}  # noqa: C416 - a row is no tuple to mypy
    return {light: found.get(light, 0) for light in LIGHTS}


def _read_rows(
    connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime, cut: int | None
) -> tuple[InboxRow, ...]:
    """The ids of the page are chosen from the indexes alone; whole rows are read for these only."""
    first = (max(query.page, 1) - 1) * query.page_size
    parts = []
    for c, part in _sources(actor, query, cut):
        keys = _keys(query, c, now)
        chosen = sa.select(c.task_id, *(key.label(f"key_{n}") for n, key in enumerate(keys)))
        if query.order in _BY_CASE:
            chosen = chosen.join(case_file, case_file.c.case_id == c.case_id)
        chosen = chosen.where(part, *task_filters(c, query, now))
        if query.light is not None:
            chosen = chosen.where(is_lit(query.light, query.box, c, now))
        parts.append(chosen.order_by(*_directed(query, keys)).limit(first + query.page_size))
    if not parts:
        return ()
    chosen_from = _together(parts).subquery()
    order = _directed(query, [chosen_from.c[f"key_{n}"] for n in range(len(chosen_from.c) - 1)])
    on_page = sa.select(chosen_from).order_by(*order).limit(query.page_size).offset(first).subquery()
    joined = on_page.join(user_task, user_task.c.task_id == on_page.c.task_id).join(
        case_file, case_file.c.case_id == user_task.c.case_id
    )
    statement = (
        sa.select(
            *columns_of(UserTask, user_task),
            case_file.c.number.label("case_number"),
            case_file.c.title.label("case_title"),
            unit.c.name.label("unit_name"),
            person.c.name.label("assignee_name"),
        )
        .select_from(
            joined.outerjoin(unit, unit.c.code == user_task.c.unit).outerjoin(
                person, person.c.person_id == user_task.c.assignee
            )
        )
        .order_by(*_directed(query, [on_page.c[f"key_{n}"] for n in range(len(on_page.c) - 1)]))
    )
    return tuple(_row(query.box, row) for row in connection.execute(statement))


def _row(box: str, row: Any) -> InboxRow:
    task = record_of(UserTask, row, user_task)
    return InboxRow(
        task=task,
        case_id=task.case_id,
        case_number=row.case_number,
        case_title=row.case_title,
        category=task.category,
        channel=task.channel,
        unit_name=row.unit_name,
        assignee_name=row.assignee_name,
        confidential=task.confidential,
        at=task.closed_at if box == "done" and task.closed_at else task.opened_at,
    )


def _keys(query: InboxQuery, c: Any, now: datetime) -> list[sa.ColumnElement[Any]]:
    """What the rows are sorted by; `_directed` says which way."""
    at = c.closed_at if query.box == "done" else c.opened_at
    match query.order:
        case "newest" | "oldest":
            return [at, c.task_id]
        case "title":
            return [case_file.c.title, at, c.task_id]
        case "number":
            return [case_file.c.number, at, c.task_id]
        case "step":
            return [c.name, at, c.task_id]
        case "light":
            return [light_rank(query.box, c, now), c.due_at, at, c.task_id]
        case _ if query.box == "done":
            return [at, c.task_id]
        case _:
            return [c.due_at, at, c.task_id]


def _directed(query: InboxQuery, keys: list[Any]) -> list[sa.ColumnElement[Any]]:
    match query.order:
        case "newest":
            return [key.desc() for key in keys]
        case "due" if query.box == "done":
            return [key.desc() for key in keys]
        case "due" | "number":
            return [keys[0].asc().nulls_last(), *keys[1:]]
        case "light":
            return [keys[0], keys[1].asc().nulls_last(), *keys[2:]]
        case _:
            return keys


def _unknown(zh: str, en: str, given: str) -> InvalidState:
    return InvalidState(
        Message(
            f"没有名为“{given}”的{zh}。请从页面上的选项中选择。",
            f"There is no {en} “{given}”. Choose one of those on the page.",
        )
    )
