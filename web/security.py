"""Login, sessions, cross-site protection, headers and limits: what stands in front of every page."""

from __future__ import annotations

from datetime import datetime, timedelta

import flask_login
from flask import Flask, Response, redirect, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from engine.config import Settings
from engine.org.login import load_actor
from engine.records.org import Actor
from web.current import engine_of
from web.secret import session_key

OPEN_ENDPOINTS = frozenset({"static", "session.login_page", "session.login", "preferences.set_language"})
SINCE = "since"
FORM_LIMIT = 4 * 1024 * 1024
"""Bytes of a posted form: a megabyte of text is refused at its field, more is refused as a whole."""
ROOM_FOR_PARTS = 1024 * 1024

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

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
        SECRET_KEY=session_key(settings.home),
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
    logins.user_loader(lambda person_id: _load(app, person_id))
    app.before_request(_demand_login)
    app.after_request(_add_headers)


def sign_in(actor: Actor, at: datetime) -> None:
    """Starts a new session: nothing of the one before survives."""
    session.clear()
    session.permanent = True
    session[SINCE] = at.timestamp()
    flask_login.login_user(SignedIn(actor))


def sign_out() -> None:
    """Ends the session."""
    flask_login.logout_user()
    session.clear()


def _load(app: Flask, person_id: str) -> SignedIn | None:
    engine = engine_of(app)
    since = session.get(SINCE)
    lifetime = timedelta(hours=engine.settings.session_hours).total_seconds()
    if not isinstance(since, int | float) or engine.clock.now().timestamp() - since > lifetime:
        return None
    actor = load_actor(engine, person_id)
    return None if actor is None else SignedIn(actor)


def _demand_login() -> AnyResponse | None:
    if request.endpoint in OPEN_ENDPOINTS or flask_login.current_user.is_authenticated:
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    login = url_for("session.login_page", next=target)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": login})
    return redirect(login)


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html":
        response.headers["Vary"] = "Cookie, HX-Request"
    return response
