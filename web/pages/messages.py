"""Messages to me: what was sent, what I have read, and how many wait."""

from __future__ import annotations

import re

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.notifications.messages import mark_read, message_page, unread_count
from engine.records.step import DIGEST, LEVELS, OutboxEntry
from web.current import actor, engine, language
from web.pages.session import safe_target

messages = Blueprint("messages", __name__, url_prefix="/messages")

_LEVEL = re.compile(r"^(【[^】]{1,8}】|\[[^\]]{1,12}\] )")
"""The level at the beginning of a text; the page shows it as a pill."""
_LOG_IN = re.compile(r"，请登录查看。$| Please log in to read them\.$")


@messages.get("")
def index() -> str:
    unread_only = request.args.get("unread") == "1"
    level = request.args.get("level", "")
    chosen = level if level in LEVELS else None
    number = request.args.get("page", "1")
    page = message_page(
        engine(),
        actor(),
        unread_only=unread_only,
        level=chosen,
        page=int(number) if number.isdecimal() and len(number) < 5 else 1,
    )
    return render_template(
        "messages.html",
        page=page,
        unread_only=unread_only,
        level=chosen,
        levels=tuple(reversed(LEVELS)),
        words_of=words_of,
    )


@messages.get("/unread")
def unread() -> Response:
    """For the badge, which asks now and then."""
    return jsonify(unread=unread_count(engine(), actor()))


@messages.post("/read")
def read() -> AnyResponse:
    """One message by its id, or all of them; back to the list as it was filtered."""
    entry = request.form.get("entry_id")
    mark_read(engine(), actor(), [entry] if entry else None)
    unread, level, number = (request.form.get(name, "")[:20] or None for name in ("unread", "level", "page"))
    return redirect(url_for("messages.index", unread=unread, level=level, page=number))


@messages.get("/open")
def open_one() -> AnyResponse:
    """What a message leads to: whoever goes there has read it."""
    mark_read(engine(), actor(), [request.args.get("entry", "")[:100]])
    return redirect(safe_target(request.args.get("to", "")))


def words_of(entry: OutboxEntry) -> str:
    """The text in the reader's language, without the level that stands before it and the advice to log in."""
    words = _LEVEL.sub("", entry.text_en if language() == "en" else entry.text_zh)
    return _LOG_IN.sub("", words) if entry.topic == DIGEST else words
