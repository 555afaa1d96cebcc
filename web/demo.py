"""The demo's login page shows whom one may be: the people of the sample office, by what they do."""

from __future__ import annotations

from dataclasses import dataclass

from engine.sample.office import sample_office
from engine.sample.setup import SAMPLE_PASSWORD

DEMO_PASSWORD = SAMPLE_PASSWORD


@dataclass(frozen=True)
class DemoAccount:
    """A line of the list; `roles` are keys."""

    username: str
    name: str
    roles: tuple[str, ...]
    unit_name: str


def demo_accounts() -> tuple[DemoAccount, ...]:
    """In the order of the office: those who walk a case from registration to archive come first."""
    office = sample_office()
    units = {unit.code: unit.name for unit in office.units}
    return tuple(
        DemoAccount(m.username, m.name, tuple(grant.role for grant in m.grants), units[m.unit])
        for m in office.people
    )
