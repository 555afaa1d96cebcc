"""The boxes of cases: what a person started, got a copy of, follows. Each case with its most urgent open task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from engine.records.org import Actor
from engine.records.task import UserTask
from engine.records.views import COUNT_CAP, InboxPage, InboxQuery, InboxRow
from engine.store.repositories.narrowing import LIGHTS, light_rank, on_days
from engine.store.repositories.searching import handles, is_not_accused
from engine.store.repositories.wording import Search
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.org import person, unit
from engine.store.tables.task import user_task
from engine.store.tables.work import copy_note, follow

_T: Final = user_task.c
_OPEN: Final = _T.state == sa.literal_column("'open'")
_ALL: Final = len(LIGHTS)


def count_of(box: str, actor: Actor, cap: int) -> sa.Select[int]:
    """How many cases lie in the box, no further than `cap`; of copies, how many are unread."""
    source, _, whose = _source(box, actor)
    conditions = [whose, is_not_accused(actor)]
    if box == "copied":
        conditions.append(copy_note.c.read_at.is_(None))
    bounded: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(source).where(*conditions).limit(cap)
    return sa.select(sa.func.count()).select_from(bounded.subquery())


def read_case_box(
    connection: sa.Connection,
    actor: Actor,
    query: InboxQuery,
    now: datetime,
    search: Search | None,
) -> InboxPage:
    """Without the counts. Three statements: the lights of the newest that fit; a page of these; its tasks."""
    window = _window(actor, query, now, search)
    counted = connection.execute(sa.select(window.c.rank, sa.func.count()).group_by(window.c.rank))
    ranks: dict[int, int] = {rank: number for rank, number in counted}  # noqa: C416 - a row is no tuple to mypy
    lights = {light: ranks.get(n, 0) for n, light in enumerate(LIGHTS)}
    found = sum(lights.values())
    total = found if query.light is None else lights.get(query.light, 0)
    rows = _read_rows(connection, query, window)
    tasks = _urgent_tasks(connection, [row.case_id for row in rows], now)
    is_cut = found >= COUNT_CAP
    is_partial = is_cut and (query.light is not None or query.order != "newest")
    return InboxPage(
        tuple(_row(row, tasks.get(row.case_id)) for row in rows), total, {}, lights, is_cut, is_partial
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


def _window(actor: Actor, query: InboxQuery, now: datetime, search: Search | None) -> sa.Subquery:
    """The newest that fit all filters but the light's (the oldest, where these are asked for first)."""
    source, at, whose = _source(query.box, actor)
    copy_id = copy_note.c.copy_id if query.box == "copied" else sa.null()
    oldest_first = query.order == "oldest"
    c = copy_note.c if query.box == "copied" else follow.c if query.box == "followed" else case_file.c
    chosen = (
        sa.select(case_file.c.case_id, at.label("at"), sa.cast(copy_id, sa.Text).label("copy_id"))
        .select_from(source)
        .where(whose, is_not_accused(actor), *_filters(at, query, now), *_said(query.box, actor, search))
        .order_by(*((at, c.case_id) if oldest_first else (at.desc(), c.case_id.desc())))
        .limit(COUNT_CAP)
        .subquery()
    )
    of_case = sa.and_(_T.case_id == chosen.c.case_id, _OPEN)  # ix_user_task_open_of_case
    rank = sa.select(sa.func.min(light_rank("mine", _T, now))).where(of_case).correlate(chosen).scalar_subquery()
    due_at = sa.select(sa.func.min(_T.due_at)).where(of_case).correlate(chosen).scalar_subquery()
    # a case in which nothing is open lights nothing
    return sa.select(
        chosen,
        sa.func.coalesce(rank, _ALL - 1).label("rank"),
        sa.type_coerce(due_at, _T.due_at.type).label("due_at"),
    ).subquery()


def _filters(at: sa.ColumnElement[Any], query: InboxQuery, now: datetime) -> list[sa.ColumnElement[bool]]:
    c = case_file.c
    names = ("procedure", "purpose", "category", "channel")
    wanted = [c[name] == getattr(query, name) for name in names if getattr(query, name)]
    wanted += on_days(at, query.received_from, query.received_until, now)
    of_task = [_T.case_id == c.case_id, _OPEN]
    if query.unit:
        has_it = sa.exists(sa.select(_T.task_id).where(*of_task, _T.unit == query.unit).correlate(case_file))
        wanted.append(sa.or_(c.unit == query.unit, has_it))
    stands_at = on_days(_T.due_at, query.due_from, query.due_until, now)
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


def _read_rows(connection: sa.Connection, query: InboxQuery, window: sa.Subquery) -> Sequence[Any]:
    w = window.c
    statement = (
        sa.select(
            w.at,
            *(case_file.c[n] for n in ("case_id", "number", "title", "category", "channel", "confidential")),
            unit.c.name.label("unit_name"),
            copy_note.c.copy_id,
            copy_note.c.note,
            copy_note.c.read_at,
            person.c.name.label("sender"),
        )
        .select_from(
            window.join(case_file, case_file.c.case_id == w.case_id)
            .outerjoin(unit, unit.c.code == case_file.c.unit)
            .outerjoin(copy_note, copy_note.c.copy_id == w.copy_id)
            .outerjoin(person, person.c.person_id == copy_note.c.sender)
        )
        .order_by(*_order(query, w))
        .limit(query.page_size)
        .offset((max(query.page, 1) - 1) * query.page_size)
    )
    if query.light is not None:
        statement = statement.where(w.rank == (LIGHTS.index(query.light) if query.light in LIGHTS else -1))
    return connection.execute(statement).all()


def _order(query: InboxQuery, w: Any) -> list[sa.ColumnElement[Any]]:
    newest = [w.at.desc(), w.case_id.desc()]
    match query.order:
        case "due":
            return [w.due_at.asc().nulls_last(), *newest]
        case "light":
            return [w.rank, w.due_at.asc().nulls_last(), *newest]
        case "oldest":
            return [w.at, w.case_id]
        case "title":
            return [case_file.c.title, *newest]
        case "number":
            return [case_file.c.number.asc().nulls_last(), *newest]
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
        .where(_T.case_id.in_(case_ids), _OPEN)  # ix_user_task_open_of_case
        .order_by(
            light_rank("mine", _T, now).desc(), _T.due_at.desc().nulls_first(), _T.opened_at.desc(), _T.task_id
        )
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
