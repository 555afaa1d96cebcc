"""The person's own page: roles, password, size of the text."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import EngineError
from engine.org.people import change_password
from web.current import actor, engine, language, now
from web.i18n import text
from web.security import limiter, sign_in

profile = Blueprint("profile", __name__, url_prefix="/profile")


@profile.get("")
def show() -> str:
    return render_template("profile.html", error="")


@profile.post("/password")
@limiter.limit("10 per minute")
def password() -> AnyResponse:
    old, new, again = (request.form.get(name, "")[:1000] for name in ("old", "new", "again"))
    if new != again:
        error = text("profile.not_the_same", language())
        return make_response(render_template("profile.html", error=error), 422)
    try:
        change_password(engine(), actor(), old, new)
        # it ended every session of the person, this one too
        sign_in(actor(), now())
    except EngineError as refusal:
        error = refusal.message.in_language(language())
        return make_response(render_template("profile.html", error=error), 422)
    flash(text("profile.changed", language()))
    return redirect(url_for("profile.show"))
