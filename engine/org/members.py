"""People of the office: entering, changing, closing and reopening them, and their way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.audit.record import record_event
from engine.errors import FieldError, InvalidForm, InvalidState, Message, NotFound
from engine.org import passwords
from engine.org.absence_endings import end_with_account
from engine.org.fields import LONGEST_REASON, wrong_email, wrong_grant, wrong_name, wrong_unit
from engine.org.keeping import keep_person, refusals_audited, require_keeper, require_still_keeper
from engine.org.one_time import one_time_password
from engine.org.people import enter_person, new_person
from engine.org.sessions import end_all_sessions
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Grant, Person, Unit
from engine.values import Data


@dataclass(frozen=True)
class LetIn:
    """A person and the password to hand over: it is nowhere else, and good for one login."""

    person: Person
    password: str = field(repr=False)


def enter_member(
    engine: Engine,
    actor: Actor,
    *,
    username: str,
    name: str,
    unit: str,
    email: str = "",
    grants: Sequence[Grant] = (),
) -> LetIn:
    """A new person with a one-time password. Raises Forbidden (audited), InvalidForm, Conflict (a name taken)."""
    require_keeper(engine, actor, "PersonAdded", {"unit": unit})
    password = one_time_password()
    errors = [*wrong_name("name", name), *wrong_email(email)]
    with engine.store.read() as work:
        units = _units(work)
    errors += [*wrong_unit("unit", unit, units), *(e for g in grants for e in wrong_grant(g, units))]
    if errors:
        raise InvalidForm(errors)
    now = engine.clock.now()
    made = new_person(
        username=username, name=name, unit=unit, password=password, must_change_password=True, email=email
    )
    made = replace(made, changed_by=actor.person_id, changed_at=now)
    with refusals_audited(engine, actor, "PersonAdded", {"unit": unit}), engine.store.write() as work:
        require_still_keeper(work, actor)
        enter_person(work, made, grants)
        detail: Data = {"person_id": made.person_id, "unit": unit, "grants": [f"{g.role}@{g.unit}" for g in grants]}
        record_event(work, "PersonAdded", detail, actor=actor.person_id, at=now)
    return LetIn(replace(made, password_hash=""), password)


def change_member(
    engine: Engine, actor: Actor, person_id: str, *, name: str, unit: str, email: str, seen: int
) -> Person:
    """Name, unit and address. Roles stay as they are. Raises as `keep_person`, and InvalidForm."""

    def act(work: UnitOfWork, person: Person, _now: datetime) -> tuple[Person, Data]:
        errors = [*wrong_name("name", name), *wrong_email(email)]
        if unit != person.unit:
            errors += wrong_unit("unit", unit, _units(work))
        if errors:
            raise InvalidForm(errors)
        changed = replace(person, name=name.strip(), unit=unit, email=email)
        # an address is nobody's business but the person's: that it changed, not what it is
        was: Data = {"name": [person.name, changed.name], "unit": [person.unit, changed.unit]}
        detail: Data = {key: pair for key, pair in was.items() if pair[0] != pair[1]}
        return changed, {**detail, "email_changed": email != person.email}

    return keep_person(engine, actor, person_id, "PersonChanged", act, seen=seen, own=True)


def close_member(
    engine: Engine, actor: Actor, person_id: str, *, reason: str, seen: int, knows_held: bool = False
) -> Person:
    """Nobody logs in as it any more, and its sessions end at once. What it holds stays until it is handed over.

    `knows_held`: the administrator was shown that tasks are left. Raises as `keep_person`, and InvalidForm.
    """

    def act(work: UnitOfWork, person: Person, now: datetime) -> tuple[Person, Data]:
        if not person.active:
            raise _is_closed(person)
        held = sum(work.stand_ins.count_held(person_id).values())
        errors = list(_wrong_reason(reason))
        if held and not knows_held:
            message = Message(
                f"名下还有 {held} 件在办任务。请先转办，或勾选确认立即停用。",
                f"{held} open task(s) are left. Hand them over first, or confirm that it is closed at once.",
            )
            errors.append(FieldError("knows_held", message))
        if errors:
            raise InvalidForm(errors)
        end_all_sessions(work, person_id)
        end_with_account(work, person, now)
        grants = [f"{g.role}@{g.unit}" for g in work.directory.grants_of(person_id)]
        return replace(person, active=False), {"reason": reason.strip(), "left": held, "grants": grants}

    return keep_person(engine, actor, person_id, "PersonDeactivated", act, seen=seen)


def reopen_member(engine: Engine, actor: Actor, person_id: str, *, seen: int) -> LetIn:
    """Who comes back begins without roles and with a one-time password. Raises as `keep_person`, InvalidForm."""
    password = one_time_password()
    hashed = passwords.hash_password(password)

    def act(work: UnitOfWork, person: Person, _now: datetime) -> tuple[Person, Data]:
        if person.active:
            message = Message(f"“{person.name}”的账号是启用的。", f"The account of “{person.name}” is open.")
            raise InvalidState(message)
        errors = list(wrong_unit("unit", person.unit, _units(work)))
        if errors:
            raise InvalidForm(errors)
        dropped = work.directory.grants_of(person_id)
        for grant in dropped:
            work.directory.drop_grant(person_id, grant)
        return _let_in(person, hashed), {"dropped": [f"{g.role}@{g.unit}" for g in dropped]}

    return LetIn(keep_person(engine, actor, person_id, "PersonReopened", act, seen=seen), password)


def give_password(engine: Engine, actor: Actor, person_id: str, *, seen: int) -> LetIn:
    """A one-time password in place of the present one; ends all sessions and a pause. Raises as `keep_person`."""
    password = one_time_password()
    hashed = passwords.hash_password(password)

    def act(work: UnitOfWork, person: Person, _now: datetime) -> tuple[Person, Data]:
        if not person.active:
            raise _is_closed(person)
        end_all_sessions(work, person_id)
        return _let_in(person, hashed), {}

    return LetIn(keep_person(engine, actor, person_id, "PersonPasswordGiven", act, seen=seen), password)


def unlock_member(engine: Engine, actor: Actor, person_id: str, *, seen: int) -> Person:
    """Ends the pause after wrong passwords; the password stays. Raises as `keep_person`."""

    def act(_work: UnitOfWork, person: Person, _now: datetime) -> tuple[Person, Data]:
        return replace(person, failed_logins=0, locked_until=None), {}

    return keep_person(engine, actor, person_id, "PersonUnlocked", act, seen=seen)


def reset_from_installation(engine: Engine, username: str) -> LetIn:
    """The installation's own way in, for an office whose administrators have all lost theirs. Raises NotFound."""
    password = one_time_password()
    hashed = passwords.hash_password(password)
    now = engine.clock.now()
    with engine.store.write() as work:
        person = work.org.person_by_username(username)
        if person is None:
            raise NotFound(Message("人员", "person"), username)
        if not person.active:
            raise _is_closed(person)
        end_all_sessions(work, person.person_id)
        changed = replace(
            _let_in(person, hashed), revision=person.revision + 1, changed_by="system", changed_at=now
        )
        work.org.save_person(changed)
        record_event(work, "PersonPasswordGiven", {"person_id": person.person_id}, actor="system", at=now)
    return LetIn(replace(changed, password_hash=""), password)


def _let_in(person: Person, password_hash: str) -> Person:
    return replace(
        person,
        active=True,
        password_hash=password_hash,
        must_change_password=True,
        failed_logins=0,
        locked_until=None,
    )


def _units(work: UnitOfWork) -> dict[str, Unit]:
    return {unit.code: unit for unit in work.org.units()}


def _wrong_reason(reason: str) -> list[FieldError]:
    if reason.strip() and len(reason.strip()) <= LONGEST_REASON and reason.isprintable():
        return []
    message = Message(
        f"请用一行写明事由，最多 {LONGEST_REASON} 字。",
        f"Say why in one line of at most {LONGEST_REASON} characters.",
    )
    return [FieldError("reason", message)]


def _is_closed(person: Person) -> InvalidState:
    return InvalidState(
        Message(f"“{person.name}”的账号已停用。请先恢复。", f"The account of “{person.name}” is closed. Reopen it.")
    )
