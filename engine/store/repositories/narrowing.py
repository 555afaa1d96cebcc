"""What narrows a list: filters on the columns of a task or a case, days, and the light that is on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa

from engine.records.views import InboxQuery

LIGHTS: Final = ("red", "yellow", "blue", "normal")
_OF_TASK: Final = {"procedure": "procedure", "element": "element_id", "unit": "unit"}
_OF_CASE: Final = ("purpose", "category", "channel")


def task_filters(c: Any, query: InboxQuery, now: datetime) -> list[sa.ColumnElement[bool]]:
    """All that the query asks for but the light and the words. `c` are columns named as those of `user_task`."""
    names = {**_OF_TASK, **{name: name for name in _OF_CASE}}
    wanted = [c[column] == getattr(query, name) for name, column in names.items() if getattr(query, name)]
    at = c.closed_at if query.box == "done" else c.opened_at
    wanted += on_days(at, query.received_from, query.received_until, now)
    wanted += on_days(c.due_at, query.due_from, query.due_until, now)
    return wanted


def on_days(
    at: sa.ColumnElement[Any], first: date | None, last: date | None, now: datetime
) -> list[sa.ColumnElement[bool]]:
    """From the beginning of `first` to the end of `last`, in the time zone of `now`."""
    zone = now.tzinfo
    conditions = []
    if first is not None:
        conditions.append(at >= datetime.combine(first, time(), zone))
    if last is not None and last < date.max:
        conditions.append(at < datetime.combine(last + timedelta(days=1), time(), zone))
    return conditions


def light_of(box: str, c: Any, now: datetime) -> sa.ColumnElement[str]:
    """The light that is on now; of a task that is done, the one that was on when it was done."""
    moment = _moment(box, c, now)
    return sa.case(
        (moment >= c.red_at, "red"),
        (moment >= c.yellow_at, "yellow"),
        (moment >= c.blue_at, "blue"),
        else_="normal",
    )


def light_rank(box: str, c: Any, now: datetime) -> sa.ColumnElement[int]:
    """The position of the light in `LIGHTS`."""
    moment = _moment(box, c, now)
    return sa.case((moment >= c.red_at, 0), (moment >= c.yellow_at, 1), (moment >= c.blue_at, 2), else_=3)


def is_lit(light: str, box: str, c: Any, now: datetime) -> sa.ColumnElement[bool]:
    return light_of(box, c, now) == light


def _moment(box: str, c: Any, now: datetime) -> Any:
    return c.closed_at if box == "done" else sa.literal(now, c.due_at.type)
