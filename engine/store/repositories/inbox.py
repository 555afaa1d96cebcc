"""The inbox: the numbers of all boxes, the lights of the box that is open, and one page of it.

Nothing here grows with the number of tasks: a box is looked at in the order of its index, no further than `WALK`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from engine.errors import InvalidState, Message
from engine.records.org import Actor
from engine.records.task import TaskKind, UserTask
from engine.records.views import CASE_BOXES, InboxPage, InboxQuery, InboxRow, cap_of
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.boxes import BOXES, parts_of, walk_of
from engine.store.repositories.case_boxes import CaseBoxAsked, count_of, read_case_box
from engine.store.repositories.narrowing import (
    LIGHTS,
    at_most,
    columns_needed,
    counted_lights,
    light_rank,
    rank_of,
    task_filters,
)
from engine.store.repositories.searching import Sight, sight_of
from engine.store.repositories.wording import Search, search_for
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task

WALK: Final = 3_000
"""Tasks that are looked at, at most: of a box, or of each post that makes it."""
READ: Final = 500
"""Tasks of a box whose cases are read for words that too many cases have."""
ORDERS: Final = ("due", "light", "newest", "oldest")
Wide = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class _Asked:
    """What decides the statements of a page but their parameters. `cut`: the bound of a box that is longer."""

    sight: Sight
    query: InboxQuery
    zone: tzinfo | None
    cut: int | None
    search: Search | None


@dataclass(frozen=True)
class _Statements:
    """`lights` is None where they are not asked for. It may be the very statement of the rows."""

    rows: Wide
    lights: Wide | None


@dataclass(frozen=True)
class _Part:
    """Tasks of a box: the columns that filters, lights and orders look at, and what makes them the box's."""

    c: Any
    conditions: tuple[sa.ColumnElement[bool], ...]

    def select(self, *columns: sa.ColumnElement[Any]) -> Wide:
        return sa.select(*columns).where(*self.conditions)


def read_inbox(
    connection: sa.Connection, actor: Actor, query: InboxQuery, now: datetime, tokens: PartyTokens
) -> InboxPage:
    """Two statements for a list that is narrowed, else three; four for a box of cases; three more for a search.

    `lights` follow all filters but the light's own; nobody asks what light was on for all that is done, so these
    are counted only where the list of it is narrowed. `now` is in the office's time zone: its days are those of the
    query. Raises InvalidState for a box or an order that does not exist.
    """
    if query.box not in BOXES:
        raise _unknown("收件箱", "box", query.box)
    if query.order not in ORDERS:
        raise _unknown("排序方式", "order", query.order)
    searched = search_for(connection, query.text, tokens) if query.text.strip() else None
    search, given = (searched.search, {**searched.given, "now": now}) if searched else (None, {"now": now})
    sight = sight_of(actor)
    if query.box in CASE_BOXES:
        case_box = CaseBoxAsked(sight, replace(query, text=""), now.tzinfo, search)
        return replace(read_case_box(connection, case_box, given), counts=_counts(connection, sight))
    bound = READ if search and search.is_common else WALK
    is_whole = search is None and not _looks_everywhere(query)
    # where at most the light narrows a list, its lights say how long it is: it is not counted besides
    is_told = search is None and _is_lit_throughout(query)
    walks = _is_walk(search)
    depth = bound + 1 if walks else cap_of(query.box)
    counts = _counts(connection, sight, query.box, 0 if is_told else depth)
    cut = bound + 1 if is_told else bound if walks and counts[query.box] > bound else None
    statements = _put_together(_Asked(sight, replace(query, text=""), now.tzinfo, cut, search))
    found: Sequence[Any] = connection.execute(statements.rows, given).all()
    lights = dict.fromkeys(LIGHTS, 0)
    if statements.lights is not None:
        in_every_row = statements.lights is statements.rows
        lit = (found[0] if in_every_row else connection.execute(statements.lights, given).one())._mapping
        lights = {light: lit[f"lit_{light}"] or 0 for light in LIGHTS}
    lit_up = sum(lights.values())
    fitting = lit_up if query.light is None else lights.get(query.light, 0)
    size = lit_up if is_told else counts[query.box]
    is_longer = walks and size > bound
    return InboxPage(
        tuple(_row(query.box, row) for row in found if row.task_id is not None),
        min(size, bound) if is_whole else fitting,
        {box: min(number, cap_of(box)) for box, number in (counts | {query.box: size}).items()},
        lights,
        is_capped=is_longer,
        is_partial=is_longer and _looks_everywhere(query),
    )


def count_boxes(connection: sa.Connection, actor: Actor) -> dict[str, int]:
    """How many lie in each box, no further than its cap. One statement."""
    return _counts(connection, sight_of(actor))


