"""What narrows a list: filters on the columns of a task or a case, days, and the light that is on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

import sqlalchemy as sa

from engine.records.views import InboxQuery
from engine.store.types import UtcDateTime

NOW: Final = sa.bindparam("now", type_=UtcDateTime())
"""The moment of the reading: given with each execution, so that a statement is put together once."""
LIGHTS: Final = ("red", "yellow", "blue", "normal")
_OF_TASK: Final = {"procedure": "procedure", "element": "element_id", "unit": "unit"}
_OF_CASE: Final = ("purpose", "category", "channel")


def at_most(number: int) -> sa.ColumnElement[int]:
    """A bound that never changes, written out: PostgreSQL then plans a prepared statement once, and well."""
    return sa.literal_column(str(number), sa.Integer)


def task_filters(c: Any, query: InboxQuery, zone: tzinfo | None) -> list[sa.ColumnElement[bool]]:
    """All that the query asks for but the light and the words. `c` are columns named as those of `user_task`."""
    names = {**_OF_TASK, **{name: name for name in _OF_CASE}}
    wanted = [c[column] == getattr(query, name) for name, column in names.items() if getattr(query, name)]
    if query.received_from or query.received_until:
        at = c.closed_at if query.box == "done" else c.opened_at
        wanted += on_days(at, query.received_from, query.received_until, zone)
    if query.due_from or query.due_until:
        wanted += on_days(c.due_at, query.due_from, query.due_until, zone)
    return wanted


def on_days(
    at: sa.ColumnElement[Any], first: date | None, last: date | None, zone: tzinfo | None
) -> list[sa.ColumnElement[bool]]:
    """From the beginning of `first` to the end of `last`, in the time zone."""
    conditions = []
    if first is not None:
        conditions.append(at >= datetime.combine(first, time(), zone))
    if last is not None and last < date.max:
        conditions.append(at < datetime.combine(last + timedelta(days=1), time(), zone))
    return conditions


def light_rank(box: str, c: Any) -> sa.ColumnElement[int]:
    """The position in `LIGHTS` of the light that is on now; of a task that is done, of the one that was on then."""
    moment = _moment(box, c)
    return sa.case((moment >= c.red_at, 0), (moment >= c.yellow_at, 1), (moment >= c.blue_at, 2), else_=3)


def rank_of(light: str) -> int:
    """The position in `LIGHTS`; one that nothing has for a light that is none."""
    return LIGHTS.index(light) if light in LIGHTS else -1


def counted_lights(found: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """How many have each light, as `lit_…`; NULL where nothing is found."""
    ranks = enumerate(LIGHTS)
    return [sa.func.sum(sa.case((found.c.rank == n, 1), else_=0)).label(f"lit_{light}") for n, light in ranks]


def columns_needed(query: InboxQuery, sorted_by: Iterable[str], *, is_searched: bool) -> frozenset[str]:
    """The columns of a task that its light, the filters, the order and a search look at."""
    at = "closed_at" if query.box == "done" else "opened_at"
    lit = ("task_id", "red_at", "yellow_at", "blue_at", *(("closed_at",) if query.box == "done" else ()))
    names = {**_OF_TASK, **{name: name for name in _OF_CASE}}
    narrowed = [column for name, column in names.items() if getattr(query, name)]
    if query.received_from or query.received_until:
        narrowed.append(at)
    if query.due_from or query.due_until:
        narrowed.append("due_at")
    return frozenset((*lit, *narrowed, *sorted_by, *(("case_id", "unit", "name") if is_searched else ())))


def _moment(box: str, c: Any) -> Any:
    return c.closed_at if box == "done" else NOW
