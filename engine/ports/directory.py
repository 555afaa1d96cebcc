"""Units, people and roles, as whoever keeps the office changes and looks for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from engine.records.directory import PeoplePage, PeopleQuery, UnitTies
from engine.records.org import Grant, Person, Unit
from engine.records.step import AuditEntry


class DirectoryRepository(Protocol):
    def people(self, query: PeopleQuery, now: datetime) -> PeoplePage:
        """By unit and user name. Three statements, each by an index."""
        ...

    def members(self) -> Mapping[str, int]:
        """How many active people each unit has, by code; units without any are missing."""
        ...

    def grants_of(self, person_id: str) -> tuple[Grant, ...]:
        """Sorted by role and unit."""
        ...

    def save_member(self, person: Person) -> None:
        """As `OrgRepository.save_person`, and found by its present name."""
        ...

    def add_grant(self, person_id: str, grant: Grant) -> bool:
        """False where it is held already."""
        ...

    def drop_grant(self, person_id: str, grant: Grant) -> bool:
        """False where it was not held."""
        ...

    def administrators(self) -> frozenset[str]:
        """Ids of the active people who hold `office_admin` and can log in."""
        ...

    def unit(self, code: str) -> Unit | None:
        """In a writing transaction also locked until its end."""
        ...

    def save_unit(self, unit: Unit) -> None: ...
    def ties_of(self, code: str) -> UnitTies:
        """What stands in the way of closing a unit. Five statements; none looks at more than a thousand rows."""
        ...

    def names(self, person_ids: Collection[str]) -> dict[str, str]:
        """By person id; those of nobody are missing."""
        ...

    def office_events(self, limit: int, *, of: str | None = None) -> tuple[AuditEntry, ...]:
        """What was done with units, people and roles, from the system's chain, the newest first.

        `of`: a person's id; only what speaks of it.
        """
        ...