def _looks_everywhere(query: InboxQuery) -> bool:
    """Whether the first of the box, in the order of its index, are not simply the first of the list."""
    as_it_lies = InboxQuery(box=query.box, order=query.order, page=query.page, page_size=query.page_size)
    return query != as_it_lies or query.order == "light"


def _is_lit_throughout(query: InboxQuery) -> bool:
    """Whether the lights that go with the list are those of all its box."""
    lit = replace(query, light=None)
    return not _looks_everywhere(replace(lit, order="due")) and (query.box != "done" or _looks_everywhere(query))


def _counts(connection: sa.Connection, sight: Sight, open_box: str = "", depth: int = 0) -> dict[str, int]:
    """How many lie in each box, no further than its cap; in the open one no further than `depth`."""
    return dict.fromkeys(BOXES, 0) | dict(connection.execute(_counting(sight, open_box, depth)).one()._mapping)


@lru_cache(maxsize=512)
def _counting(sight: Sight, open_box: str, depth: int) -> sa.Select[Any]:
    """Put together once for a person and a box: it is asked for by every page, and long."""
    depths = {box: cap_of(box) for box in BOXES} | ({open_box: depth} if open_box else {})
    return sa.select(
        *(_number_in(box, sight.actor, most).scalar_subquery().label(box) for box, most in depths.items() if most)
    )


def _number_in(box: str, actor: Actor, cap: int) -> sa.Select[int]:
    if box in CASE_BOXES:
        return count_of(box, actor, cap)
    bound = at_most(cap)
    parts: list[sa.Select[Any]] = [
        sa.select(sa.literal_column("1").label("one")).where(part).limit(bound) for part in parts_of(box, actor)
    ]
    if not parts:
        return sa.select(sa.literal(0))
    return sa.select(sa.func.count()).select_from(_together(parts).limit(bound).subquery())


def _together(parts: Sequence[sa.Select[Any]]) -> sa.Select[Any]:
    """All rows of the parts. SQLite takes a bounded part of a union only as a subquery."""
    if len(parts) == 1:
        return parts[0]
    return sa.select(sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery())


@lru_cache(maxsize=256)
def _put_together(asked: _Asked) -> _Statements:
    """A list as its index holds it is cut to its page at once; any other is looked through once, for both.

    Put together once for what somebody keeps asking for.
    """
    query, zone, search = asked.query, asked.zone, asked.search
    if search is not None or _looks_everywhere(query):
        parts = _parts(asked, columns_needed(query, _sorted_by(query), is_searched=search is not None))
        found = _together([_matching(part, query, zone) for part in parts]).cte("found")
        rows = _read_rows(query, _on_page(query, found), sa.select(*counted_lights(found)))
        return _Statements(rows, rows)
    lying = [_Part(user_task.c, (part,)) for part in parts_of(query.box, asked.sight.actor)] or [_NOTHING]
    first = [_first_of(part, query) for part in lying]
    rows = _read_rows(query, _on_page(query, _together(first).subquery()), None)
    if query.box == "done":
        return _Statements(rows, None)
    ranks = [
        part.select(light_rank(query.box, part.c).label("rank"))
        for part in _parts(asked, columns_needed(query, (), is_searched=False))
    ]
    return _Statements(rows, sa.select(*counted_lights(_together(ranks).subquery())))


_NOTHING: Final = _Part(user_task.c, (sa.false(),))


def _parts(asked: _Asked, needed: frozenset[str]) -> list[_Part]:
    """The box in parts that exclude each other; each no longer than the cut. Bounded ones have `needed` alone."""
    query, actor, search = asked.query, asked.sight.actor, asked.search
    given = parts_of(query.box, actor)
    if not given or (search is not None and not search.words):
        return [_NOTHING]
    if asked.cut is None:
        parts = [_Part(user_task.c, (part,)) for part in given]
    else:
        walk = walk_of(query.box, query.order, user_task.c)
        columns = [user_task.c[name] for name in sorted(needed)]
        bounded = [sa.select(*columns).where(part).order_by(*walk).limit(at_most(asked.cut)) for part in given]
        # the bound around them keeps PostgreSQL from planning all that follows for each one
        looked_at = _together(bounded).limit(at_most(asked.cut * len(bounded))).subquery()
        parts = [_Part(looked_at.c, ())]
    if search is None:
        return parts
    by_case = [_by_case(actor, query, search, needed)] if search.has_names else []
    walked = [_said(part, search) for part in parts] if _is_walk(search) else []
    return [*by_case, *walked] or [_NOTHING]


