"""Language, light or dark, size of the text: the reader's own, kept in cookies."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.current import LANGUAGE_COOKIE, engine
from web.frame import SIZE_COOKIE, THEME_COOKIE
from web.i18n import LANGUAGES
from web.pages.session import safe_target

preferences = Blueprint("preferences", __name__)

A_YEAR = 365 * 24 * 3600
CHOICES = {
    LANGUAGE_COOKIE: LANGUAGES,
    THEME_COOKIE: ("auto", "light", "dark"),
    SIZE_COOKIE: ("normal", "large"),
}


@preferences.post("/language")
def set_language() -> Response:
    return _keep(LANGUAGE_COOKIE, request.form.get("language", ""))


@preferences.post("/theme")
def set_theme() -> Response:
    return _keep(THEME_COOKIE, request.form.get("theme", ""))


@preferences.post("/text-size")
def set_size() -> Response:
    return _keep(SIZE_COOKIE, request.form.get("size", ""))


def _keep(cookie: str, value: str) -> Response:
    response = redirect(safe_target(request.form.get("next", "")))
    if value in CHOICES[cookie]:
        response.set_cookie(
            cookie, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=engine().settings.secure_cookies
        )
    return response
