"""The demo's login page shows whom one may be: every person of the sample office, by what they do."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ports.engine import Engine

DEMO_PASSWORD = "duban-demo-2026"  # noqa: S105 - printed on the demo's own login page


@dataclass(frozen=True)
class DemoAccount:
    username: str
    name: str
    roles: tuple[str, ...]
    unit_name: str


def demo_accounts(engine: Engine) -> tuple[DemoAccount, ...]:
    """In the order of the office: the accounts that walk a case from registration to archive come first."""
    with engine.store.read() as work:
        people, grants = work.org.people(), work.org.grants()
        units = {u.code: u.name for u in work.org.units()}
    ordered = sorted((p for p in people if p.active), key=lambda p: ("." in p.username, p.unit, p.username))
    return tuple(
        DemoAccount(
            p.username, p.name, tuple(g.role for g in grants.get(p.person_id, ())), units.get(p.unit, p.unit)
        )
        for p in ordered
    )
