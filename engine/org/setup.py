"""Setting up an office: its units and its people, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from engine.audit.record import record_event
from engine.org.people import enter_person, new_person
from engine.ports.engine import Engine
from engine.records.org import Grant, Unit

NewPerson: TypeAlias = tuple[str, str, str, str | None, Sequence[Grant]]
"""User name, name, unit, password (None: nobody can log in), grants."""


def set_up_office(
    engine: Engine, units: Sequence[Unit], people: Sequence[NewPerson], *, must_change_password: bool = False
) -> None:
    """Adds units and people that are not there yet; all of them or none.

    Raises InvalidForm, NotFound (a unit that is not there), Conflict (a user name that is taken).
    """
    prepared = [
        (
            new_person(
                username=username,
                name=name,
                unit=unit,
                password=password,
                must_change_password=must_change_password,
            ),
            tuple(grants),
        )
        for username, name, unit, password, grants in people
    ]
    with engine.store.write() as work:
        work.org.add_units(units)
        for person, grants in prepared:
            enter_person(work, person, grants)
        detail = {
            "units": [unit.code for unit in units],
            "people": [
                {"person_id": person.person_id, "grants": [f"{g.role}@{g.unit}" for g in grants]}
                for person, grants in prepared
            ],
        }
        record_event(work, "OfficeSetUp", detail, actor="system", at=engine.clock.now())
