"""Whom a person stands in for, over chains of those who are away, and what it stands aside from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.records.org import Grant
from engine.records.reach import Absence
from engine.store import SqlStore, count_statements
from engine.store.repositories.actors import Standing, chains
from engine.store.tables.work import recusal
from tests.builders import a_person, add_case, add_office
from tests.conftest import START

LATER = START + timedelta(days=2)


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)
    add_case(store)
    with store.write() as work:
        for name in ("a", "b", "c", "d"):
            work.org.add_person(a_person(name), [Grant(f"role_{name}", "zrzyj")])


def away(store: SqlStore, person: str, deputy: str, *procedures: str, hours: int = 24) -> None:
    until = START + timedelta(hours=hours)
    name = f"{person}-{deputy}-{'-'.join(procedures)}"
    with store.write() as work:
        work.reach.add_absence(Absence(name, f"p-{person}", f"p-{deputy}", START, until, "", procedures))


def test_an_actor_has_those_it_stands_in_for_and_those_behind_them(store: SqlStore) -> None:
    away(store, "a", "b")
    away(store, "b", "c", "petition_main", "supervision_order")
    away(store, "d", "c", "supervision_order")
    with store.write() as work:
        work.connection.execute(
            recusal.insert(),
            [{"case_id": "c1", "person_id": f"p-{n}", "reason": "", "at": START, "by": ""} for n in "ac"],
        )
    with store.read() as work, count_statements(store) as statements:
        actor = work.org.actor("p-c", START)
        assert statements.count == 1
        assert actor is not None
        assert work.org.actor("p-c") == actor
        nobody, over = work.org.actor("p-c"), work.org.actor("p-c", LATER)
        deputy = work.org.actor("p-b", START)
    assert nobody is not None
    assert over is not None
    assert deputy is not None
    assert (nobody.principals, over.principals) == ((), ())
    assert actor.recused == nobody.recused == {"c1"}
    found = {p.person_id: p for p in actor.principals}
    assert set(found) == {"p-a", "p-b", "p-d"}
    assert found["p-a"].through == ("p-b",)
    assert found["p-a"].procedures == {"petition_main", "supervision_order"}
    assert (found["p-a"].grants, found["p-a"].units) == ({Grant("role_a", "zrzyj")}, {"xfj", "zrzyj"})
    assert (found["p-a"].recused, found["p-b"].recused) == ({"c1"}, set())
    assert found["p-d"].procedures == {"supervision_order"}
    assert [p.person_id for p in deputy.principals] == ["p-a"]
    assert deputy.principals[0].covers("anything")


def test_who_has_left_is_nobodys_principal_and_no_link_of_a_chain(store: SqlStore) -> None:
    away(store, "a", "b")
    away(store, "b", "c")
    with store.write() as work:
        work.org.save_person(replace(a_person("b"), active=False))
    with store.read() as work:
        actor = work.org.actor("p-c", START)
    assert actor is not None
    assert actor.principals == ()


def link(person: str, deputy: str, *procedures: str) -> Standing:
    return Standing(person, deputy, frozenset(procedures))


def test_a_chain_covers_what_every_link_covers_and_ends_in_a_circle() -> None:
    standings = [
        link("a", "b", "x"),
        link("b", "c", "y"),
        link("c", "a"),
        link("d", "c", "x"),
        link("a", "d", "x", "y"),
    ]
    assert [(who, set(covered), through) for who, covered, through in chains("c", standings)] == [
        ("b", {"y"}, ()),
        ("d", {"x"}, ()),
        ("a", {"x"}, ("d",)),
    ]
    both = [link("a", "b"), link("b", "a")]
    assert [who for who, _, _ in chains("a", both)] == ["b"]
