"""How people are reached: preferences, feeds, absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.org import Person
from engine.store.rows import columns_of, record_of
from engine.store.sealing import Sealer
from engine.store.tables.org import absence as absences
from engine.store.tables.org import person as persons


class Reach:
    """Implements `ReachRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def deputies(self, person_ids: Sequence[str], now: datetime) -> tuple[Person, ...]:
        lasting = sa.and_(absences.c.starts_at <= now, absences.c.ends_at > now)  # ix_absence_of_person
        first = sa.select(absences.c.deputy_id.label("person_id")).where(
            absences.c.person_id.in_(list(person_ids)), lasting
        )
        reached = first.cte("reached", recursive=True)
        # UNION drops whom it has already: two who stand in for each other are an end, not a circle
        further = sa.select(absences.c.deputy_id).where(absences.c.person_id == reached.c.person_id, lasting)
        reached = reached.union(further)
        rows = self._connection.execute(
            sa.select(*columns_of(Person, persons, but=["password_hash"]))
            .where(persons.c.person_id.in_(sa.select(reached.c.person_id)), persons.c.active)
            .order_by(persons.c.username)
        )
        return tuple(record_of(Person, row, persons, password_hash="") for row in rows)
