"""A person's own deadlines as an iCalendar feed, behind a secret address instead of a login.

Calendar programs cannot log in. So whoever has the address may read: it is 256 random bits, only its hash is kept,
and a new one ends the old. What it shows is neutral: the deadline's name and the case's number.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from engine.audit.record import record_event
from engine.errors import Message, NotFound
from engine.notifications.feed_calendar import calendar_of
from engine.ports.engine import Engine
from engine.records.org import Actor

MOST_TASKS = 500
"""The most urgent ones: more would be no calendar any more."""
_BYTES = 32


def make_feed(engine: Engine, actor: Actor) -> str:
    """The secret of a new feed, shown this once. The feed before, if any, is gone."""
    secret, now = secrets.token_urlsafe(_BYTES), engine.clock.now()
    with engine.store.write() as work:
        work.reach.save_feed(actor.person_id, _hash(secret), now)
        record_event(work, "FeedMade", {}, actor=actor.person_id, at=now)
    return secret


def revoke_feed(engine: Engine, actor: Actor) -> None:
    with engine.store.write() as work:
        work.reach.drop_feed(actor.person_id)
        record_event(work, "FeedRevoked", {}, actor=actor.person_id, at=engine.clock.now())


def feed_made_at(engine: Engine, actor: Actor) -> datetime | None:
    """When the actor's feed was made, None where there is none."""
    with engine.store.read() as work:
        return work.reach.feed_made_at(actor.person_id)


def read_feed(engine: Engine, secret: str) -> bytes:
    """The calendar behind a secret: open deadlines of the tasks that its owner holds or may claim.

    Raises NotFound for an unknown secret and for one whose owner is inactive, without telling which.
    """
    hashed = _hash(secret)
    with engine.store.read() as work:
        found = work.reach.feed_owner(hashed)
        owner = (
            work.org.actor(found[0], engine.clock.now())
            if found and hmac.compare_digest(found[1], hashed)
            else None
        )
        person = work.org.person(owner.person_id) if owner else None
        if owner is None or person is None:
            raise NotFound(Message("日历订阅", "calendar feed"), "…")
        duties = work.reach.own_deadlines(owner, limit=MOST_TASKS)
    return calendar_of(
        duties, language=person.language, zone=engine.settings.timezone, public_url=engine.settings.public_url
    )


def _hash(secret: str) -> str:
    """Plain SHA-256: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
