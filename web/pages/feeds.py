"""Calendar feeds: for calendar programs, which know an address and no login."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, make_response, request

from engine.notifications.feed import read_feed
from web.current import engine
from web.security import limiter

feeds = Blueprint("feeds", __name__, url_prefix="/feeds")


def _feed() -> str:
    """Tells feeds apart for the limit, without keeping their secrets: a whole office may come from one address."""
    return hashlib.sha256(request.path.encode()).hexdigest()


@feeds.get("/<secret>.ics")
@limiter.limit("300 per minute")
@limiter.limit("20 per minute", key_func=_feed)
def show(secret: str) -> Response:
    """Whoever knows the address; the error page's words do not repeat it."""
    response = make_response(read_feed(engine(), secret[:200]))
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="duban.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
