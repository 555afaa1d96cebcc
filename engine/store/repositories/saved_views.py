"""Saved views of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from engine.records.work import SavedView
from engine.store.rows import columns_of, record_of, values_of
from engine.store.tables.work import saved_view

_c = saved_view.c


class SavedViews:
    """Implements `SavedViewsRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, view: SavedView) -> None:
        self._connection.execute(saved_view.insert().values(values_of(view)))

    def get(self, view_id: str) -> SavedView | None:
        row = self._connection.execute(_select().where(_c.view_id == view_id)).one_or_none()
        return None if row is None else record_of(SavedView, row, saved_view)

    def save(self, view: SavedView) -> None:
        changed = {"name": view.name, "query": view.query, "unit": view.unit}
        self._connection.execute(saved_view.update().where(_c.view_id == view.view_id).values(changed))

    def drop(self, view_id: str) -> None:
        self._connection.execute(saved_view.delete().where(_c.view_id == view_id))

    def count_of(self, owner: str, page: str) -> int:
        counted = sa.select(sa.func.count()).where(_c.owner == owner, _c.page == page)
        return self._connection.execute(counted).scalar_one()

    def open_to(self, person_id: str, units: Sequence[str], page: str, limit: int) -> tuple[SavedView, ...]:
        given = {"person_id": person_id, "units": sorted(units), "page": page, "most": limit}
        rows = self._connection.execute(_OPEN_TO, given)
        return tuple(record_of(SavedView, row, saved_view) for row in rows)


def _select() -> sa.Select[*tuple[object, ...]]:
    return sa.select(*columns_of(SavedView, saved_view))


def _open_to() -> sa.Select[*tuple[object, ...]]:
    own = _c.owner == sa.bindparam("person_id")  # ix_saved_view_of_owner
    shared = _c.unit.in_(sa.bindparam("units", expanding=True))  # ix_saved_view_of_unit
    return (
        _select()
        .where(_c.page == sa.bindparam("page"), sa.or_(own, shared))
        .order_by(own.desc(), sa.case((own, ""), else_=_c.name), _c.created_at, _c.view_id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


_OPEN_TO: Final = _open_to()
"""Put together once: every page's rail lists them."""
