"""Between records and rows: a record's fields are named as its table's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

R = TypeVar("R")

AnyRow: TypeAlias = sa.Row[*tuple[Any, ...]]
"""A row of whatever columns."""


def values_of(record: Any) -> dict[str, Any]:
    """Column values by name, shallow: the column types do the rest."""
    return {name: getattr(record, name) for name in _names(record.__class__)}


def record_of(kind: Callable[..., R], row: AnyRow, table: sa.FromClause, **more: Any) -> R:
    """The record in a row that selects all columns of `table` but those given in `more`."""
    mapping = row._mapping
    columns = _columns(kind, table, frozenset(more))
    return kind(**{name: mapping[column] for name, column in columns}, **more)


def columns_of(
    kind: Callable[..., object], table: sa.FromClause, *, but: Sequence[str] = ()
) -> list[sa.ColumnElement[Any]]:
    """The columns of `table` that a record needs."""
    return [table.c[name] for name in _names(kind) if name not in but]


def upsert(
    connection: sa.Connection, table: sa.Table, key: Sequence[str], change: Mapping[str, Any] | None
) -> sa.Insert:
    """INSERT … ON CONFLICT (key) DO UPDATE, or DO NOTHING where `change` is None.

    `change` maps columns to expressions; the value None stands for the value that was to be inserted.
    """
    if connection.dialect.name == "sqlite":
        on_sqlite = sqlite.insert(table)
        if change is None:
            return on_sqlite.on_conflict_do_nothing(index_elements=key)
        return on_sqlite.on_conflict_do_update(index_elements=key, set_=_filled(change, on_sqlite.excluded))
    on_postgres = postgresql.insert(table)
    if change is None:
        return on_postgres.on_conflict_do_nothing(index_elements=key)
    return on_postgres.on_conflict_do_update(index_elements=key, set_=_filled(change, on_postgres.excluded))


def _filled(change: Mapping[str, Any], excluded: Any) -> dict[str, Any]:
    return {name: excluded[name] if value is None else value for name, value in change.items()}


@cache
def _columns(
    kind: Any, table: sa.FromClause, given: frozenset[str]
) -> tuple[tuple[str, sa.ColumnElement[Any]], ...]:
    """Names and columns of what is read from the row. For tables of the schema only: they are never many."""
    return tuple((name, table.c[name]) for name in _names(kind) if name not in given)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
