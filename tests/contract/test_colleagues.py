"""Colleagues are looked for portion by portion along an index, however many work there, on both databases."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from engine.records.directory import Looking, Sought
from engine.records.org import Grant
from engine.store import SqlStore, count_statements
from tests.builders import a_person, add_office


def an_office(store: SqlStore) -> None:
    add_office(store)
    with store.write() as work:
        for n in range(30):
            unit = ("xfj", "zrzyj", "cgjd")[n % 3]
            work.org.add_person(a_person(f"p{n:02}", unit, name=f"单小红{n}"), [Grant("registrar", unit)])


def look(store: SqlStore, looking: Looking) -> list[list[str]]:
    """User names, by portion."""
    portions = []
    with store.read() as work:
        while found := work.desk.colleagues(looking):
            portions.append([each.username for each in found])
            looking = replace(looking, after=found[-1])
    return portions


def test_everybody_comes_once_the_own_unit_first_in_portions_of_three_statements(store: SqlStore) -> None:
    an_office(store)
    with store.read() as work:
        staff = [person for person in work.org.people() if person.active]
    portions = look(store, Looking("zrzyj", limit=7))
    assert {len(portion) for portion in portions[:-1]} == {7}
    assert [name for portion in portions for name in portion] == [
        p.username for p in sorted(staff, key=lambda p: (p.unit != "zrzyj", p.unit, p.username))
    ]
    with count_statements(store) as statements, store.read() as work:
        (first, *_) = work.desk.colleagues(Looking("zrzyj", limit=20))
    assert statements.count == 3
    assert first.grants


def test_each_word_must_fit_a_name_or_a_unit(store: SqlStore) -> None:
    an_office(store)
    red = Sought("sxh1", ("none",))
    (found,) = look(store, Looking("xfj", (red,)))
    assert found == ["p12", "p15", "p18", "p11", "p14", "p17", "p01", "p10", "p13", "p16", "p19"]
    assert look(store, Looking("xfj", (red, Sought("cgjd", ("cgjd",))))) == [["p11", "p14", "p17"]]
    assert look(store, Looking("xfj", units=("cgjd",), words=(Sought("%"),))) == []


def test_a_portion_walks_the_index_and_sorts_nothing(sqlite_store: SqlStore) -> None:
    an_office(sqlite_store)
    asked: list[str] = []
    with sqlite_store.read() as work:
        sa.event.listen(work.connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        work.desk.colleagues(Looking("zrzyj", limit=20))
    with sqlite_store.engine.connect() as connection:
        for statement, index in zip(asked[:2], ("ix_person_of_unit", "ix_person_listed"), strict=True):
            given = ("zrzyj", 1, 20, 0)[: statement.count("?")]
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            told = " ".join(row.detail for row in plan)
            assert index in told
            assert "TEMP B-TREE" not in told
