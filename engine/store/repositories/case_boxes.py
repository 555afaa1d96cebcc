"""The boxes of cases: what a person started, got a copy of, follows. Each case with its most urgent open task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from engine.records.org import Actor
from engine.records.task import UserTask
from engine.records.views import CASES_CAP, InboxPage, InboxQuery, InboxRow
from engine.store.repositories.narrowing import LIGHTS, at_most, counted_lights, light_rank, on_days, rank_of
from engine.store.repositories.searching import Sight, handles, is_not_accused
from engine.store.repositories.wording import Search
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task
from engine.store.tables.work import copy_note, follow

_T: Final = user_task.c
_OPEN: Final = _T.state == sa.literal_column("'open'")
_Wide = sa.Select[*tuple[Any, ...]]


def count_of(box: str, actor: Actor, cap: int) -> sa.Select[int]:
    """How many cases lie in the box, no further than `cap`; of copies, how many are unread."""
    source, _, whose = _source(box, actor)
    conditions = [whose, is_not_accused(actor)]
    if box == "copied":
        conditions.append(copy_note.c.read_at.is_(None))
    each: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(source).where(*conditions)
    return sa.select(sa.func.count()).select_from(each.limit(at_most(cap)).subquery())


@dataclass(frozen=True)
class CaseBoxAsked:
    """What decides the statement of a page but its parameters."""

    sight: Sight
    query: InboxQuery
    zone: tzinfo | None
    search: Search | None


def read_case_box(connection: sa.Connection, asked: CaseBoxAsked, given: Mapping[str, Any]) -> InboxPage:
    """Without the counts. Two statements: a page of the newest that fit, with all their lights; its tasks.

    `given` are the moment `now` and the values of the search.
    """
    query = asked.query
    found: Sequence[Any] = connection.execute(_put_together(asked), given).all()
    lights = {light: found[0]._mapping[f"lit_{light}"] or 0 for light in LIGHTS}
    number = sum(lights.values())
    rows = [row for row in found if row.case_id is not None]
    tasks = _urgent_tasks(connection, [row.case_id for row in rows], given["now"])
    is_cut = number >= CASES_CAP
    return InboxPage(
        tuple(_row(row, tasks.get(row.case_id)) for row in rows),
        number if query.light is None else lights.get(query.light, 0),
        {},
        lights,
        is_capped=is_cut,
        is_partial=is_cut and (query.light is not None or query.order != "newest"),
    )


def _source(box: str, actor: Actor) -> tuple[sa.FromClause, sa.ColumnElement[Any], sa.ColumnElement[bool]]:
    """Where the box's cases are, since when they lie there, and the condition that makes them this actor's."""
    match box:
        case "started":  # ix_case_file_started
            return case_file, case_file.c.created_at, case_file.c.created_by == actor.person_id
        case "copied":  # ix_copy_note_of_receiver
            joined = copy_note.join(case_file, case_file.c.case_id == copy_note.c.case_id)
            return joined, copy_note.c.at, copy_note.c.receiver == actor.person_id
        case _:  # ix_follow_of_person
            joined = follow.join(case_file, case_file.c.case_id == follow.c.case_id)
            return joined, follow.c.since, follow.c.person_id == actor.person_id


@lru_cache(maxsize=256)
def _put_together(asked: CaseBoxAsked) -> _Wide:
    """The lights of all that is found, in every row of the page, and in a row of its own where that is empty."""
    query = asked.query
    found = _found(asked).cte("found")
    lit = sa.select(*counted_lights(found)).subquery()
    chosen = sa.select(found).order_by(*_order(query, found.c))
    if query.light is not None:
        chosen = chosen.where(found.c.rank == rank_of(query.light))
    page = chosen.limit(query.page_size).offset((max(query.page, 1) - 1) * query.page_size).subquery()
    w = page.c
    columns: list[sa.ColumnElement[Any]] = [
        *lit.c,
        w.at,
        *(case_file.c[n] for n in ("case_id", "number", "title", "category", "channel", "confidential")),
        unit.c.name.label("unit_name"),
        copy_note.c.copy_id,
        copy_note.c.note,
        copy_note.c.read_at,
        person.c.name.label("sender"),
    ]
    joined = (
        lit.outerjoin(page, sa.true())
        .outerjoin(case_file, case_file.c.case_id == w.case_id)
        .outerjoin(unit, unit.c.code == case_file.c.unit)
        .outerjoin(copy_note, copy_note.c.copy_id == w.copy_id)
        .outerjoin(person, person.c.person_id == copy_note.c.sender)
    )
    return sa.select(*columns).select_from(joined).order_by(*_order(query, w))


def _found(asked: CaseBoxAsked) -> _Wide:
    """The newest that fit all filters but the light's (the oldest, where these are asked for first).

    With the worst light and the first due time of what is open in them; where nothing is, nothing is lit.
    """
    query, actor = asked.query, asked.sight.actor
    source, at, whose = _source(query.box, actor)
    copy_id = copy_note.c.copy_id if query.box == "copied" else sa.null()
    oldest_first = query.order == "oldest"
    c = copy_note.c if query.box == "copied" else follow.c if query.box == "followed" else case_file.c
    said = _said(query.box, actor, asked.search)
    newest = (
        sa.select(case_file.c.case_id, at.label("at"), sa.cast(copy_id, sa.Text).label("copy_id"))
        .select_from(source)
        .where(whose, is_not_accused(actor), *_filters(at, query, asked.zone), *said)
        .order_by(*((at, c.case_id) if oldest_first else (at.desc(), c.case_id.desc())))
        .limit(at_most(CASES_CAP))
        .subquery()
    )
    open_tasks = sa.and_(_T.case_id == newest.c.case_id, _OPEN)  # ix_user_task_of_case
    rank = sa.func.coalesce(sa.func.min(light_rank("mine", _T)), len(LIGHTS) - 1)
    due_at = sa.type_coerce(sa.func.min(_T.due_at), _T.due_at.type)
    return (
        sa.select(*newest.c, rank.label("rank"), due_at.label("due_at"))
        .select_from(newest.outerjoin(user_task, open_tasks))
        .group_by(*newest.c)
    )


def _filters(at: sa.ColumnElement[Any], query: InboxQuery, zone: tzinfo | None) -> list[sa.ColumnElement[bool]]:
    c = case_file.c
    names = ("procedure", "purpose", "category", "channel")
    wanted = [c[name] == getattr(query, name) for name in names if getattr(query, name)]
    wanted += on_days(at, query.received_from, query.received_until, zone)
    of_task = [_T.case_id == c.case_id, _OPEN]
    if query.unit:
        has_it = sa.exists(sa.select(_T.task_id).where(*of_task, _T.unit == query.unit).correlate(case_file))
        wanted.append(sa.or_(c.unit == query.unit, has_it))
    stands_at = on_days(_T.due_at, query.due_from, query.due_until, zone)
    if query.element:
        stands_at.append(_T.element_id == query.element)
    if stands_at:
        wanted.append(sa.exists(sa.select(_T.task_id).where(*of_task, *stands_at).correlate(case_file)))
    return wanted


def _said(box: str, actor: Actor, search: Search | None) -> list[sa.ColumnElement[bool]]:
    if search is None:
        return []
    if not search.words:
        return [sa.false()]
    case_id = case_file.c.case_id
    said = [search.names(case_id, sa.true() if box == "started" else handles(actor))]
    if search.is_common:
        said.append(search.has_all(case_id))
    return [sa.or_(*said)]


def _order(query: InboxQuery, w: Any) -> list[sa.ColumnElement[Any]]:
    newest: list[sa.ColumnElement[Any]] = [w.at.desc(), w.case_id.desc()]
    match query.order:
        case "due":
            return [w.due_at.asc().nulls_last(), *newest]
        case "light":
            return [w.rank, w.due_at.asc().nulls_last(), *newest]
        case "oldest":
            return [w.at, w.case_id]
        case _:
            return newest


def _urgent_tasks(connection: sa.Connection, case_ids: Sequence[str], now: datetime) -> dict[str, Any]:
    """The open task with the worst light that is due first, by case."""
    if not case_ids:
        return {}
    rows = connection.execute(
        sa.select(
            *columns_of(UserTask, user_task), unit.c.name.label("unit_name"), person.c.name.label("assignee_name")
        )
        .select_from(
            user_task.outerjoin(unit, unit.c.code == _T.unit).outerjoin(person, person.c.person_id == _T.assignee)
        )
        .where(_T.case_id.in_(case_ids), _OPEN)  # ix_user_task_of_case
        .order_by(light_rank("mine", _T).desc(), _T.due_at.desc().nulls_first(), _T.opened_at.desc(), _T.task_id),
        {"now": now},
    )
    return {row.case_id: row for row in rows}


def _row(row: Any, found: Any) -> InboxRow:
    return InboxRow(
        task=None if found is None else record_of(UserTask, found, user_task),
        case_id=row.case_id,
        case_number=row.number,
        case_title=row.title,
        category=row.category,
        channel=row.channel,
        unit_name=row.unit_name if found is None else found.unit_name,
        assignee_name=None if found is None else found.assignee_name,
        confidential=row.confidential,
        at=row.at,
        copy_id=row.copy_id,
        copied_by=row.sender,
        note=row.note or "",
        is_unread=row.copy_id is not None and row.read_at is None,
    )
