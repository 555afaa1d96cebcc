"""Who acts: users by name, as the system knows them at the moment of acting."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import EngineError, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.views import RegisterQuery


class UnknownUser(EngineError):
    """A user name that the office does not have."""


def actor_named(engine: Engine, username: str) -> Actor:
    """The person with the grants in force. Raises UnknownUser."""
    with engine.store.read() as work:
        person = work.org.person_by_username(username)
        actor = work.org.actor(person.person_id, engine.clock.now()) if person else None
    if actor is None:
        raise UnknownUser(Message(f"单位里没有用户 {username}。", f"The office has no user {username}."))
    return actor


def newest_case(engine: Engine, procedure: str) -> str | None:
    """The case id of the newest case of a procedure, as an auditor of the office finds it."""
    with engine.store.read() as work:
        auditors = work.org.holders("auditor", None)
        actor = work.org.actor(auditors[0].person_id) if auditors else None
        if actor is None:
            raise UnknownUser(Message("单位里没有审计人员。", "The office has no auditor."))
        found = work.cases.register(actor, RegisterQuery(procedure=procedure, page_size=100), engine.clock.now())
    newest = max(found.rows, key=lambda row: row.case.created_at, default=None)
    return newest.case.case_id if newest else None


def usernames(engine: Engine) -> Mapping[str, str]:
    """User names by person id."""
    with engine.store.read() as work:
        return {person.person_id: person.username for person in work.org.people()}
