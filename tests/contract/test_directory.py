"""People found by a few letters, and two administrators at one moment, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.errors import EngineError, Forbidden
from engine.kernel.run import Kernel
from engine.org.roles import revoke_role
from engine.ports.engine import Engine
from engine.records.directory import PeopleQuery, Sought, UnitTies
from engine.records.org import Actor, Grant
from engine.store import SqlStore, count_statements
from tests.builders import a_person, a_task, add_case, add_office
from tests.conftest import START

KEEPER = Grant("office_admin", "xfj")


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)
    with store.write() as work:
        for username, name in (("dengji", "单小红"), ("zhiban", "沈立秋"), ("x.qiu", "Ｑiu 100%")):
            work.org.add_person(a_person(username, name=name), [Grant("registrar", "xfj")])


def found(store: SqlStore, *words: str, **given: object) -> list[str]:
    query = PeopleQuery(words=tuple(Sought(word) for word in words), **given)  # type: ignore[arg-type]
    with store.read() as work:
        return [person.username for person in work.directory.people(query, START).people]


@pytest.mark.parametrize(
    ("typed", "usernames"),
    [
        ("小红", ["dengji"]),
        ("红", ["dengji"]),
        ("sxh", ["dengji"]),
        ("dxh", ["dengji"]),
        ("XH", ["dengji"]),
        ("dengj", ["dengji"]),
        ("engji", []),
        ("banli", ["cgjd.banli", "zrzyj.banli"]),
        ("qiu", ["x.qiu"]),
        ("100%", ["x.qiu"]),
        ("%", ["x.qiu"]),
        ("_", []),
        ("同志", ["cgjd.banli", "jingban", "zrzyj.banli"]),
    ],
)
def test_a_piece_of_a_name_finds_its_people(store: SqlStore, typed: str, usernames: list[str]) -> None:
    assert found(store, typed) == usernames


def test_words_units_roles_and_states_narrow_together(store: SqlStore) -> None:
    assert found(store, "banli", "zr") == ["zrzyj.banli"]
    assert found(store, units=("zrzyj", "cgjd"), role="resp_dept") == ["cgjd.banli", "zrzyj.banli"]
    assert found(store, role="registrar", page=2, page_size=2) == ["x.qiu", "zhiban"]
    with store.write() as work:
        gone = work.org.person("p-dengji")
        assert gone is not None
        work.directory.save_member(replace(gone, active=False, name="另一名"))
    assert found(store, "小红", state="closed") == []
    assert found(store, "ling", state="closed") == []
    assert found(store, "lym", state="closed") == ["dengji"]
    assert found(store, "lym") == []


def test_a_unit_says_what_is_left_in_it(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task("offered", unit="zrzyj"), a_task("held", assignee="p-zrzyj.banli")))
    with store.write() as work:
        work.directory.add_grant("p-jingban", Grant("duty_desk", "zrzyj"))
    with store.read() as work:
        assert work.directory.ties_of("zrzyj") == UnitTies(people=1, roles=1, tasks=2, cases=0)
        assert work.directory.ties_of("xfj").cases == 1


def test_a_sheet_of_people_costs_three_statements_by_index(store: SqlStore) -> None:
    query = PeopleQuery(words=(Sought("小", ("xfj",)),), units=("xfj",), role="registrar")
    with store.read() as work, count_statements(store) as statements:
        for state in ("active", "closed", "locked"):
            work.directory.people(replace(query, state=state), START)
        assert statements.count == 3 * 2 + 1  # nobody's roles are asked for where nobody was found
        work.directory.ties_of("xfj")
        work.directory.office_events(10)
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            asked = [f"EXPLAIN QUERY PLAN {text.replace('?', '1')}" for text in statements.texts]
            plans = [row[3] for text in asked for row in connection.exec_driver_sql(text)]
        derived = "SCAN CONSTANT ROW", "SCAN anon", "SCAN (subquery"
        scans = [p for p in plans if p.startswith("SCAN") and "ix_" not in p and not p.startswith(derived)]
        assert scans == [], plans


def test_two_administrators_who_take_the_role_from_each_other_leave_one(
    store: SqlStore, settings: Settings
) -> None:
    with store.write() as work:
        for name in "ab":
            work.org.add_person(a_person(name, password_hash="hash"), [KEEPER])
    engine = Engine(settings, ManualClock(START), store, Kernel.__new__(Kernel))
    admins = {name: Actor(f"p-{name}", name, name, "xfj", frozenset({KEEPER})) for name in "ab"}
    ready, refused = threading.Barrier(2), []

    def take(by: str, of: str) -> None:
        ready.wait()
        try:
            revoke_role(engine, admins[by], f"p-{of}", KEEPER, seen=0)
        except EngineError as error:
            refused.append(type(error))

    threads = [threading.Thread(target=take, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert refused == [Forbidden]
    with store.read() as work:
        assert len(work.directory.administrators()) == 1
