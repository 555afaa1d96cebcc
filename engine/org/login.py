"""Logging in: one neutral answer to every failure, the same work for every name, a pause after five failures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from engine.audit.record import record_event
from engine.errors import Forbidden, Message
from engine.org import passwords
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Person

FAILURES = 5
PAUSE = timedelta(minutes=15)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def authenticate(engine: Engine, username: str, password: str) -> Actor:
    """The actor whose password this is. Raises Forbidden, always with the same message."""
    name = normal_username(username)
    with engine.store.read() as work:
        person = work.org.person_by_username(name) if name else None
    # outside any transaction: the comparison is slow on purpose
    if person is None:
        passwords.pretend(password)
        is_right, new_hash = False, None
    else:
        is_right = passwords.is_right(person.password_hash, password)
        outdated = is_right and passwords.is_outdated(person.password_hash)
        new_hash = passwords.hash_password(password) if outdated else None
    with engine.store.write() as work:
        actor = _settle(work, person, engine.clock.now(), is_right=is_right, new_hash=new_hash)
    if actor is None:
        raise _refused()
    return actor


def load_actor(engine: Engine, person_id: str) -> Actor | None:
    """The person with the grants in force now; None where unknown or no longer active."""
    with engine.store.read() as work:
        return work.org.actor(person_id, engine.clock.now())


def normal_username(username: str) -> str | None:
    """The name as it is stored (lower case: letters, digits, `.`, `_`, `-`), None where it cannot be one."""
    name = username.strip().lower()
    return name if _USERNAME.fullmatch(name) else None


def failed_once_more(person: Person, now: datetime) -> Person:
    """The person after one more wrong password; the fifth starts the pause."""
    failures = person.failed_logins + 1
    if failures < FAILURES:
        return replace(person, failed_logins=failures)
    return replace(person, failed_logins=0, locked_until=now + PAUSE)


def is_locked(person: Person, now: datetime) -> bool:
    """Whether the pause after the failures still lasts."""
    return person.locked_until is not None and now < person.locked_until


def _settle(
    work: UnitOfWork, seen: Person | None, now: datetime, *, is_right: bool, new_hash: str | None
) -> Actor | None:
    """Counts and audits the attempt on the person as it stands now, locked; the actor where it may log in."""
    person = work.org.person(seen.person_id) if seen is not None else None
    if person is None or seen is None:
        # the name is not kept: it may be a password typed in the wrong field
        record_event(work, "LoginFailed", {"reason": "unknown"}, actor="unknown", at=now)
        return None
    if is_locked(person, now) or not person.active or person.password_hash != seen.password_hash:
        reason = "locked" if is_locked(person, now) else "inactive"
        record_event(work, "LoginFailed", {"reason": reason}, actor=person.person_id, at=now)
        return None
    if not is_right:
        work.org.save_person(failed_once_more(person, now))
        record_event(work, "LoginFailed", {"reason": "password"}, actor=person.person_id, at=now)
        return None
    welcome = replace(person, failed_logins=0, locked_until=None, password_hash=new_hash or person.password_hash)
    if welcome != person:
        work.org.save_person(welcome)
    record_event(work, "LoggedIn", {}, actor=person.person_id, at=now)
    return work.org.actor(person.person_id, now)


def _refused() -> Forbidden:
    minutes = int(PAUSE.total_seconds() // 60)
    return Forbidden(
        Message(
            f"用户名或密码不正确。请检查后重试；连续 {FAILURES} 次错误后须等待 {minutes} 分钟。"
            "如忘记密码，请联系机关管理员。",
            f"The user name or the password is wrong. Check and try again; after {FAILURES} failures wait "
            f"{minutes} minutes. If you forgot the password, ask an office administrator.",
        )
    )
