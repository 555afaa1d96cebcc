"""Units, persons, and what a person may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Unit:
    """An office. `code` is its key everywhere (short ASCII); `kind` is free text of the office.

    `closed_at`: it takes no people and no cases any more. `revision` counts the changes made on its page, the last
    one `changed_by` (a person id) at `changed_at`.
    """

    code: str
    name: str
    name_en: str
    parent: str | None = None
    kind: str = ""
    closed_at: datetime | None = None
    revision: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Grant:
    """A role held in a unit. Role keys are those of the lanes: registrar, duty_leader, resp_dept, …"""

    role: str
    unit: str


@dataclass(frozen=True)
class Person:
    """A member of staff; never a petitioner. `email` is "" where none is known.

    `revision` counts what administrators changed of it, roles included, the last time `changed_by` at `changed_at`.
    """

    person_id: str
    username: str
    name: str
    unit: str
    password_hash: str = field(repr=False)
    active: bool = True
    language: str = "zh"
    failed_logins: int = 0
    locked_until: datetime | None = None
    must_change_password: bool = False
    email: str = ""
    revision: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Principal:
    """A person who is away, and whom the actor stands in for now. `procedures` are process ids; none means all.

    `units` are those that the person acts for; `through` are the persons between in a chain, the nearest first.
    `recused` are ids of the cases from which the person stands aside: nothing can be done for it there.
    """

    person_id: str
    name: str
    grants: frozenset[Grant]
    units: frozenset[str]
    procedures: frozenset[str] = frozenset()
    through: tuple[str, ...] = ()
    recused: frozenset[str] = frozenset()

    def covers(self, procedure: str) -> bool:
        return not self.procedures or procedure in self.procedures

    def holds(self, role: str, unit: str) -> bool:
        return Grant(role, unit) in self.grants


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the roles in force at this moment. Every use case takes one first.

    `must_change_password`: the password was given by somebody else and has not been changed yet. `principals` are
    those for whom the actor stands in now; their roles are not the actor's own. `recused` are ids of the cases from
    which the actor stands aside: they do not exist for it either.
    """

    person_id: str
    username: str
    name: str
    unit: str
    grants: frozenset[Grant] = field(default_factory=frozenset)
    must_change_password: bool = field(default=False, compare=False)
    principals: tuple[Principal, ...] = field(default=(), compare=False)
    recused: frozenset[str] = field(default=frozenset(), compare=False)

    def holds(self, role: str, unit: str | None = None) -> bool:
        """Whether the role is held, in the unit where one is given."""
        return any(g.role == role and (unit is None or g.unit == unit) for g in self.grants)

    @property
    def units(self) -> frozenset[str]:
        return frozenset(g.unit for g in self.grants) | {self.unit}

    @property
    def acting_units(self) -> frozenset[str]:
        """The units whose side the actor is on: those of the grants, and the own one though no role is held there.

        A case that accuses one of them does not exist for the actor. Source: 信访工作条例 art. 28 (recusal).
        """
        return self.units

    @property
    def is_admin(self) -> bool:
        return self.holds("process_admin")

    @property
    def is_office_admin(self) -> bool:
        """Keeps units, people and roles; that is nothing that a process admin may do, nor the other way round."""
        return self.holds("office_admin")
