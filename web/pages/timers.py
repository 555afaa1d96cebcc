"""The ledger of timers, for those who answer for the clock."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.deadlines.ledger import list_timers
from web.current import actor, engine

timers = Blueprint("timers", __name__)

STATES = ("waiting", "fired", "cancelled", "failed")


@timers.get("/timers")
def index() -> str:
    state = request.args.get("state", "waiting")
    chosen = state if state in STATES else None
    ledger = list_timers(engine(), actor(), state=chosen)
    return render_template("timers.html", ledger=ledger, timers=ledger.timers, states=STATES, chosen=chosen)
