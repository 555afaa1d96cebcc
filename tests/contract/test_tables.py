"""Versions of the office's tables, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import Conflict
from engine.ports.store import Store
from engine.records.tables import TableVersion
from tests.conftest import START


def a_version(table_id: str = "lights", version: int = 1, content: bytes = b"<x/>") -> TableVersion:
    return TableVersion(table_id, version, 0, "0" * 64, START, "p-admin", "说明", content)


def test_the_newest_version_of_each_table_holds(store: Store) -> None:
    with store.write() as work:
        assert work.tables.revision() == 0
        for made in (a_version(), a_version(version=2, content=b"<y/>"), a_version("duties")):
            work.tables.add(made)
        assert work.tables.revision() == 3
    with store.read() as work:
        assert work.tables.revision() == 3
        assert {(t.table_id, t.version, t.content) for t in work.tables.newest()} == {
            ("lights", 2, b"<y/>"),
            ("duties", 1, b"<x/>"),
        }
        assert [line.version for line in work.tables.versions("lights")] == [2, 1]
        old = work.tables.get("lights", 1)
        assert old == replace(a_version(), revision=1)
        newest = work.tables.get("lights")
        assert newest is not None
        assert newest.version == 2
        assert work.tables.get("lights", 3) is None
        assert work.tables.get("salaries") is None


def test_a_version_is_added_once(store: Store) -> None:
    with store.write() as work:
        work.tables.add(a_version())
    with pytest.raises(Conflict), store.write() as work:
        work.tables.add(a_version(content=b"<y/>"))
    with store.read() as work:
        assert work.tables.revision() == 1
