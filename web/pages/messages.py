"""Messages to me: what was sent, what I have read."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.notifications.messages import list_messages, mark_read
from web.current import actor, engine

messages = Blueprint("messages", __name__, url_prefix="/messages")


@messages.get("")
def index() -> str:
    unread_only = request.args.get("unread") == "1"
    found = list_messages(engine(), actor(), unread_only=unread_only)
    return render_template("messages.html", messages=found, unread_only=unread_only)


@messages.post("/read")
def read() -> AnyResponse:
    """One message by its id, or all of them."""
    entry = request.form.get("entry_id")
    mark_read(engine(), actor(), [entry] if entry else None)
    return redirect(url_for("messages.index"))
