"""For monitors: whether the system keeps time, and figures for graphs. No login, no person, no case."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, jsonify, request

from engine.deadlines.health import figures, health
from engine.errors import StoreAway
from web.current import engine
from web.metrics import CONTENT_TYPE, exposed

monitor = Blueprint("monitor", __name__)

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@monitor.get("/health")
def show_health() -> tuple[Response, int]:
    """200 where all is well, 503 where the database, the heartbeat or the ledger is not."""
    found = health(engine())
    ages = {"heartbeat_age_seconds": found.heartbeat_age, "oldest_due_age_seconds": found.oldest_due_age}
    body = {
        "status": "ok" if found.is_well else "unwell",
        "unwell": [part.value for part in found.unwell],
        **{name: None if age is None else round(age.total_seconds(), 3) for name, age in ages.items()},
        "incidents_open": found.incidents,
        "dead_letters": found.dead_letters,
    }
    return jsonify(body), 200 if found.is_well else 503


@monitor.get("/metrics")
def show_metrics() -> Response:
    """The text that Prometheus reads: with the token of the settings, or from this host where there is none."""
    if not _may_read():
        return Response("DUBAN_METRICS_TOKEN\n", status=403, content_type="text/plain; charset=utf-8")
    try:
        found = figures(engine())
    except StoreAway:
        return Response("# the database is away\n", status=503, content_type="text/plain; charset=utf-8")
    return Response(exposed(found), content_type=CONTENT_TYPE)


def _may_read() -> bool:
    token = engine().settings.metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # whoever comes through a proxy on this host comes from elsewhere
    if any(header in request.headers for header in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
