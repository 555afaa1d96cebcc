"""Setting up an office: its units and its people, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.audit.record import record_event
from engine.org.people import enter_person, new_person
from engine.ports.engine import Engine
from engine.records.org import Grant, Unit


@dataclass(frozen=True)
class NewPerson:
    """A person to enter. `password` None: nobody can log in as it; `email` "": not reached by mail."""

    username: str
    name: str
    unit: str
    password: str | None = field(repr=False)
    grants: tuple[Grant, ...] = ()
    email: str = ""


def set_up_office(
    engine: Engine, units: Sequence[Unit], people: Sequence[NewPerson], *, must_change_password: bool = False
) -> None:
    """Adds units and people that are not there yet; all of them or none.

    Raises InvalidForm, NotFound (a unit that is not there), Conflict (a user name that is taken).
    """
    prepared = [
        (
            new_person(
                username=one.username,
                name=one.name,
                unit=one.unit,
                password=one.password,
                must_change_password=must_change_password,
                email=one.email,
            ),
            one.grants,
        )
        for one in people
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
