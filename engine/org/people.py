"""People and units: adding a person, changing one's password, and the lists."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.audit.record import record_event, record_refusal
from engine.errors import Conflict, FieldError, Forbidden, InvalidForm, Message, NotFound
from engine.org import passwords
from engine.org.addresses import is_mail_address
from engine.org.login import failed_once_more, is_locked, normal_username
from engine.org.sessions import end_all_sessions
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor, Grant, Person, Unit


def add_person(
    engine: Engine,
    actor: Actor | None,
    *,
    username: str,
    name: str,
    unit: str,
    password: str | None,
    grants: Sequence[Grant] = (),
    must_change_password: bool = True,
    language: str = "zh",
    email: str = "",
) -> Person:
    """A new person; without a password nobody can log in as it. `actor` None is the installation itself.

    Raises Forbidden for others than office administrators, InvalidForm, Conflict where the user name is taken.
    """
    if actor is not None and not actor.is_office_admin:
        record_refusal(engine, actor, "add_person", {"unit": unit})
        raise Forbidden(
            Message(
                "只有机关管理员可以添加人员。请联系机关管理员。",
                "Only an office administrator may add people. Ask one.",
            )
        )
    person = new_person(
        username=username,
        name=name,
        unit=unit,
        password=password,
        must_change_password=must_change_password,
        language=language,
        email=email,
    )
    with engine.store.write() as work:
        enter_person(work, person, grants)
        detail = {"person_id": person.person_id, "grants": [f"{g.role}@{g.unit}" for g in grants]}
        by = "system" if actor is None else actor.person_id
        record_event(work, "PersonAdded", detail, actor=by, at=engine.clock.now())
    return replace(person, password_hash="")


def new_person(
    *,
    username: str,
    name: str,
    unit: str,
    password: str | None,
    must_change_password: bool,
    language: str = "zh",
    email: str = "",
) -> Person:
    """A person not yet stored, its password hashed. Raises InvalidForm."""
    if email and not is_mail_address(email):
        raise InvalidForm([_bad_email(email)])
    normal = normal_username(username)
    if normal is None:
        raise InvalidForm(
            [
                FieldError(
                    "username",
                    Message(
                        f"用户名“{username[:64]}”只能由小写字母、数字和 . _ - 组成，"
                        "以字母或数字开头，最多 64 个字符。",
                        f"The user name “{username[:64]}” must consist of lower-case letters, digits and . _ -, "
                        "begin with a letter or digit, and have at most 64 characters.",
                    ),
                )
            ]
        )
    if password is None:
        password_hash = passwords.NO_PASSWORD
    else:
        passwords.check_new_password("password", password, username=normal)
        password_hash = passwords.hash_password(password)
    return Person(
        person_id=str(uuid.uuid4()),
        username=normal,
        name=name.strip() or normal,
        unit=unit,
        password_hash=password_hash,
        language=language,
        must_change_password=must_change_password,
        email=email,
    )


def set_email(engine: Engine, username: str, email: str) -> None:
    """The installation's own: where a person is reached by mail; "" for nowhere. Raises InvalidForm, NotFound."""
    if email and not is_mail_address(email):
        raise InvalidForm([_bad_email(email)])
    with engine.store.write() as work:
        person = work.org.person_by_username(username)
        if person is None:
            raise NotFound(Message("人员", "person"), username)
        now = engine.clock.now()
        # whoever has the person's page open is told
        changed = replace(person, email=email, revision=person.revision + 1, changed_by="system", changed_at=now)
        work.org.save_person(changed)
        record_event(work, "EmailChanged", {"person_id": person.person_id}, actor="system", at=now)


def own_email(engine: Engine, actor: Actor) -> str:
    """Where the actor is reached by mail, "" for nowhere."""
    with engine.store.read() as work:
        person = work.org.person(actor.person_id)
    return person.email if person else ""


def enter_person(work: UnitOfWork, person: Person, grants: Sequence[Grant]) -> None:
    """Stores a new person. Raises Conflict for a user name that is taken, NotFound for a unit unknown or closed."""
    known = {unit.code for unit in work.org.units() if unit.closed_at is None}
    for code in (person.unit, *(grant.unit for grant in grants)):
        if code not in known:
            raise NotFound(Message("在用单位", "open unit"), code)
    if work.org.person_by_username(person.username) is not None:
        raise Conflict(
            Message(
                f"用户名“{person.username}”已被使用。请换一个。",
                f"The user name “{person.username}” is taken. Choose another.",
            )
        )
    work.org.add_person(person, grants)


def change_password(engine: Engine, actor: Actor, old: str, new: str) -> None:
    """Ends all sessions of the person, the one that asks for it included.

    Raises Forbidden where `old` is wrong (counted as a failed login), InvalidForm where `new` will not do.
    """
    with engine.store.read() as work:
        seen = work.org.person(actor.person_id)
    if seen is None:
        raise NotFound(Message("人员", "person"), actor.username)
    passwords.check_new_password("new_password", new, username=seen.username)
    if new == old:
        message = Message("新密码与原密码相同。请换一个。", "The new password is the old one. Choose another.")
        raise InvalidForm([FieldError("new_password", message)])
    is_right = passwords.is_right(seen.password_hash, old)
    new_hash = passwords.hash_password(new)
    now = engine.clock.now()
    with engine.store.write() as work:
        person = work.org.person(actor.person_id)
        allowed = is_right and person is not None and person.password_hash == seen.password_hash
        allowed = allowed and person is not None and not is_locked(person, now)
        if person is not None and allowed:
            work.org.save_person(
                replace(person, password_hash=new_hash, must_change_password=False, failed_logins=0)
            )
            end_all_sessions(work, person.person_id)
            record_event(work, "PasswordChanged", {}, actor=person.person_id, at=now)
        elif person is not None:
            work.org.save_person(failed_once_more(person, now))
            record_event(work, "PasswordChangeRefused", {}, actor=person.person_id, at=now)
    if not allowed:
        raise Forbidden(
            Message(
                "原密码不正确，密码未更改。请重新输入；如忘记密码，请联系机关管理员。",
                "The old password is wrong, so nothing was changed. Try again, or ask an office administrator.",
            )
        )


def list_people(engine: Engine, _actor: Actor) -> tuple[Person, ...]:
    """Everybody, by user name, without password hashes."""
    with engine.store.read() as work:
        return tuple(replace(person, password_hash="") for person in work.org.people())


def list_units(engine: Engine) -> tuple[Unit, ...]:
    """All units by code."""
    with engine.store.read() as work:
        return work.org.units()


def unit_names(engine: Engine) -> Mapping[str, tuple[str, str]]:
    """Of every unit by its code, in Chinese and in English; the English one may be empty."""
    with engine.store.read() as work:
        return work.org.unit_names()


def _bad_email(email: str) -> FieldError:
    return FieldError(
        "email",
        Message(
            f"“{email[:64]}”不是一个电子邮件地址。请填写如 name@example.gov.cn 的地址，或留空。",
            f"“{email[:64]}” is not an e-mail address. Give one like name@example.gov.cn, or none.",
        ),
    )
