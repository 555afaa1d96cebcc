"""Who is told: the persons meant, and whoever stands in for those who are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.ports.store import UnitOfWork
from engine.records.org import Person


def told(work: UnitOfWork, people: Sequence[Person], now: datetime) -> tuple[Person, ...]:
    """The persons, then the deputies of those who are away at `now`; nobody twice. At most one statement.

    An absence adds a person and takes none away. Whether a deputy may know of the case is for the caller to ask,
    of deputies as of everybody else.
    """
    if not people:
        return ()
    deputies = work.reach.deputies([person.person_id for person in people], now)
    return tuple({person.person_id: person for person in (*people, *deputies)}.values())
