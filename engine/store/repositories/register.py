"""The register of cases: what an actor may see, newest first, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import TaskKind, TaskState
from engine.records.time import Deadline, DeadlineState
from engine.records.views import COUNT_CAP, CasePage, CaseRow, RegisterQuery
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.narrowing import light_rank, on_days, rank_of
from engine.store.repositories.searching import handles, may_see_one
from engine.store.repositories.walks import walks_of
from engine.store.repositories.wording import Search, search_for
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.task import user_task
from engine.store.tables.time import IS_OPEN, deadline

WALK: Final = 20_000
"""Cases of a unit, or of all, that are looked at for a filter; their index answers it."""
LOOKED_UP: Final = 5_000
"""Cases of a post or a person that are looked at for a filter."""
READ: Final = 1_000
"""Cases that are read for words that too many cases have."""
_C: Final = case_file.c
_FILTERS: Final = ("procedure", "state", "purpose", "category", "channel")


def read_register(
    connection: sa.Connection, actor: Actor, query: RegisterQuery, now: datetime, tokens: PartyTokens
) -> CasePage:
    """Four statements, one more for a filter, three more for a search.

    `now` is in the office's time zone: its days are those of the query.
    """
    searched = search_for(connection, query.text, tokens) if query.text.strip() else None
    search, given = (searched.search, {**searched.given, "now": now}) if searched else (None, {"now": now})
    if search is not None and not search.words:
        return CasePage((), 0)
    first = (max(query.page, 1) - 1) * query.page_size
    cap = max(COUNT_CAP, first + query.page_size)
    visible, is_partial = _visible(connection, actor, query, now, search)
    window = visible.limit(cap).subquery()
    numbered = sa.select(window, sa.func.count().over().label("total")).subquery()
    newest = numbered.c.at.desc(), numbered.c.case_id.desc()
    on_page = sa.select(numbered).order_by(*newest).limit(query.page_size).offset(first).subquery()
    found = connection.execute(
        sa.select(*columns_of(CaseFile, case_file), on_page.c.total)
        .join(on_page, on_page.c.case_id == _C.case_id)
        .order_by(on_page.c.at.desc(), on_page.c.case_id.desc()),
        given,
    ).all()
    if found or not first:
        total = found[0].total if found else 0
    else:  # beyond the last page no row tells the total
        total = connection.scalar(sa.select(sa.func.count()).select_from(window), given) or 0
    cases = [record_of(CaseFile, row, case_file) for row in found]
    ids = [case.case_id for case in cases]
    steps = _current_steps(connection, ids)
    urgent = _most_urgent(connection, ids)
    rows = tuple(_row(case, urgent.get(case.case_id), tuple(steps.get(case.case_id, ()))) for case in cases)
    return CasePage(rows, total, is_capped=total >= cap, is_partial=is_partial)


def _visible(
    connection: sa.Connection,
    actor: Actor,
    query: RegisterQuery,
    now: datetime,
    search: Search | None,
) -> tuple[sa.Select[Any], bool]:
    """Cases (`at`, `case_id`), newest first; and whether a bound kept some from being looked at."""
    filters = _filters(query)
    walks = walks_of(actor, lambda at: on_days(at, query.registered_from, query.registered_until, now.tzinfo))
    if search is not None and not search.is_common and not search.has_units:
        named = sa.and_(search.names(_C.case_id, handles(actor)), may_see_one(actor))
        days = on_days(_C.created_at, query.registered_from, query.registered_until, now.tzinfo)
        return _newest(sa.select(_C.created_at.label("at"), _C.case_id).where(named, *days, *filters)), False
    if not filters and search is None:
        cap = max(COUNT_CAP, query.page * query.page_size)
        return _newest(_merged([walk.cut(cap) for walk in walks])), False
    bound = READ if search is not None else LOOKED_UP
    wanted = {name: getattr(query, name) for name in _FILTERS if getattr(query, name)}
    parts = [walk.cut(WALK if walk.is_covered and search is None else bound, wanted) for walk in walks]
    merged = _merged(parts).subquery()
    found = sa.select(merged).join(case_file, _C.case_id == merged.c.case_id).where(*filters)
    if search is not None:
        said = [search.names(_C.case_id, handles(actor)), search.says_all(_C.case_id, _C.unit)]
        found = found.where(sa.or_(*said, *([search.has_all(_C.case_id)] if search.is_common else ())))
    beyond = [walk.has_more(WALK if walk.is_covered and search is None else bound) for walk in walks]
    is_partial = bool(connection.scalar(sa.select(sa.or_(*beyond)))) if beyond else False
    return found.order_by(merged.c.at.desc(), merged.c.case_id.desc()), is_partial


def _newest(found: sa.Select[Any]) -> sa.Select[Any]:
    lines = found.subquery()
    return sa.select(lines).order_by(lines.c.at.desc(), lines.c.case_id.desc())


def _merged(parts: list[sa.Select[Any]]) -> sa.Select[Any]:
    """Each case once."""
    if len(parts) == 1:
        return parts[0]
    return sa.select(sa.union(*(sa.select(part.subquery()) for part in parts)).subquery())


def _filters(query: RegisterQuery) -> list[sa.ColumnElement[bool]]:
    """All that the query asks for but its days and words."""
    t = user_task.c
    wanted = [_C[name] == getattr(query, name) for name in _FILTERS if getattr(query, name)]
    if query.unit:
        of_unit = sa.exists().where(t.case_id == _C.case_id, t.unit == query.unit)  # ix_user_task_of_case
        wanted.append(sa.or_(_C.unit == query.unit, of_unit.correlate(case_file)))
    if query.light:
        running = sa.and_(deadline.c.case_id == _C.case_id, IS_OPEN, deadline.c.state != DeadlineState.PAUSED)
        rank = sa.select(sa.func.min(light_rank("mine", _Clocks))).where(running).correlate(case_file)
        wanted.append(rank.scalar_subquery() == rank_of(query.light))
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
            .where(
                c.case_id.in_(case_ids), c.state == TaskState.OPEN, c.kind == TaskKind.STEP
            )  # ix_user_task_of_case
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
