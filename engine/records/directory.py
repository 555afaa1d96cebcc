"""The office's people as its administrator looks for them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.records.org import Actor, Grant, Person

PEOPLE_STATES = ("active", "closed", "locked", "waiting")
"""Those who work here; whose account is closed; whose login pauses; who have not chosen a password yet."""


@dataclass(frozen=True)
class Sought:
    """A word that was typed: a piece of a name, a user name or initials, or of a unit's name (`units`, codes)."""

    word: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looking:
    """For colleagues, those of the unit `first` before others, then by unit and user name. Every word must fit.

    `units`: only those who belong to or act for one of them, None for anybody. `after` is the last one seen.
    """

    first: str
    words: tuple[Sought, ...] = ()
    units: tuple[str, ...] | None = None
    after: Actor | None = None
    limit: int = 60


@dataclass(frozen=True)
class PeopleQuery:
    """Every word must fit. `units`: codes to look in, none meaning all; `role` "" any; `page` from 1."""

    words: tuple[Sought, ...] = ()
    units: tuple[str, ...] = ()
    role: str = ""
    state: str = "active"
    page: int = 1
    page_size: int = 30


@dataclass(frozen=True)
class PeoplePage:
    """People by unit and user name, without password hashes; roles by person id; `total` of all pages."""

    people: tuple[Person, ...]
    grants: dict[str, tuple[Grant, ...]]
    total: int


@dataclass(frozen=True)
class UnitTies:
    """What still ties an office to a unit: people who work there, roles that others hold there, open tasks, open
    cases among its newest. Each number is bounded.
    """

    people: int
    roles: int
    tasks: int
    cases: int
