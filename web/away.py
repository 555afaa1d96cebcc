"""The page while the database is away: in both languages, and from nothing that the database would have to tell.

Neither who is logged in nor the office's names are known then, so it does without the frame of the other pages.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, jsonify, make_response, request, url_for

from engine.errors import StoreAway
from web.assets import asset
from web.current import language
from web.frame import THEME_COOKIE
from web.i18n import LANGUAGES, text

log = logging.getLogger(__name__)

STATUS = 503
RETRY_AFTER = 5
"""Seconds; a page that was only read asks again by itself."""


def install(app: Flask) -> None:
    """Registers the handler."""
    app.register_error_handler(StoreAway, away_page)


def away_page(error: StoreAway) -> Response:
    """A whole page, a line for htmx, or JSON for a script: whatever asked."""
    log.warning("%s %s: the database is away: %s", request.method, request.path, error.reason)
    lang = language()
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        response = jsonify(error=error.message.in_language(lang), advice=text("away.advice", lang))
    elif request.headers.get("HX-Request"):
        response = make_response(f"{error.message.zh} {error.message.en}")
        response.mimetype = "text/plain"
    else:
        response = make_response(_page(error, lang))
    response.status_code = STATUS
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _page(error: StoreAway, first: str) -> str:
    # not `render_template`: its context asks who is logged in
    may_ask_again = request.method == "GET"
    return current_app.jinja_env.get_template("away.html").render(
        asset=asset,
        mark=url_for("static", filename="mark.svg"),
        theme=request.cookies.get(THEME_COOKIE, "auto"),
        html_lang="zh-CN" if first == "zh" else "en",
        title=text("away.title", first),
        status=STATUS,
        retry_after=RETRY_AFTER if may_ask_again else None,
        target=request.full_path.rstrip("?") if may_ask_again else url_for("inbox.index"),
        said=[
            {
                "lang": "zh-CN" if lang == "zh" else "en",
                "title": text("away.title", lang),
                "message": error.message.in_language(lang),
                "advice": text("away.advice" if may_ask_again else "away.advice_sent", lang),
                "again": text("away.again" if may_ask_again else "away.to_inbox", lang),
            }
            for lang in sorted(LANGUAGES, key=lambda lang: lang != first)
        ],
    )
