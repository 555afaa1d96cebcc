"""Login, the session's life, and what stands in front of the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.org.people import add_person
from tests.browser.office import LONG_SESSION_HOURS, PASSWORD, Office
from tests.web.visitor import Visitor
from web.app import create_app

NEW = "a-new-password-26"


def test_nothing_opens_without_login(stranger: Visitor) -> None:
    answer = stranger.get("/cases?q=路灯")
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=/cases")


def test_a_fragment_without_login_leads_the_whole_page_to_the_login(stranger: Visitor) -> None:
    answer = stranger.get("/inbox/rows", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_login_leads_to_the_page_that_was_asked_for(stranger: Visitor) -> None:
    answer = stranger.post(
        "/login", {"username": "jiedai", "password": PASSWORD, "next": "/cases"}, token_from="/login"
    )
    assert answer.location == "/cases"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_login_never_leads_elsewhere(stranger: Visitor, target: str) -> None:
    answer = stranger.post(
        "/login", {"username": "jiedai", "password": PASSWORD, "next": target}, token_from="/login"
    )
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("username", "password"), [("jiedai", "wrong"), ("nobody", PASSWORD), ("'; --", "x" * 5000)]
)
def test_a_refused_login_says_the_same_to_all(stranger: Visitor, username: str, password: str) -> None:
    answer = stranger.post("/login", {"username": username, "password": password}, token_from="/login")
    assert answer.status_code == 403
    assert "用户名或密码不正确" in answer.text


def test_the_cookie_is_hidden_from_scripts_and_other_sites(stranger: Visitor) -> None:
    answer = stranger.post("/login", {"username": "jiedai", "password": PASSWORD}, token_from="/login")
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("duban=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_login_starts_a_new_session(stranger: Visitor) -> None:
    before = stranger.token("/login")
    with stranger.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    stranger.post("/login", {"username": "jiedai", "password": PASSWORD}, token_from="/login")
    with stranger.client.session_transaction() as session:
        assert "planted" not in session
    assert stranger.token() != before


def test_a_session_ends_however_busy_it_was(office: Office, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("jiedai")
    for _ in range(4):
        assert visitor.get("/inbox").status_code == 200
        office.clock.advance(timedelta(hours=LONG_SESSION_HOURS / 4))
    office.clock.advance(timedelta(seconds=1))
    assert visitor.get("/inbox").status_code == 302


def test_logout_ends_the_session(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("jiedai")
    visitor.post("/logout")
    assert visitor.get("/inbox").status_code == 302


def test_guessing_is_slowed_down(office: Office) -> None:
    visitor = Visitor(create_app(office.engine).test_client())
    token = visitor.token("/login")
    data = {"csrf_token": token, "username": "guess", "password": "x"}
    answers = [visitor.client.post("/login", data=data).status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]


def test_a_post_without_the_token_does_nothing(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("jiedai")
    answer = visitor.client.post("/new/two_steps", data={"payload": '{"title": "x"}'})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text
    assert (
        "还没有事项" in visitor.get("/cases?procedure=two_steps").text or "路灯" not in visitor.get("/cases").text
    )
    draft = visitor.client.post("/tasks/any/draft", json={"a": 1})
    assert draft.status_code == 400
    assert draft.is_json


def test_a_post_after_the_login_has_ended_says_so_and_leads_back(stranger: Visitor) -> None:
    said = stranger.client.post("/cases/any/comments", headers={"Referer": "http://localhost/cases/any?x=1"})
    assert said.status_code == 400
    assert "登录已过期" in said.text
    assert "/login?next=/cases/any?x%3D1" in said.text
    elsewhere = stranger.client.post("/cases/any/comments", headers={"Referer": "http://evil.example/cases"})
    assert "/login?next" not in elsewhere.text


def test_a_script_hears_that_the_login_has_ended(stranger: Visitor) -> None:
    answer = stranger.get("/messages/unread", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json["error"] == "登录已过期"
    refused = stranger.client.post("/tasks/any/draft", json={"a": 1})
    assert (refused.status_code, refused.headers["X-Session"]) == (400, "over")
    fragment = {"HX-Request": "true", "HX-Current-URL": "http://localhost/inbox?box=done"}
    again = stranger.get("/inbox/rows", headers=fragment)
    assert again.headers["HX-Redirect"] == "/login?next=/inbox?box%3Ddone"


def test_a_page_that_outlived_its_login_gets_a_new_one(stranger: Visitor, visit: Callable[[str], Visitor]) -> None:
    nobody = stranger.get("/login/standing").json
    assert nobody["person"] is None
    as_script = {"Accept": "application/json", "X-CSRFToken": nobody["token"]}
    wrong = stranger.client.post("/login", data={"username": "jiedai", "password": "x"}, headers=as_script)
    assert wrong.status_code == 403
    assert "密码不正确" in wrong.json["error"]
    right = stranger.client.post("/login", data={"username": "jiedai", "password": PASSWORD}, headers=as_script)
    assert right.json["person"] == visit("jiedai").get("/login/standing").json["person"]
    assert right.json["left"] == LONG_SESSION_HOURS * 3600
    sent = {"X-CSRFToken": right.json["token"]}
    assert stranger.client.post("/theme", data={"theme": "dark"}, headers=sent).status_code == 302


def test_every_answer_carries_the_policy(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("jiedai")
    for path in ("/login", "/inbox", "/nowhere", "/static/dist/app.js"):
        answer = visitor.get(path)
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert visitor.get("/inbox").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/inbox", "/cases", "/new/petition_main", "/definitions", "/profile"])
def test_no_page_needs_an_exception_from_the_policy(visit: Callable[[str], Visitor], path: str) -> None:
    text = visit("jiedai").get(path).text
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert all("src=" in s or 'type="application/json"' in s for s in scripts)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", text)


def test_a_new_password_works_and_the_old_one_does_not(stranger: Visitor, visit: Callable[[str], Visitor]) -> None:
    visitor = visit("jiedai")
    wrong = visitor.post("/profile/password", {"old": "wrong", "new": NEW, "again": NEW})
    assert wrong.status_code == 422
    assert "原密码不正确" in wrong.text
    unequal = visitor.post("/profile/password", {"old": PASSWORD, "new": NEW, "again": "another"})
    assert "两次输入的新密码不同" in unequal.text
    done = visitor.post("/profile/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert done.status_code == 302
    stranger.log_in("jiedai", NEW)


def test_a_password_of_somebody_else_is_changed_first(office: Office, stranger: Visitor) -> None:
    newcomer = {"username": "xinren", "name": "新人", "unit": "xfj", "password": PASSWORD}
    add_person(office.engine, None, **newcomer, must_change_password=True)
    stranger.log_in("xinren")
    assert stranger.get("/inbox").location == "/profile#password"
    assert "请先改成只有您知道的密码" in stranger.get("/profile").text
    done = stranger.post("/profile/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert done.status_code == 302
    assert stranger.get("/inbox").status_code == 200
