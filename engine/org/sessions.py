"""Sessions of the pages: what a browser keeps says who it is; this says whether that still counts.

A cookie cannot be taken back. So each session has an id that a logout ends, and each person a generation that a new
password raises: a copied cookie is worth nothing after either.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.audit.record import record_event
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.values import Data

_UNKNOWN: Data = {"generation": 0, "ended": {}}


@dataclass(frozen=True)
class Session:
    """What the browser is given to keep, signed."""

    session_id: str
    generation: int


def begin_session(engine: Engine, actor: Actor) -> Session:
    """A new session of a person who has just proved who it is."""
    with engine.store.read() as work:
        return Session(secrets.token_urlsafe(18), _state(work, actor.person_id)["generation"])


def load_session_actor(engine: Engine, person_id: str, session: Session) -> Actor | None:
    """The person with the grants in force now; None where unknown, not active, or the session has ended."""
    with engine.store.read() as work:
        state = _state(work, person_id)
        if session.generation != state["generation"] or session.session_id in state["ended"]:
            return None
        return work.org.actor(person_id, engine.clock.now())


def end_session(engine: Engine, actor: Actor, session: Session) -> None:
    """Ends one session; the person's others go on."""
    now = engine.clock.now()
    lifetime = timedelta(hours=engine.settings.session_hours)
    with engine.store.write() as work:
        work.org.person(actor.person_id)  # locks: two sessions that end at once both count
        state = _state(work, actor.person_id)
        ended = {key: at for key, at in state["ended"].items() if _ended_within(at, now, lifetime)}
        _save(work, actor.person_id, {**state, "ended": {**ended, session.session_id: now}})
        record_event(work, "LoggedOut", {}, actor=actor.person_id, at=now)


def end_all_sessions(work: UnitOfWork, person_id: str) -> None:
    """Ends every session of the person, within the writing transaction that changes the password."""
    _save(work, person_id, {"generation": _state(work, person_id)["generation"] + 1, "ended": {}})


def _ended_within(at: datetime, now: datetime, lifetime: timedelta) -> bool:
    """Whether a copy of the cookie could still be young enough."""
    return now - at <= lifetime


def _state(work: UnitOfWork, person_id: str) -> Data:
    return work.registers.mark(_mark(person_id)) or _UNKNOWN


def _save(work: UnitOfWork, person_id: str, state: Data) -> None:
    work.registers.set_mark(_mark(person_id), state)


def _mark(person_id: str) -> str:
    return f"sessions:{person_id}"
