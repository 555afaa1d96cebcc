"""Notifications that did not go out: seen, sent again, put aside."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.notifications.dead_letters import discard_letter, list_letters, retry_letters
from web.current import actor, engine, language
from web.i18n import text

deliveries = Blueprint("deliveries", __name__, url_prefix="/deliveries")


@deliveries.get("")
def index() -> str:
    waiting = request.args.get("state") == "waiting"
    number = request.args.get("page", "1")
    page = list_letters(
        engine(),
        actor(),
        waiting=waiting,
        page=int(number) if number.isdecimal() and len(number) < 5 else 1,
    )
    return render_template("deliveries.html", page=page, waiting=waiting)


@deliveries.post("/retry")
def retry() -> AnyResponse:
    """One by its entry and channel."""
    retry_letters(engine(), actor(), entry_id=request.form["entry_id"], channel=request.form["channel"])
    flash(text("letter.retried", language(), n=1))
    return redirect(url_for("deliveries.index"))


@deliveries.post("/retry-all")
def retry_all() -> AnyResponse:
    count = retry_letters(engine(), actor())
    flash(text("letter.retried", language(), n=count))
    return redirect(url_for("deliveries.index"))


@deliveries.post("/discard")
def discard() -> AnyResponse:
    discard_letter(engine(), actor(), request.form["entry_id"], request.form["channel"])
    flash(text("letter.discarded", language()))
    return redirect(url_for("deliveries.index"))
