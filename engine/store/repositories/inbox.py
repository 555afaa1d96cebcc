"""The inbox: the numbers of all boxes, the lights of the box that is open, and one page of it.

Nothing here grows with the number of tasks: a box is looked at in the order of its index, no further than `WALK`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from engine.errors import InvalidState, Message
from engine.records.org import Actor
from engine.records.task import TaskKind, UserTask
from engine.records.views import COUNT_CAP, InboxPage, InboxQuery, InboxRow
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.boxes import BOXES, CASE_BOXES, parts_of, walk_of
from engine.store.repositories.case_boxes import count_of, read_case_box
from engine.store.repositories.narrowing import LIGHTS, is_lit, light_of, light_rank, task_filters
from engine.store.repositories.wording import Search, search_for
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task

WALK: Final = 10_000
"""Tasks that are looked at, at most: of a box, or of each post that makes it."""
SORTED: Final = 2_000
"""Tasks of a box for which each case is looked up, because the order is the cases' own."""
READ: Final = 500
"""Tasks of a box whose cases are read for words that too many cases have."""
ORDERS: Final = ("due", "light", "newest", "oldest", "title", "number", "step")
_BY_CASE: Final = ("title", "number")


@dataclass(frozen=True)
class _Part:
    """Tasks of a box: the columns that filters, lights and orders look at, and what makes them the box's."""

    c: Any
    conditions: tuple[sa.ColumnElement[bool], ...]

    def select(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        return sa.select(*columns).where(*self.conditions)


def read_inbox(
    connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime, tokens: PartyTokens
) -> InboxPage:
    """Three statements, four for a box of cases, three more for a search.

    `lights` follow all filters but the light's own. `now` is in the office's time zone: its days are those of the
    query. Raises InvalidState for a box or an order that does not exist.
    """
    if query.box not in BOXES:
        raise _unknown("收件箱", "box", query.box)
    if query.order not in ORDERS:
        raise _unknown("排序方式", "order", query.order)
    search = search_for(connection, query.text, tokens) if query.text.strip() else None
    counts = _count_boxes(connection, actor, query)
    shown = {box: min(number, COUNT_CAP) for box, number in counts.items()}
    if query.box in CASE_BOXES:
        return replace(read_case_box(connection, actor, query, now, search), counts=shown)
    size = counts[query.box]
    bound = min(
        WALK,
        SORTED if query.order in _BY_CASE and search is None else WALK,
        READ if search and search.is_common else WALK,
    )
    parts = _parts(actor, query, bound if size > bound else None, search)
    if size > bound and bound < WALK and search is None:
        lights = _count_lights(connection, query, _parts(actor, query, WALK if size > WALK else None, None), now)
    else:
        lights = _count_lights(connection, query, parts, now)
    rows = _read_rows(connection, query, parts, now)
    total = sum(lights.values()) if query.light is None else lights.get(query.light, 0)
    is_partial = size > bound and _looks_everywhere(query)
    return InboxPage(rows, total, shown, lights, is_capped=size > bound, is_partial=is_partial)


def _looks_everywhere(query: InboxQuery) -> bool:
    """Whether the first of the box, in the order of its index, are not simply the first of the list."""
    as_it_lies = InboxQuery(box=query.box, order=query.order, page=query.page, page_size=query.page_size)
    return query != as_it_lies or query.order in (*_BY_CASE, "light", "step")


def _count_boxes(connection: sa.Connection, actor: Actor, query: InboxQuery) -> dict[str, int]:
    """No further than the cap; of the box that is open, just beyond the walk."""
    rights = (actor.person_id, actor.unit, actor.grants, actor.principals, actor.recused)
    return dict(connection.execute(_counting(_Rights(rights, actor), query.box)).one()._mapping)


@dataclass(frozen=True)
class _Rights:
    """All of an actor that decides what lies in its boxes: equal where its boxes are."""

    key: tuple[Hashable, ...]
    actor: Actor = field(compare=False)


@lru_cache(maxsize=512)
def _counting(rights: _Rights, open_box: str) -> sa.Select[Any]:
    """Put together once for a person and a box: it is asked for by every page, and long."""
    counts = [
        _number_in(box, rights.actor, WALK + 1 if box == open_box else COUNT_CAP).scalar_subquery().label(box)
        for box in BOXES
    ]
    return sa.select(*counts)


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


def _parts(actor: Actor, query: InboxQuery, cut: int | None, search: Search | None) -> list[_Part]:
    """The box in parts that exclude each other; each no longer than `cut`."""
    given = parts_of(query.box, actor)
    if cut is None:
        parts = [_Part(user_task.c, (part,)) for part in given]
    else:
        walk = walk_of(query.box, query.order, user_task.c)
        bounded = (sa.select(*_NARROW).where(part).order_by(*walk).limit(cut).subquery() for part in given)
        parts = [_Part(each.c, ()) for each in bounded]
    if search is None or not given:
        return parts
    if not search.words:
        return []
    return [_by_case(actor, query, search), *(_said(part, search) for part in parts)]


def _by_case(actor: Actor, query: InboxQuery, search: Search) -> _Part:
    """The tasks of the few cases that were found, looked up case by case however big the box is."""
    c = user_task.c
    of_cases = sa.select(*_NARROW, *_OWED).where(search.names(c.case_id, _HANDLED)).limit(_OF_CASES).subquery()
    return _Part(of_cases.c, (sa.or_(*parts_of(query.box, actor, of_cases.c)),))


_OF_CASES: Final = 100_000
"""More tasks than the cases of a search have; no database looks through a bound."""
_HANDLED: Final = sa.and_(
    user_task.c.kind == TaskKind.STEP,
    sa.or_(
        user_task.c.assignee.is_not(None), sa.and_(user_task.c.role.is_not(None), user_task.c.unit.is_not(None))
    ),
)
"""Who has such a task in a box handles its case, and may learn who the parties are."""


def _said(part: _Part, search: Search) -> _Part:
    """What the part has beside the cases that were found: by names of steps and units, or in the case itself."""
    c = part.c
    said = search.says_all(c.case_id, c.unit, c.name)
    if search.is_common:
        said = sa.or_(said, search.has_all(c.case_id))
    return _Part(c, (*part.conditions, said, ~search.names(c.case_id, sa.true())))


_NARROW: Final = [
    user_task.c[name]
    for name in (
        *("task_id", "case_id", "due_at", "opened_at", "closed_at", "red_at", "yellow_at", "blue_at"),
        *("procedure", "element_id", "name", "unit", "purpose", "category", "channel"),
    )
]
_OWED: Final = [user_task.c[name] for name in ("state", "role", "assignee", "owner", "closed_by", "accused_units")]
"""What makes a task a box's."""


def _count_lights(
    connection: sa.Connection, query: InboxQuery, parts: list[_Part], now: datetime
) -> dict[str, int]:
    if not parts:
        return dict.fromkeys(LIGHTS, 0)
    lit = [
        part.select(light_of(query.box, part.c, now).label("light")).where(*task_filters(part.c, query, now))
        for part in parts
    ]
    all_lit = _together(lit).subquery()
    rows = connection.execute(sa.select(all_lit.c.light, sa.func.count()).group_by(all_lit.c.light))
    found: dict[str, int] = {light: number for light, number in rows}  # noqa: C416 - a row is no tuple to mypy
    return {light: found.get(light, 0) for light in LIGHTS}


def _read_rows(
    connection: sa.Connection, query: InboxQuery, parts: list[_Part], now: datetime
) -> tuple[InboxRow, ...]:
    """The ids of the page are chosen from the indexes alone; whole rows are read for these only."""
    if not parts:
        return ()
    first = (max(query.page, 1) - 1) * query.page_size
    chosen = [_first_of(part, query, now).limit(first + query.page_size) for part in parts]
    all_chosen = _together(chosen).subquery()
    on_page = (
        sa.select(all_chosen)
        .order_by(*_directed(query, _sorting(all_chosen)))
        .limit(query.page_size)
        .offset(first)
        .subquery()
    )
    joined = (
        on_page.join(user_task, user_task.c.task_id == on_page.c.task_id)
        .join(case_file, case_file.c.case_id == user_task.c.case_id)
        .outerjoin(unit, unit.c.code == user_task.c.unit)
        .outerjoin(person, person.c.person_id == user_task.c.assignee)
    )
    statement = (
        sa.select(
            *columns_of(UserTask, user_task),
            case_file.c.number.label("case_number"),
            case_file.c.title.label("case_title"),
            unit.c.name.label("unit_name"),
            person.c.name.label("assignee_name"),
        )
        .select_from(joined)
        .order_by(*_directed(query, _sorting(on_page)))
    )
    return tuple(_row(query.box, row) for row in connection.execute(statement))


def _first_of(part: _Part, query: InboxQuery, now: datetime) -> sa.Select[Any]:
    c = part.c
    keys = _keys(query, c, now)
    chosen = part.select(c.task_id, *(key.label(f"key_{n}") for n, key in enumerate(keys)))
    if query.order in _BY_CASE:
        chosen = chosen.join(case_file, case_file.c.case_id == c.case_id)
    chosen = chosen.where(*task_filters(c, query, now))
    if query.light is not None:
        chosen = chosen.where(is_lit(query.light, query.box, c, now))
    return chosen.order_by(*_directed(query, keys))


def _sorting(chosen: sa.Subquery) -> list[sa.ColumnElement[Any]]:
    return [chosen.c[f"key_{n}"] for n in range(len(chosen.c) - 1)]


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
