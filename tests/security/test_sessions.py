"""Sessions end when they should, for whoever holds their cookie."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.org.passwords import hash_password
from tests.security.conftest import Enter
from tests.security.entering import token
from tests.worlds import World

OLD, NEW = "an-old-password-25", "a-new-password-26"


def change_person(world: World, username: str, **changes: object) -> None:
    with world.engine.store.write() as work:
        person = work.org.person_by_username(username)
        assert person is not None
        work.org.save_person(replace(person, **changes))  # type: ignore[arg-type]


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookie, as a thief would have it."""
    cookie = client.get_cookie("duban")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("duban", cookie.value)
    return thief


def is_in(client: FlaskClient) -> bool:
    return client.get("/inbox").status_code == 200


def test_a_logout_ends_copies_of_the_cookie_too(app: Flask, enter: Enter, two: World) -> None:
    client, elsewhere = enter("jiedai"), enter("jiedai")
    client.get("/inbox")
    thief = copy_of(app, client)
    assert is_in(thief)

    client.post("/logout", data={"csrf_token": token(client)})

    assert not is_in(thief)
    assert not is_in(client)
    assert is_in(elsewhere)
    with two.engine.store.read() as work:
        assert [e.event for e in work.registers.audit_of(None)][-1] == "LoggedOut"


def test_a_new_password_ends_all_other_sessions(app: Flask, enter: Enter, two: World) -> None:
    change_person(two, "jiedai", password_hash=hash_password(OLD))
    client, other = enter("jiedai"), enter("jiedai")
    client.get("/inbox")
    thief = copy_of(app, client)

    fields = {"csrf_token": token(client), "old": OLD, "new": NEW, "again": NEW}
    assert client.post("/profile/password", data=fields).status_code == 302

    assert is_in(client)
    assert not is_in(other)
    assert not is_in(thief)


def test_who_is_no_longer_active_is_out_at_once(enter: Enter, two: World) -> None:
    client = enter("jiedai")
    assert is_in(client)
    change_person(two, "jiedai", active=False)
    assert not is_in(client)


def test_a_given_password_is_changed_before_anything_else(enter: Enter, two: World) -> None:
    change_person(two, "jiedai", password_hash=hash_password(OLD), must_change_password=True)
    client = enter("jiedai")
    for page in ("/inbox", "/cases", "/new/two_steps", "/messages", "/definitions"):
        answer = client.get(page)
        assert (answer.status_code, answer.location) == (302, "/profile#password"), page
    fields = {"csrf_token": token(client), "payload": '{"title": "x"}'}
    assert client.post("/new/two_steps", data=fields).location == "/profile#password"
    assert "初始密码" in client.get("/profile").text

    fields = {"csrf_token": token(client), "old": OLD, "new": NEW, "again": NEW}
    client.post("/profile/password", data=fields)

    assert is_in(client)


@pytest.mark.parametrize("cookie", ["", "x", "e30.x.y", "\x7f", "é" * 3000])
def test_a_broken_cookie_is_no_cookie(app: Flask, cookie: str) -> None:
    client = app.test_client()
    assert client.get("/inbox", headers={"Cookie": f"duban={cookie}"}).status_code == 302


@pytest.mark.parametrize(
    "kept",
    [
        {"sid": None},
        {"sid": 5},
        {"generation": "0"},
        {"generation": 7},
        {"since": "now"},
        {"since": float("inf")},
        {"_user_id": "p-nobody"},
    ],
)
def test_a_session_that_lacks_something_is_none(enter: Enter, kept: dict[str, object]) -> None:
    client = enter("jiedai")
    with client.session_transaction() as session:
        session.update(kept)
    assert client.get("/inbox").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//[",
        "/\t/evil.example",
        "/\n/evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "///evil.example",
        "http:evil.example",
        "http:///evil.example",
        "\x00//evil.example",
        " //evil.example",
        "//evil.example@localhost/",
        "javascript:alert(1)",
        "data:text/html,x",
        "x" * 5000,
        "/inbox\r\nSet-Cookie: a=b",
    ],
)
def test_what_comes_next_is_a_page_of_ours(enter: Enter, target: str) -> None:
    client = enter("jiedai")
    answer = client.post("/theme", data={"csrf_token": token(client), "theme": "dark", "next": target})
    assert (answer.status_code, answer.location) == (302, "/")


def test_a_page_of_ours_is_where_it_leads(enter: Enter) -> None:
    client = enter("jiedai")
    fields = {"csrf_token": token(client), "theme": "dark", "next": "/cases?q=路灯&page=2"}
    assert client.post("/theme", data=fields).location.startswith("/cases?q=")
