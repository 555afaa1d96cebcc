"""Adding people, changing passwords, setting up an office."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden, InvalidForm, NotFound
from engine.org.login import authenticate
from engine.org.people import add_person, change_password, list_people, list_units
from engine.org.setup import NewPerson, set_up_office
from engine.ports.engine import Engine
from engine.records.org import Actor, Grant, Unit
from tests.builders import an_actor

PASSWORD = "duban-demo-2026"
NEW = "另一个足够长的密码啊"


def add(office: Engine, actor: Actor | None = None, **given: object) -> object:
    fields: dict[str, object] = {"username": "jiedai", "name": "接待员", "unit": "xfj", "password": PASSWORD}
    return add_person(office, actor, **{**fields, **given})  # type: ignore[arg-type]


def test_only_an_admin_adds_people(office: Engine) -> None:
    with pytest.raises(Forbidden):
        add(office, an_actor("jingban", "xfj", "process_admin"))
    add(office, an_actor("admin", "xfj", "office_admin"), grants=[Grant("receptionist", "xfj")])

    with office.store.read() as work:
        events = [entry.event for entry in work.registers.audit_of(None)]
        assert events == ["AccessRefused", "PersonAdded"]
        assert [person.username for person in work.org.holders("receptionist", "xfj")] == ["jiedai"]
        assert work.org.holders("receptionist", "zrzyj") == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "x" * 1001}, "password"),
        ({"password": "jiedai12345"}, "password"),
        ({"username": "接待"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
    ],
)
def test_a_bad_field_is_named(office: Engine, given: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        add(office, **given)
    assert [error.path for error in refused.value.errors] == [field]
    assert list_people(office, an_actor()) == ()


def test_a_name_is_given_once_and_a_unit_must_exist(office: Engine) -> None:
    add(office)
    with pytest.raises(Conflict):
        add(office, username="JIEDAI")
    with pytest.raises(NotFound):
        add(office, username="other", unit="nowhere")
    with pytest.raises(NotFound):
        add(office, username="other", grants=[Grant("chief", "nowhere")])
    people = list_people(office, an_actor())
    assert [(person.username, person.password_hash) for person in people] == [("jiedai", "")]


def test_a_changed_password_replaces_the_old_one(office: Engine) -> None:
    add(office)
    actor = authenticate(office, "jiedai", PASSWORD)
    assert list_people(office, actor)[0].must_change_password

    change_password(office, actor, PASSWORD, NEW)

    assert authenticate(office, "jiedai", NEW) == actor
    assert not list_people(office, actor)[0].must_change_password
    with pytest.raises(Forbidden):
        authenticate(office, "jiedai", PASSWORD)


def test_a_wrong_old_password_counts_as_a_failed_login(office: Engine) -> None:
    add(office)
    actor = authenticate(office, "jiedai", PASSWORD)
    for _ in range(5):
        with pytest.raises(Forbidden):
            change_password(office, actor, "wrong", NEW)
    with pytest.raises(Forbidden):
        change_password(office, actor, PASSWORD, NEW)
    with pytest.raises(Forbidden):
        authenticate(office, "jiedai", PASSWORD)


@pytest.mark.parametrize("new", ["short", PASSWORD, "jiedai2026"])
def test_a_bad_new_password_changes_nothing(office: Engine, new: str) -> None:
    add(office)
    actor = authenticate(office, "jiedai", PASSWORD)
    with pytest.raises(InvalidForm):
        change_password(office, actor, PASSWORD, new)
    assert authenticate(office, "jiedai", PASSWORD) == actor


def test_an_office_is_set_up_whole_or_not_at_all(office: Engine) -> None:
    units = [Unit("qsx-b", "下级", "Below", parent="qsx"), Unit("qsx", "青山乡", "Qingshan")]
    people = [NewPerson("qsx.banli", "办理员", "qsx", PASSWORD, (Grant("resp_dept", "qsx"),))]
    with pytest.raises(NotFound):
        set_up_office(office, units, [*people, NewPerson("x", "某", "nowhere", PASSWORD)])
    assert "qsx" not in {unit.code for unit in list_units(office)}

    set_up_office(office, units, people)

    assert {"qsx", "qsx-b"} <= {unit.code for unit in list_units(office)}
    assert authenticate(office, "qsx.banli", PASSWORD).holds("resp_dept", "qsx")
