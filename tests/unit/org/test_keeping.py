"""Whoever keeps the office: people, their way in, roles and units; and what nobody may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.clock.fixed import ManualClock
from engine.errors import Conflict, Forbidden, InvalidForm, InvalidState
from engine.org.directory import office_history, open_member, open_unit, people_sheet
from engine.org.login import authenticate, load_actor
from engine.org.members import (
    LetIn,
    change_member,
    close_member,
    enter_member,
    give_password,
    reopen_member,
    reset_from_installation,
    unlock_member,
)
from engine.org.people import add_person, change_password, set_email
from engine.org.roles import grant_role, revoke_role
from engine.org.sessions import begin_session, load_session_actor
from engine.org.units import UnitFields, add_unit, change_unit, close_unit, reopen_unit
from engine.ports.engine import Engine
from engine.records.org import Actor, Grant, Person
from engine.tasks.leaving import begin_leaving, continue_leaving

OWN = "一个足够长的密码啊啊"
KEEPER = Grant("office_admin", "xfj")


@pytest.fixture
def admin(office: Engine) -> Actor:
    return an_admin(office, "admin")


def an_admin(office: Engine, username: str) -> Actor:
    made = add_person(office, None, username=username, name=username, unit="xfj", password=OWN, grants=[KEEPER])
    return actor_of(office, made)


def actor_of(office: Engine, person: Person) -> Actor:
    actor = load_actor(office, person.person_id)
    assert actor is not None
    return actor


def entered(office: Engine, admin: Actor, username: str = "jiedai", *roles: str) -> LetIn:
    grants = [Grant(role, "xfj") for role in roles]
    return enter_member(office, admin, username=username, name="林小满", unit="xfj", grants=grants)


def stored(office: Engine, person: Person) -> Person:
    return open_member(office, an_auditor(), person.person_id).person


def an_auditor() -> Actor:
    return Actor("p-shenji", "shenji", "方正", "xfj", frozenset({Grant("auditor", "xfj")}))


def events(office: Engine) -> list[str]:
    return [entry.event for entry in reversed(office_history(office, an_auditor())[0])]


def refusals(office: Engine) -> list[object]:
    with office.store.read() as work:
        return [e.detail["attempted"] for e in work.registers.audit_of(None) if e.event == "AccessRefused"]


def test_a_new_person_gets_in_once_and_must_choose_a_password(office: Engine, admin: Actor) -> None:
    made = entered(office, admin, "jiedai", "receptionist")

    actor = authenticate(office, "jiedai", made.password)
    assert (actor.must_change_password, actor.holds("receptionist", "xfj")) == (True, True)
    change_password(office, actor, made.password, OWN)
    assert not authenticate(office, "jiedai", OWN).must_change_password
    with pytest.raises(Forbidden):
        authenticate(office, "jiedai", made.password)
    assert made.password not in repr(made)


@pytest.mark.parametrize("role", ["process_admin", "chief", "auditor"])
def test_nobody_else_changes_the_office_and_the_attempt_is_written_down(
    office: Engine, admin: Actor, role: str
) -> None:
    person = entered(office, admin).person
    other = Actor("p-x", "x", "x", "xfj", frozenset({Grant(role, "xfj")}))
    with pytest.raises(Forbidden):
        entered(office, other, "other")
    with pytest.raises(Forbidden):
        grant_role(office, other, person.person_id, KEEPER, seen=0)
    with pytest.raises(Forbidden):
        close_unit(office, other, "cgjd", seen=0)
    assert refusals(office) == ["PersonAdded", "PersonRoleGranted", "OfficeUnitClosed"]
    if role != "auditor":
        with pytest.raises(Forbidden):
            people_sheet(office, other)


def test_of_two_administrators_the_second_is_told_who_was_first(office: Engine, admin: Actor) -> None:
    second, person = an_admin(office, "second"), entered(office, admin).person
    change_member(office, admin, person.person_id, name="林大满", unit="xfj", email="", seen=person.revision)
    with pytest.raises(Conflict, match="已由admin修改") as conflict:
        change_member(office, second, person.person_id, name="林中满", unit="xfj", email="", seen=person.revision)
    assert conflict.value.by == admin.person_id
    with pytest.raises(Conflict):
        grant_role(office, second, person.person_id, KEEPER, seen=person.revision)
    set_email(office, "jiedai", "lin@x.cn")  # the file was loaded meanwhile
    with pytest.raises(Conflict):
        close_member(office, second, person.person_id, reason="调离", seen=person.revision + 1)
    now = stored(office, person)
    assert (now.name, now.email, now.active) == ("林大满", "lin@x.cn", True)


def test_nobody_changes_the_own_roles_account_or_password(office: Engine, admin: Actor) -> None:
    an_admin(office, "second")
    me = admin.person_id
    for attempt in (
        lambda: grant_role(office, admin, me, Grant("auditor", "xfj"), seen=0),
        lambda: revoke_role(office, admin, me, KEEPER, seen=0),
        lambda: close_member(office, admin, me, reason="调离", seen=0),
        lambda: give_password(office, admin, me, seen=0),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert len(refusals(office)) == 4
    assert change_member(office, admin, me, name="甲", unit="xfj", email="", seen=0).name == "甲"


def test_a_role_that_was_taken_away_a_moment_ago_is_gone(office: Engine, admin: Actor) -> None:
    second = an_admin(office, "second")
    revoke_role(office, admin, second.person_id, KEEPER, seen=0)
    with pytest.raises(Forbidden):
        revoke_role(office, second, admin.person_id, KEEPER, seen=0)
    assert actor_of(office, stored(office, Person(admin.person_id, "", "", "", ""))).is_office_admin
    assert refusals(office) == ["PersonRoleRevoked"]


def test_the_last_who_can_log_in_stays(office: Engine, admin: Actor) -> None:
    ghost = add_person(office, None, username="g", name="g", unit="xfj", password=None, grants=[KEEPER])
    with pytest.raises(InvalidState, match="最后一位"):
        close_member(office, actor_of(office, ghost), admin.person_id, reason="调离", seen=0)
    assert stored(office, ghost).active
    assert open_member(office, admin, admin.person_id).is_last_admin


def test_the_head_of_a_unit_does_not_close_the_last_administrator_either(office: Engine, admin: Actor) -> None:
    head = Actor("p-chief", "chief", "陆明远", "xfj", frozenset({Grant("chief", "xfj")}))
    with pytest.raises(InvalidState, match="最后一位"):
        begin_leaving(office, head, admin.person_id, {}, "退休", deactivate=True)
    second = an_admin(office, "second")
    begin_leaving(office, head, admin.person_id, {}, "退休", deactivate=True)
    begin_leaving(office, head, second.person_id, {}, "退休", deactivate=True)
    for leaver in (admin, second):
        continue_leaving(office, head, leaver.person_id)
    left = [person.username for person in people_sheet(office, an_auditor(), role="office_admin").found.people]
    assert left == ["second"]


def test_a_closed_account_ends_its_sessions_and_comes_back_without_roles(office: Engine, admin: Actor) -> None:
    made = entered(office, admin, "jiedai", "receptionist", "registrar")
    session = begin_session(office, authenticate(office, "jiedai", made.password))
    with pytest.raises(InvalidForm):
        close_member(office, admin, made.person.person_id, reason=" ", seen=0)

    gone = close_member(office, admin, made.person.person_id, reason="调离", seen=0)

    assert load_session_actor(office, gone.person_id, session) is None
    with pytest.raises(Forbidden):
        authenticate(office, "jiedai", made.password)
    with pytest.raises(InvalidState):
        give_password(office, admin, gone.person_id, seen=gone.revision)
    back = reopen_member(office, admin, gone.person_id, seen=gone.revision)
    assert load_session_actor(office, gone.person_id, session) is None
    assert authenticate(office, "jiedai", back.password).grants == frozenset()
    history = open_member(office, admin, gone.person_id).events
    assert [e.event for e in history] == ["PersonReopened", "PersonDeactivated", "PersonAdded"]
    assert history[0].detail["dropped"] == ["receptionist@xfj", "registrar@xfj"]


def test_a_pause_is_ended_and_a_forgotten_password_replaced(
    office: Engine, admin: Actor, clock: ManualClock
) -> None:
    made = entered(office, admin)
    for _ in range(5):
        with pytest.raises(Forbidden):
            authenticate(office, "jiedai", "wrong")
    locked = people_sheet(office, admin, state="locked").found.people
    assert [person.username for person in locked] == ["jiedai"]
    free = unlock_member(office, admin, made.person.person_id, seen=0)
    session = begin_session(office, authenticate(office, "jiedai", made.password))

    again = give_password(office, admin, free.person_id, seen=free.revision)

    assert again.password != made.password
    assert load_session_actor(office, free.person_id, session) is None
    assert authenticate(office, "jiedai", again.password).must_change_password
    clock.advance(timedelta(minutes=1))
    assert people_sheet(office, admin, state="locked").found.total == 0
    assert [p.username for p in people_sheet(office, admin, state="waiting").found.people] == ["admin", "jiedai"]
    installed = reset_from_installation(office, "admin")
    assert authenticate(office, "admin", installed.password).is_office_admin


def test_roles_are_granted_by_unit_and_count_at_once(office: Engine, admin: Actor) -> None:
    person = entered(office, admin).person
    role = Grant("inspector", "zrzyj")
    after = grant_role(office, admin, person.person_id, role, seen=0)
    assert actor_of(office, person).holds("inspector", "zrzyj")
    for wrong, error in (
        (role, InvalidState),
        (Grant("Bad role", "xfj"), InvalidForm),
        (Grant("chief", "nowhere"), InvalidForm),
    ):
        with pytest.raises(error):
            grant_role(office, admin, person.person_id, wrong, seen=after.revision)
    revoke_role(office, admin, person.person_id, role, seen=after.revision)
    assert not actor_of(office, person).grants


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "某" * 61}, "name"),
        ({"email": "x y@z"}, "email"),
        ({"unit": "nowhere"}, "unit"),
        ({"username": "接待"}, "username"),
        ({"grants": [Grant("chief", "nowhere")]}, "role_unit"),
    ],
)
def test_a_bad_field_is_named(office: Engine, admin: Actor, given: dict[str, object], field: str) -> None:
    fields = {"username": "jiedai", "name": "林小满", "unit": "xfj", **given}
    with pytest.raises(InvalidForm) as refused:
        enter_member(office, admin, **fields)  # type: ignore[arg-type]
    assert [error.path for error in refused.value.errors] == [field]


def test_a_unit_is_added_moved_renamed_closed_and_opened_again(office: Engine, admin: Actor) -> None:
    made = add_unit(office, admin, "cgjd-a", UnitFields("第一社区", parent="cgjd"))
    moved = change_unit(office, admin, "cgjd-a", UnitFields("第二社区", "Second", parent="zrzyj"), seen=0)
    assert (made.name_en, moved.parent, moved.revision) == ("第一社区", "zrzyj", 1)
    with pytest.raises(Conflict):
        close_unit(office, admin, "cgjd-a", seen=0)
    with pytest.raises(InvalidState, match="1 个在用的下级单位"):
        close_unit(office, admin, "zrzyj", seen=0)

    closed = close_unit(office, admin, "cgjd-a", seen=1)

    with pytest.raises(InvalidForm, match="已停用"):
        enter_member(office, admin, username="x", name="x", unit="cgjd-a")
    above = close_unit(office, admin, "zrzyj", seen=0)
    with pytest.raises(InvalidState, match="上级单位"):
        reopen_unit(office, admin, "cgjd-a", seen=closed.revision)
    reopen_unit(office, admin, "zrzyj", seen=above.revision)
    reopen_unit(office, admin, "cgjd-a", seen=closed.revision)
    assert open_unit(office, admin, "cgjd-a").unit.closed_at is None
    assert events(office)[-6:] == [
        "OfficeUnitAdded",
        "OfficeUnitChanged",
        "OfficeUnitClosed",
        "OfficeUnitClosed",
        "OfficeUnitReopened",
        "OfficeUnitReopened",
    ]


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("XX XX", UnitFields("甲"), "code"),
        ("cgjd", UnitFields("甲"), "code"),
        ("new", UnitFields(""), "name"),
        ("new", UnitFields("自然资源局"), "name"),
        ("new", UnitFields("甲", parent="nowhere"), "parent"),
    ],
)
def test_a_unit_that_will_not_do_is_refused(
    office: Engine, admin: Actor, code: str, given: UnitFields, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        add_unit(office, admin, code, given)
    assert [error.path for error in refused.value.errors] == [field]


def test_no_unit_is_below_itself(office: Engine, admin: Actor) -> None:
    with pytest.raises(InvalidForm, match="自己"):
        change_unit(office, admin, "xfj", UnitFields("信访局", parent="cgjd"), seen=0)


def test_a_unit_with_people_or_roles_in_it_is_not_closed(office: Engine, admin: Actor) -> None:
    person = entered(office, admin).person
    after = grant_role(office, admin, person.person_id, Grant("duty_desk", "cgjd"), seen=0)
    with pytest.raises(InvalidState, match="1 个由外单位人员持有的角色"):
        close_unit(office, admin, "cgjd", seen=0)
    revoke_role(office, admin, person.person_id, Grant("duty_desk", "cgjd"), seen=after.revision)
    moved = change_member(
        office, admin, person.person_id, name="林", unit="cgjd", email="", seen=after.revision + 1
    )
    with pytest.raises(InvalidState, match="1 名在用人员"):
        close_unit(office, admin, "cgjd", seen=0)
    close_member(office, admin, person.person_id, reason="退休", seen=moved.revision)
    assert close_unit(office, admin, "cgjd", seen=0).closed_at is not None
    with pytest.raises(InvalidForm):
        reopen_member(office, admin, person.person_id, seen=moved.revision + 1)


def test_a_unit_stands_for_those_below_it(office: Engine, admin: Actor) -> None:
    add_unit(office, admin, "cgjd-a", UnitFields("第一社区", parent="cgjd"))
    enter_member(office, admin, username="a", name="甲", unit="cgjd-a")
    enter_member(office, admin, username="b", name="乙", unit="zrzyj")
    sheet = people_sheet(office, admin, unit="cgjd")
    assert [person.username for person in sheet.found.people] == ["a"]
    counted = {b.unit.code: (b.depth, b.people) for b in sheet.branches}
    assert counted == {"xfj": (0, 3), "cgjd": (1, 1), "cgjd-a": (2, 1), "zrzyj": (1, 1)}
    assert people_sheet(office, admin, page=99, size=2).page == 2
    assert replace(sheet.found.people[0], password_hash="") == sheet.found.people[0]
