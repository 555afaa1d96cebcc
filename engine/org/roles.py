"""Roles by unit: granted to others, never to oneself; each counts from the next click on."""

from __future__ import annotations

from datetime import datetime

from engine.casework.roles import IN_ORDER
from engine.errors import InvalidForm, InvalidState, Message
from engine.org.fields import wrong_grant
from engine.org.keeping import keep_person
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Grant, Person
from engine.values import Data


def grant_role(engine: Engine, actor: Actor, person_id: str, grant: Grant, *, seen: int) -> Person:
    """Raises as `keep_person`, InvalidForm, InvalidState where it is held already or the account is closed."""

    def act(work: UnitOfWork, person: Person, _now: datetime) -> tuple[Person, Data]:
        errors = list(wrong_grant(grant, {unit.code: unit for unit in work.org.units()}))
        if errors:
            raise InvalidForm(errors)
        if not person.active:
            message = Message("账号已停用，不能授予角色。请先恢复账号。", "The account is closed. Reopen it first.")
            raise InvalidState(message)
        if not work.directory.add_grant(person_id, grant):
            raise InvalidState(Message("已经有这个角色。", "The role is held already."))
        return person, {"grant": f"{grant.role}@{grant.unit}"}

    return keep_person(engine, actor, person_id, "PersonRoleGranted", act, seen=seen)


def revoke_role(engine: Engine, actor: Actor, person_id: str, grant: Grant, *, seen: int) -> Person:
    """What is in hand stays there. Raises as `keep_person`, InvalidState where the role is not held."""

    def act(work: UnitOfWork, person: Person, _now: datetime) -> tuple[Person, Data]:
        if not work.directory.drop_grant(person_id, grant):
            raise InvalidState(Message("没有这个角色，无需收回。", "The role is not held."))
        return person, {"grant": f"{grant.role}@{grant.unit}"}

    return keep_person(engine, actor, person_id, "PersonRoleRevoked", act, seen=seen)


def known_roles(work: UnitOfWork) -> tuple[str, ...]:
    """The standard ones in their order, and behind them what the office has granted beside them."""
    held = {grant.role for grants in work.org.grants().values() for grant in grants}
    return (*IN_ORDER, *sorted(held - set(IN_ORDER)))
