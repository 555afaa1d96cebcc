"""Login, sessions, cross-site protection, headers and limits: what stands in front of every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

import flask_login
from flask import Flask, Response, jsonify, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from engine.config import Settings
from engine.org.sessions import Session, begin_session, end_session, load_session_actor
from engine.records.org import Actor
from web.current import actor_or_none, engine, language
from web.i18n import text
from web.secret import session_key, shared_session_key

OPEN_ENDPOINTS = frozenset(
    {"static", "session.login_page", "session.login", "session.standing", "preferences.set_language", "feeds.show"}
    | {"public.show", "public.old_address", "public.query", "public.give"}
    # for monitors: what they tell names no person and no case
    | {"monitor.show_health", "monitor.show_metrics"}
)
SINCE, SESSION_ID, GENERATION = "since", "sid", "generation"
PASSWORD_FIRST = frozenset({"profile.show", "profile.password", "session.logout", "preferences.set_theme"})
"""What stays open to a person who was given a password and has not chosen one yet."""
FORM_LIMIT = 4 * 1024 * 1024
"""Bytes of a posted form: a megabyte of text is refused at its field, more is refused as a whole."""
ROOM_FOR_PARTS = 1024 * 1024

_STYLES = "style-src 'self'"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        _STYLES,
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
EDITOR_POLICY = POLICY.replace(_STYLES, f"{_STYLES} 'unsafe-inline'")
"""Of pages with an editor of drawings, tables or forms: those write style attributes. Scripts stay as strict."""

_Given = ParamSpec("_Given")

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
logins = flask_login.LoginManager()


class SignedIn:
    """What Flask-Login keeps of a person: loaded anew for every request, so that a lost role is lost at once."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        return self.actor.person_id


def protect(app: Flask, settings: Settings, *, testing: bool) -> None:
    """Sets up everything that stands in front of the pages."""
    app.config.update(
        SECRET_KEY=shared_session_key(settings) if settings.cluster else session_key(settings.home),
        SESSION_COOKIE_NAME="duban",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + ROOM_FOR_PARTS,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=not testing,
        TESTING=testing,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    logins.init_app(app)
    logins.session_protection = None
    logins.user_loader(_load)
    app.before_request(_demand_login)
    app.after_request(_add_headers)


def relaxed_styles(view: Callable[_Given, ResponseReturnValue]) -> Callable[_Given, Response]:
    """A page with an editor in it: the styles that its editor writes are let through, and nothing else.

    Stands under the route's own decorator.
    """

    @wraps(view)
    def show(*args: _Given.args, **kwargs: _Given.kwargs) -> Response:
        response = make_response(view(*args, **kwargs))
        response.headers["Content-Security-Policy"] = EDITOR_POLICY
        return response

    return show


def sign_in(actor: Actor, at: datetime) -> None:
    """Starts a new session: nothing of the one before survives."""
    session.clear()
    session.permanent = True
    begun = begin_session(engine(), actor)
    session[SINCE] = at.timestamp()
    session[SESSION_ID], session[GENERATION] = begun.session_id, begun.generation
    flask_login.login_user(SignedIn(actor))


def sign_out() -> None:
    """Ends the session, also for whoever has a copy of its cookie."""
    actor, kept = actor_or_none(), _kept_session()
    if actor is not None and kept is not None:
        end_session(engine(), actor, kept)
    flask_login.logout_user()
    session.clear()


def session_left() -> int:
    """Whole seconds until the person has to log in again; 0 before login."""
    since = session.get(SINCE)
    if actor_or_none() is None or not isinstance(since, int | float):
        return 0
    lifetime = timedelta(hours=engine().settings.session_hours).total_seconds()
    return max(0, int(since + lifetime - engine().clock.now().timestamp()))


def _kept_session() -> Session | None:
    session_id, generation = session.get(SESSION_ID), session.get(GENERATION)
    if not isinstance(session_id, str) or not isinstance(generation, int):
        return None
    return Session(session_id, generation)


def _load(person_id: str) -> SignedIn | None:
    since, kept = session.get(SINCE), _kept_session()
    lifetime = timedelta(hours=engine().settings.session_hours).total_seconds()
    if kept is None or not isinstance(since, int | float):
        return None
    if not abs(engine().clock.now().timestamp() - since) <= lifetime:
        return None
    actor = load_session_actor(engine(), person_id, kept)
    return None if actor is None else SignedIn(actor)


def _demand_login() -> AnyResponse | None:
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    actor = actor_or_none()
    if actor is not None:
        if actor.must_change_password and request.endpoint not in PASSWORD_FIRST:
            return _lead_to(url_for("profile.show", _anchor="password"))
        return None
    return _lead_to(url_for("session.login_page", next=page_asked_for()))


def page_asked_for() -> str | None:
    """Where a person who logs in now wants to be: the page that is asked for, or the one that asks."""
    if request.method == "GET" and not request.headers.get("HX-Request") and not _wants_json():
        return request.full_path.rstrip("?") if request.path != "/" else None
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    if came_from.netloc != request.host or not came_from.path.strip("/"):
        return None
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _lead_to(page: str) -> AnyResponse:
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": page})
    if _wants_json():
        # a script stays on its page, and says so there
        said = text("session.title", language()), text("session.advice", language())
        answer = jsonify(error=said[0], advice=said[1])
        answer.status_code = 401
        return answer
    return redirect(page)


def _add_headers(response: Response) -> Response:
    # a page that holds a file, and a file itself, bring their own
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure or engine().settings.secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    # a page of a missing file is a page: it names who is logged in
    if request.endpoint == "static" and response.status_code in {200, 206, 304}:
        lasts = "max-age=31536000, immutable" if "v" in request.args else "max-age=3600"
        response.headers["Cache-Control"] = f"public, {lasts}"
    else:
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html":
        response.headers["Vary"] = "Cookie, HX-Request"
    return response
