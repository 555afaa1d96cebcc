"""The names of those who drew, reviewed and published, for whoever reads about it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.cases.standing import SYSTEM
from engine.ports.store import UnitOfWork


def names_in(work: UnitOfWork) -> Mapping[str, str]:
    """By person id, those who left included. One statement."""
    return {SYSTEM: "督办系统", **{person.person_id: person.name for person in work.org.people()}}