def _is_walk(search: Search | None) -> bool:
    """Whether more may fit than the cases that the full-text engine has: only then is a list looked through."""
    return search is None or search.is_common or search.has_units or search.has_steps


def _by_case(actor: Actor, query: InboxQuery, search: Search, needed: frozenset[str]) -> _Part:
    """The tasks of the few cases that were found, looked up case by case however big the box is."""
    c = user_task.c
    columns = [c[name] for name in sorted(needed | _OWED)]
    of_cases = sa.select(*columns).where(search.names(c.case_id, _HANDLED)).limit(at_most(_OF_CASES)).subquery()
    return _Part(of_cases.c, (sa.or_(*parts_of(query.box, actor, of_cases.c)),))


_OWED: Final = frozenset(
    {"state", "role", "unit", "assignee", "owner", "closed_by", "accused_units", "case_id", "procedure"}
)
"""What makes a task a box's."""
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
    others = (~search.names(c.case_id, sa.true()),) if search.has_names else ()
    return _Part(c, (*part.conditions, said, *others))


def _matching(part: _Part, query: InboxQuery, zone: tzinfo | None) -> Wide:
    """All that fit, but for the light."""
    c = part.c
    rank = light_rank(query.box, c).label("rank")
    return part.select(c.task_id, *_keys(query, c), rank).where(*task_filters(c, query, zone))


def _first_of(part: _Part, query: InboxQuery) -> Wide:
    """As the index holds them, to the end of the page."""
    c = part.c
    first = (max(query.page, 1) - 1) * query.page_size
    ordered = _order(query, [*(c[name] for name in _sorted_by(query)), c.task_id])
    return part.select(c.task_id, *_keys(query, c)).order_by(*ordered).limit(first + query.page_size)


def _on_page(query: InboxQuery, found: sa.FromClause) -> sa.Subquery:
    """The ids of the page are chosen from the indexes alone; whole rows are read for these only."""
    chosen = sa.select(found).order_by(*_order_of(query, found))
    if query.light is not None:
        chosen = chosen.where(found.c.rank == rank_of(query.light))
    return chosen.limit(query.page_size).offset((max(query.page, 1) - 1) * query.page_size).subquery()


def _read_rows(query: InboxQuery, on_page: sa.Subquery, lights: Wide | None) -> Wide:
    """With `lights` in every row, and in a row of its own where the page is empty."""
    columns: list[sa.ColumnElement[Any]] = [
        *columns_of(UserTask, user_task),
        case_file.c.number.label("case_number"),
        case_file.c.title.label("case_title"),
        unit.c.name.label("unit_name"),
        person.c.name.label("assignee_name"),
    ]
    on_task = user_task.c.task_id == on_page.c.task_id
    if lights is None:
        joined: sa.FromClause = on_page.join(user_task, on_task)
    else:
        lit = lights.subquery()
        joined = lit.outerjoin(on_page, sa.true()).outerjoin(user_task, on_task)
        columns += lit.c
    joined = (
        joined.outerjoin(case_file, case_file.c.case_id == user_task.c.case_id)
        .outerjoin(unit, unit.c.code == user_task.c.unit)
        .outerjoin(person, person.c.person_id == user_task.c.assignee)
    )
    return sa.select(*columns).select_from(joined).order_by(*_order_of(query, on_page))


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


def _sorted_by(query: InboxQuery) -> tuple[str, ...]:
    """The columns that tell which comes first, after the light and before the id."""
    at = "closed_at" if query.box == "done" else "opened_at"
    if query.order in ("newest", "oldest") or (query.box == "done" and query.order == "due"):
        return (at,)
    return ("due_at", at)


def _keys(query: InboxQuery, c: Any) -> list[sa.ColumnElement[Any]]:
    return [c[name].label(f"key_{n}") for n, name in enumerate(_sorted_by(query))]


def _order_of(query: InboxQuery, found: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    keys = [found.c[f"key_{n}"] for n in range(len(_sorted_by(query)))]
    ordered = _order(query, [*keys, found.c.task_id])
    return [found.c.rank, *ordered] if query.order == "light" else ordered


def _order(query: InboxQuery, keys: Sequence[sa.ColumnElement[Any]]) -> list[sa.ColumnElement[Any]]:
    match query.order:
        case "newest":
            return [key.desc() for key in keys]
        case "due" if query.box == "done":
            return [key.desc() for key in keys]
        case "due" | "light":
            return [keys[0].asc().nulls_last(), *keys[1:]]
        case _:
            return list(keys)


def _unknown(zh: str, en: str, given: str) -> InvalidState:
    return InvalidState(
        Message(
            f"没有名为“{given}”的{zh}。请从页面上的选项中选择。",
            f"There is no {en} “{given}”. Choose one of those on the page.",
        )
    )
