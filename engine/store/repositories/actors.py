"""A person as it acts at a moment: its grants, whom it stands in for, and what it stands aside from."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from engine.records.org import Actor, Grant, Principal
from engine.store.rows import AnyRow
from engine.store.tables.org import absence as absences
from engine.store.tables.org import person as persons
from engine.store.tables.org import role_grant
from engine.store.tables.work import recusal as recusals
from engine.store.types import Codes

_PERSON, _GRANT, _RECUSAL, _ABSENCE = "person", "grant", "recusal", "absence"


@dataclass(frozen=True)
class Standing:
    """A principal, and for which procedures (none: all) it is away; `deputy_id` stands in."""

    person_id: str
    deputy_id: str
    procedures: frozenset[str]


@dataclass(frozen=True)
class _Found:
    people: Mapping[str, AnyRow]
    grants: Mapping[str, frozenset[Grant]]
    recused: Mapping[str, frozenset[str]]
    standings: tuple[Standing, ...]


def load_actor(connection: sa.Connection, person_id: str, at: datetime | None) -> Actor | None:
    """None where unknown or inactive. `at`: with those whom the person stands in for then. One statement."""
    found = _find(connection, person_id, at)
    me = found.people.get(person_id)
    if me is None:
        return None
    return Actor(
        person_id=person_id,
        username=me.a,
        name=me.b,
        unit=me.c,
        grants=found.grants[person_id],
        must_change_password=bool(me.d),
        principals=tuple(_principal(found, *link) for link in chains(person_id, found.standings)),
        recused=found.recused[person_id],
    )


def chains(deputy_id: str, standings: Sequence[Standing]) -> Iterator[tuple[str, frozenset[str], tuple[str, ...]]]:
    """Whom the deputy reaches, over others who are away too: (person, procedures, those between), shortest first.

    A chain covers what every link of it covers; what a shorter one covers already is left out. Ends in circles too.
    """
    away: dict[str, list[Standing]] = defaultdict(list)
    for standing in standings:
        away[standing.deputy_id].append(standing)
    known: dict[str, list[frozenset[str]]] = defaultdict(list)
    waiting: deque[tuple[str, frozenset[str], tuple[str, ...]]] = deque([(deputy_id, frozenset(), ())])
    while waiting:
        at, covered, between = waiting.popleft()
        for link in sorted(away[at], key=lambda s: (s.person_id, sorted(s.procedures))):
            both = _both(covered, link.procedures)
            if both is None or link.person_id == deputy_id or any(_within(both, k) for k in known[link.person_id]):
                continue
            known[link.person_id].append(both)
            yield link.person_id, both, between
            waiting.append((link.person_id, both, (*between, link.person_id)))


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    """What both cover, the empty set meaning everything; None for nothing."""
    if not one or not other:
        return one or other
    return one & other or None


def _within(part: frozenset[str], whole: frozenset[str]) -> bool:
    return not whole or (bool(part) and part <= whole)


def _principal(found: _Found, person_id: str, procedures: frozenset[str], through: tuple[str, ...]) -> Principal:
    row, grants = found.people[person_id], found.grants[person_id]
    return Principal(
        person_id=person_id,
        name=row.b,
        grants=grants,
        units=frozenset(g.unit for g in grants) | {row.c},
        procedures=procedures,
        through=tuple(reversed(through)),
        recused=found.recused[person_id],
    )


def _find(connection: sa.Connection, person_id: str, at: datetime | None) -> _Found:
    people: dict[str, AnyRow] = {}
    grants: dict[str, set[Grant]] = defaultdict(set)
    recused: dict[str, set[str]] = defaultdict(set)
    standings = []
    for row in connection.execute(_FINDING[at is not None], {"person_id": person_id, "at": at}):
        match row.kind:
            case "person":
                people[row.who] = row
            case "grant":
                grants[row.who].add(Grant(row.a, row.b))
            case "recusal":
                recused[row.who].add(row.a)
            case _:
                covered = Codes().process_result_value(row.b, connection.dialect) or ()
                standings.append(Standing(row.who, row.a, frozenset(covered)))
    return _Found(
        people,
        defaultdict(frozenset, {who: frozenset(held) for who, held in grants.items()}),
        defaultdict(frozenset, {who: frozenset(cases) for who, cases in recused.items()}),
        tuple(standings),
    )


def _statement(*, with_principals: bool) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Of the person `:person_id`, and of those stood in for at `:at`."""
    mine = persons.c.person_id == sa.bindparam("person_id")
    me = sa.select(persons.c.person_id.label("who")).where(mine, persons.c.active)
    reached: sa.CTE = me.cte("reached", recursive=with_principals)
    if with_principals:
        reached = reached.union(  # drops whom it has already: a circle is an end
            sa.select(absences.c.person_id)
            .select_from(absences.join(persons, persons.c.person_id == absences.c.person_id))
            .where(absences.c.deputy_id == reached.c.who, *_lasting(), persons.c.active)  # ix_absence_of_deputy
        )
    who = sa.select(reached.c.who)
    p, g, r, a = persons.c, role_grant.c, recusals.c, absences.c
    must_change = sa.case((p.must_change_password, "1"), else_="")
    parts = [
        _row(_PERSON, p.person_id, p.username, p.name, p.unit, must_change).where(p.person_id.in_(who)),
        _row(_GRANT, g.person_id, g.role, g.unit).where(g.person_id.in_(who)),
        _row(_RECUSAL, r.person_id, r.case_id).where(r.person_id.in_(who)),  # ix_recusal_of_person
    ]
    if with_principals:
        of_them = _row(_ABSENCE, a.person_id, a.deputy_id, sa.type_coerce(a.procedures, sa.Text))
        parts.append(of_them.where(a.deputy_id.in_(who), a.person_id.in_(who), *_lasting()))
    return sa.union_all(*parts)


def _row(kind: str, who: sa.ColumnElement[str], *columns: sa.ColumnElement[str]) -> sa.Select[*tuple[Any, ...]]:
    blank = [sa.literal("", sa.Text)] * (4 - len(columns))
    named = [column.label(name) for name, column in zip("abcd", (*columns, *blank), strict=True)]
    return sa.select(sa.literal(kind, sa.Text).label("kind"), who.label("who"), *named)


def _lasting() -> tuple[sa.ColumnElement[bool], ...]:
    at = sa.bindparam("at", type_=absences.c.starts_at.type)
    return absences.c.starts_at <= at, absences.c.ends_at > at


_FINDING: Final = {True: _statement(with_principals=True), False: _statement(with_principals=False)}
"""Put together once: every request begins with it."""
