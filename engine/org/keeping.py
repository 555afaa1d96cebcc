"""Who keeps the office: its administrators change units, people and roles; auditors read them.

Every change locks what it changes, then the system's chain of audit, and asks again whether whoever makes it is an
administrator still: of two who take the role from each other at the same moment the second is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from engine.audit.record import record_event, record_refusal
from engine.errors import Conflict, Forbidden, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Person, Unit
from engine.values import Data

OFFICE_ADMIN: Final = "office_admin"

Act: TypeAlias = Callable[[UnitOfWork, Person, datetime], tuple[Person, Data]]
"""Gives the person as it is to be, and what the audit keeps of it beside the person's id."""
UnitAct: TypeAlias = Callable[[UnitOfWork, Unit, datetime], tuple[Unit, Data]]


def may_read_office(actor: Actor) -> bool:
    return actor.is_office_admin or actor.holds("auditor")


def require_reader(engine: Engine, actor: Actor) -> None:
    """Raises Forbidden (audited)."""
    if not may_read_office(actor):
        record_refusal(engine, actor, "read_office", {})
        raise _not_yours()


def require_keeper(engine: Engine, actor: Actor, attempted: str, detail: Data) -> None:
    """Raises Forbidden (audited)."""
    if not actor.is_office_admin:
        record_refusal(engine, actor, attempted, detail)
        raise _not_yours()


def keep_person(
    engine: Engine, actor: Actor, person_id: str, event: str, act: Act, *, seen: int, own: bool = False
) -> Person:
    """Changes one person in one transaction; `seen` is the revision that the change was made from.

    `own`: it may be done to oneself. Raises NotFound, Forbidden (audited), InvalidState where no administrator
    would be left, and Conflict naming who changed it meanwhile.
    """
    require_keeper(engine, actor, event, {"person_id": person_id})
    if person_id == actor.person_id and not own:
        record_refusal(engine, actor, event, {"person_id": person_id})
        raise _not_oneself()
    now = engine.clock.now()
    with refusals_audited(engine, actor, event, {"person_id": person_id}), engine.store.write() as work:
        person = work.org.person(person_id)
        if person is None:
            raise NotFound(Message("人员", "person"), person_id)
        require_seen(work, person, seen, person.name)
        require_still_keeper(work, actor)
        changed, detail = act(work, person, now)
        changed = replace(changed, revision=person.revision + 1, changed_by=actor.person_id, changed_at=now)
        work.directory.save_member(changed)
        require_administrator_left(work)
        record_event(work, event, {"person_id": person_id, **detail}, actor=actor.person_id, at=now)
    return replace(changed, password_hash="")


def keep_unit(engine: Engine, actor: Actor, code: str, event: str, act: UnitAct, *, seen: int) -> Unit:
    """As `keep_person`, of a unit."""
    require_keeper(engine, actor, event, {"unit": code})
    now = engine.clock.now()
    with refusals_audited(engine, actor, event, {"unit": code}), engine.store.write() as work:
        unit = work.directory.unit(code)
        if unit is None:
            raise NotFound(Message("单位", "unit"), code)
        require_seen(work, unit, seen, unit.name)
        require_still_keeper(work, actor)
        changed, detail = act(work, unit, now)
        changed = replace(changed, revision=unit.revision + 1, changed_by=actor.person_id, changed_at=now)
        work.directory.save_unit(changed)
        record_event(work, event, {"unit": code, **detail}, actor=actor.person_id, at=now)
    return changed


def require_still_keeper(work: UnitOfWork, actor: Actor) -> None:
    """Locks the system's chain first, so that nobody takes the role away behind the answer. Raises Forbidden."""
    work.registers.audit_head(None)
    now_is = work.org.actor(actor.person_id)
    if now_is is None or not now_is.is_office_admin:
        raise _not_yours()


def require_administrator_left(work: UnitOfWork) -> None:
    """After a change, the chain locked. Raises InvalidState where nobody could undo it."""
    if not work.directory.administrators():
        raise last_administrator()


def is_not_needed(work: UnitOfWork, person_id: str) -> bool:
    """Whether the person is not the last administrator. Locks the system's chain first."""
    work.registers.audit_head(None)
    return work.directory.administrators() != {person_id}


def require_seen(work: UnitOfWork, kept: Person | Unit, seen: int, name: str) -> None:
    """Raises Conflict where somebody else changed it since it was looked at."""
    if kept.revision == seen:
        return
    by = work.org.person(kept.changed_by) if kept.changed_by else None
    who, who_en = (by.name, by.name) if by else ("他人", "somebody else")
    raise Conflict(
        Message(
            f"“{name}”已由{who}修改，您的修改没有保存。请看过现在的内容后再改。",
            f"{who_en} has changed “{name}” meanwhile; your change was not saved. Look at it as it is now first.",
        ),
        by=kept.changed_by or None,
        at=kept.changed_at.isoformat() if kept.changed_at else None,
    )


@contextmanager
def refusals_audited(engine: Engine, actor: Actor, attempted: str, detail: Data) -> Iterator[None]:
    try:
        yield
    except Forbidden:
        record_refusal(engine, actor, attempted, detail)
        raise


def last_administrator() -> InvalidState:
    return InvalidState(
        Message(
            "这是最后一位能登录的机关管理员，不能停用或收回其角色。请先把“机关管理员”授予另一人。",
            "This is the last office administrator who can log in. Grant the role to somebody else first.",
        )
    )


def _not_yours() -> Forbidden:
    return Forbidden(
        Message(
            "单位、人员和角色由机关管理员维护。请联系机关管理员。",
            "Units, people and roles are kept by the office administrator. Ask one.",
        )
    )


def _not_oneself() -> Forbidden:
    return Forbidden(
        Message(
            "不能停用自己的账号、重置自己的密码或改变自己的角色。请由另一位机关管理员办理；改密码请到“个人设置”。",
            "Nobody closes the own account here, or changes the own roles or password. Another office "
            "administrator does that; change your password on your own page.",
        )
    )
