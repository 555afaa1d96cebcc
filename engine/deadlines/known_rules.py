"""The ids of all deadline rules that exist: of the office's table and of the current procedures' own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine.deadlines.rules import DECISION
from engine.definitions.builtin import shipped_table
from engine.errors import InvalidDiagram
from engine.kernel.lint.tables import read_tables
from engine.ports.store import UnitOfWork


def known_rules(work: UnitOfWork, at: datetime) -> frozenset[str]:
    """A statement for each procedure: for checking a table, not for a step."""
    return frozenset(key for content in _tables(work, at) for key in _keys_in(content))


def office_rules(work: UnitOfWork) -> frozenset[str]:
    """The ids in the office's own table, none where it has no table of its own. One statement."""
    own = work.tables.get(DECISION)
    return frozenset() if own is None else _keys_in(own.content)


def _tables(work: UnitOfWork, at: datetime) -> Iterator[bytes]:
    own = work.tables.get(DECISION)
    for content in (shipped_table(DECISION), None if own is None else own.content):
        if content is not None:
            yield content
    for key in dict.fromkeys(summary.key for summary in work.definitions.list(at)):
        definition = work.definitions.current(key, at)
        for file in definition.files if definition is not None else ():
            if file.path.endswith(".dmn") and DECISION.encode() in file.content:
                yield file.content


def _keys_in(content: bytes) -> frozenset[str]:
    try:
        tables = tuple(read_tables(content, f"{DECISION}.dmn"))
    except InvalidDiagram:
        return frozenset()
    return frozenset(key for table in tables if table.id == DECISION for key in table.keys)
