"""Brings the sample office, the working calendar and the built-in procedures into an engine."""

from __future__ import annotations

from engine.deadlines.calendar import seed_calendar
from engine.definitions.shipped import deploy_builtin
from engine.org.setup import NewPerson, set_up_office
from engine.ports.engine import Engine
from engine.sample.office import sample_office

SAMPLE_PASSWORD = "duban-demo-2026"  # noqa: S105  shown on the demo's login page; no real office has it
"""Of every account of the sample office: the demo and the tests only."""


def set_up_sample(engine: Engine, password: str | None = SAMPLE_PASSWORD) -> None:
    """Does nothing where people are there already, but for procedures whose content changed.

    `password` None: nobody can log in, and nothing is hashed (scenarios need no login).
    """
    with engine.store.read() as work:
        is_empty = not work.org.people()
    if is_empty:
        office = sample_office()
        people = [NewPerson(m.username, m.name, m.unit, password, m.grants, m.email) for m in office.people]
        set_up_office(engine, office.units, people)
    seed_calendar(engine)
    deploy_builtin(engine)
