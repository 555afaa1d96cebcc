"""Who acts: users by name, as the system knows them at the moment of acting."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import EngineError, Message
from engine.ports.engine import Engine
from engine.records.org import Actor


class UnknownUser(EngineError):
    """A user name that the office does not have."""


def actor_named(engine: Engine, username: str) -> Actor:
    """The person with the grants in force. Raises UnknownUser."""
    with engine.store.read() as work:
        person = work.org.person_by_username(username)
        actor = work.org.actor(person.person_id) if person else None
    if actor is None:
        raise UnknownUser(Message(f"单位里没有用户 {username}。", f"The office has no user {username}."))
    return actor


def usernames(engine: Engine) -> Mapping[str, str]:
    """User names by person id."""
    with engine.store.read() as work:
        return {person.person_id: person.username for person in work.org.people()}
