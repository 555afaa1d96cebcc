"""Counts the SQL statements of a block, for tests and benchmarks. BEGIN, COMMIT and ROLLBACK do not count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.ports.store import Store
from engine.store.unit_of_work import SqlStore


@dataclass
class Statements:
    """The statements so far, in order; one that ran for many rows counts once."""

    texts: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.texts)

    def __str__(self) -> str:
        return "\n".join(self.texts)


@contextmanager
def count_statements(store: Store) -> Iterator[Statements]:
    """Yields a counter that follows every statement of the store, whatever the thread."""
    if not isinstance(store, SqlStore):
        raise TypeError("only a store over a database runs statements")
    counter = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counter.texts.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield counter
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", note)
