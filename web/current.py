"""What every page of one request has: the engine, who acts, the language, the present moment."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import flask_login
from flask import Flask, current_app, g, request

from engine.ports.engine import Engine
from engine.records.org import Actor
from web.i18n import LANGUAGES

ENGINE = "duban"
LANGUAGE_COOKIE = "duban_language"


def engine_of(app: Flask) -> Engine:
    """The engine that an application serves."""
    return cast(Engine, app.extensions[ENGINE])


def engine() -> Engine:
    """The engine of the application that handles this request."""
    return engine_of(current_app)


def actor() -> Actor:
    """Who acts. Only behind the login, which `web.security` demands for every page that is not open."""
    return cast(Actor, flask_login.current_user.actor)


def actor_or_none() -> Actor | None:
    """Who acts, None before login."""
    return cast("Actor | None", getattr(flask_login.current_user, "actor", None))


def language() -> str:
    """`zh` or `en`: the cookie's choice, Chinese without one. Asked for a hundred times a page."""
    known: str | None = g.get("language")
    if known is None:
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        known = g.language = chosen if chosen in LANGUAGES else LANGUAGES[0]
    return known


def now() -> datetime:
    """The present moment, aware UTC."""
    return engine().clock.now()
