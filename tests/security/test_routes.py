"""Every route there is: shut without a login, and deaf to a post without the page's token."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Rule

from engine.records.case import CaseFile
from tests.security.conftest import Enter
from tests.security.entering import token
from tests.worlds import World

MONITORS = {"monitor.show_health", "monitor.show_metrics"}
"""For monitors, which see figures of the whole and nothing of a case (tests/web)."""
FOR_THE_PUBLIC = {"public.show", "public.old_address", "public.query", "public.give"}
"""The query page: no session, so no token of one; what it says to whom is tested in test_public."""
PUBLIC = {
    "static",
    "session.login_page",
    "session.login",
    "session.standing",
    "preferences.set_language",
    "feeds.show",
    *MONITORS,
    *FOR_THE_PUBLIC,
}
"""What strangers may ask for. A new page belongs here only if it shows nothing of the office."""
ANY = {"tab": "facts", "filename": "mark.svg", "version": "1", "form": "docx"}


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """Method, address with invented ids, endpoint; each method of each rule."""
    adapter = app.url_map.bind("localhost")
    return [
        (method, adapter.build(rule.endpoint, invented(rule), method=method), rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def invented(rule: Rule) -> dict[str, str]:
    return {name: ANY.get(name, "no-such-id") for name in rule.arguments}


def test_nothing_but_the_login_opens_to_a_stranger(app: Flask, enter: Enter) -> None:
    # a stranger with a token that fits, so that it is the missing login that refuses
    app.config["WTF_CSRF_ENABLED"] = False
    stranger = app.test_client()
    asked = [a for a in addresses(app) if a[2] not in PUBLIC]
    assert len(asked) > 20
    for method, address, endpoint in asked:
        answer = stranger.open(address, method=method)
        assert answer.status_code == 302, endpoint
        assert answer.location.startswith("/login"), endpoint
    assert "反映" not in stranger.get("/login").text


def test_no_post_is_heard_without_the_token_of_a_page(app: Flask, enter: Enter) -> None:
    posts = [a for a in addresses(app) if a[0] != "GET" and a[2] not in FOR_THE_PUBLIC]
    assert {method for method, _, _ in posts} == {"POST", "PUT"}
    for client in (app.test_client(), enter("admin")):
        for method, address, endpoint in posts:
            assert client.open(address, method=method).status_code == 400, endpoint
            forged = client.open(address, method=method, headers={"X-CSRFToken": "x"})
            assert forged.status_code == 400, endpoint


def test_a_token_is_good_for_one_session_only(enter: Enter) -> None:
    stolen = token(enter("jiedai"))
    answer = enter("admin").post("/theme", data={"csrf_token": stolen, "theme": "dark"})
    assert answer.status_code == 400


def test_no_get_changes_anything(app: Flask, two: World, case: CaseFile, enter: Enter) -> None:
    def content() -> list[tuple[str, int]]:
        with two.engine.store.read() as work:
            chains = work.registers.audit_chains()
            trails = ((case_id or "", work.registers.audit_of(case_id)) for case_id in chains)
            # what was refused is written down; that is no change
            return [(key, sum(entry.event != "AccessRefused" for entry in trail)) for key, trail in trails]

    before, task = content(), two.task(case, "check")
    client = enter("dengji")
    for method, address, endpoint in addresses(app):
        if method == "GET":
            real = task.task_id if endpoint.startswith(("tasks.", "inbox.")) else case.case_id
            answer = client.get(address.replace("no-such-id", real), buffered=True)
            # a world without a heartbeat is not well, and says so
            assert answer.status_code < 500 or endpoint in MONITORS, endpoint
    assert content() == before
    assert two.task(case, "check") == task


def test_every_answer_carries_the_headers(app: Flask, enter: Enter) -> None:
    client = enter("jiedai")
    pages = "/inbox", "/cases/none", "/nowhere", "/static/none.js", "/static/mark.svg"
    answers = [client.get(page, buffered=True) for page in pages]
    answers += [client.post("/inbox"), client.post("/logout"), app.test_client().get("/cases")]
    assert {a.status_code for a in answers} >= {200, 302, 400, 404}
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_names_a_person_is_never_kept_by_a_cache(enter: Enter) -> None:
    client = enter("jiedai")
    missing = client.get("/static/dist/no-such.js?v=0")
    assert missing.status_code == 404
    for answer in (missing, client.get("/inbox"), client.get("/cases/none")):
        assert answer.headers["Cache-Control"] == "no-store"
    built = client.get("/static/dist/app.js?v=0", buffered=True)
    assert "immutable" in built.headers["Cache-Control"]


def test_no_answer_believes_the_host_header(app: Flask, enter: Enter) -> None:
    client = enter("jiedai")
    for address in ("/", "/login", "/inbox", "/nowhere"):
        answer = client.get(address, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)


def test_cookies_stay_on_encrypted_lines_where_there_are_some(app: Flask) -> None:
    plain, encrypted = app.test_client(), app.test_client()
    assert "Strict-Transport-Security" not in plain.get("/login").headers
    assert "Strict-Transport-Security" in encrypted.get("/login", base_url="https://localhost").headers
