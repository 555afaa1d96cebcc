"""Column types that keep the records' own types: aware UTC instants, tagged values, enums and code lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from engine.values import Value, dumps, loads

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. SQLite keeps integer microseconds since 1970 (sortable, exact), PostgreSQL timestamptz.

    Comes back in UTC. Raises ValueError for a naive datetime: that would be a defect of the caller.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant must be aware")
        if dialect.name == "sqlite":
            return (value - _EPOCH) // _MICROSECOND
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=value)
        at: datetime = value.astimezone(UTC)
        return at


class Tagged(TypeDecorator[Value]):
    """A value in the tagged JSON form of `engine.values`, Han characters as they are."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Value | None, _dialect: Dialect) -> str | None:
        return None if value is None else dumps(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Value | None:
        return None if value is None else loads(value)


class Listed(TypeDecorator[tuple[Value, ...]]):
    """A tuple of values in the tagged JSON form."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Value, ...] | None, _dialect: Dialect) -> str | None:
        return None if value is None else dumps(list(value))

    def process_result_value(self, value: Any, _dialect: Dialect) -> tuple[Value, ...] | None:
        return None if value is None else tuple(loads(value))


class Named(TypeDecorator[Enum]):
    """An enum by its value."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Enum | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(value.value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Enum | None:
        return None if value is None else self.kind(value)


class Codes(TypeDecorator[tuple[str, ...]]):
    """A tuple of codes as `|a|b|` (empty: ""), so that one code can be looked for as `|a|`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        if any("|" in code or not code for code in value):
            raise ValueError("a code is not empty and holds no bar")
        return f"|{'|'.join(value)}|" if value else ""

    def process_result_value(self, value: Any, _dialect: Dialect) -> tuple[str, ...] | None:
        if value is None:
            return None
        return tuple(value[1:-1].split("|")) if value else ()


Sequenced = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row number that the database gives; the order of insertion."""
