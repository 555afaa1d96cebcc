"""Login and logout, and how long a login still lasts."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask import Response as Answer
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from engine.errors import Forbidden
from engine.org.login import authenticate
from engine.records.org import Actor
from web.current import actor_or_none, engine, language, now
from web.demo import DEMO_PASSWORD, demo_accounts
from web.security import limiter, session_left, sign_in, sign_out

session_pages = Blueprint("session", __name__)

PER_PERSON = "10 per minute"
PER_ADDRESS = "60 per minute"


@session_pages.get("/login")
def login_page() -> str | Response:
    if actor_or_none() is not None:
        return redirect(url_for("inbox.home"))
    return _page()


@session_pages.post("/login")
@limiter.limit(PER_PERSON, key_func=lambda: f"login:{request.remote_addr}:{_username()}")
@limiter.limit(PER_ADDRESS)
def login() -> tuple[str | Answer, int] | Response:
    for_script = request.accept_mimetypes.best == "application/json"
    try:
        actor = authenticate(engine(), _username(), request.form.get("password", "")[:1000])
    except Forbidden as refusal:
        said = refusal.message.in_language(language())
        return (jsonify(error=said), 403) if for_script else (_page(said, _username()), 403)
    sign_in(actor, now())
    return _standing(actor) if for_script else redirect(safe_target(request.form.get("next", "")))


@session_pages.get("/login/standing")
def standing() -> Answer:
    """Who is logged in in this browser, and the token for what is posted: for a page that outlived its login."""
    return _standing(actor_or_none())


def _standing(actor: Actor | None) -> Answer:
    left = 0 if actor is None else session_left() or 1
    return jsonify(person=actor.person_id if actor else None, token=generate_csrf(), left=left)


@session_pages.post("/logout")
def logout() -> Response:
    sign_out()
    return redirect(url_for("session.login_page"))


def _username() -> str:
    return request.form.get("username", "").strip()[:200]


def _page(error: str = "", username: str = "") -> str:
    return render_template(
        "login.html",
        error=error,
        username=username,
        target=request.values.get("next", ""),
        demo_password=DEMO_PASSWORD,
        accounts=demo_accounts() if engine().settings.demo else (),
    )


def safe_target(target: str) -> str:
    """The page that was asked for, if it is one of ours."""
    if not target.isprintable():
        return url_for("inbox.home")
    try:
        parts = urlsplit(target)
    except ValueError:
        return url_for("inbox.home")
    is_ours = (
        target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    )
    return target if is_ours else url_for("inbox.home")
