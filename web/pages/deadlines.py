"""Why a deadline is when it is: the whole card as a page for the screen and the review file, as a part, as JSON."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from engine.deadlines.why import explain
from engine.deadlines.why_json import to_json
from web.current import actor, engine
from web.frame import office_time, unit_names
from web.why import Card, card_of

deadlines = Blueprint("deadlines", __name__, url_prefix="/deadlines")


@deadlines.get("/<deadline_id>")
def show(deadline_id: str) -> str:
    return render_template("deadline.html", w=_card(deadline_id))


@deadlines.get("/<deadline_id>/card")
def card(deadline_id: str) -> str:
    """The card alone, for the place on a page that asked for more."""
    return render_template("parts/why_full.html", w=_card(deadline_id), inside=True)


@deadlines.get("/<deadline_id>.json")
def as_json(deadline_id: str) -> Response:
    return jsonify(to_json(explain(engine(), actor(), deadline_id), engine().settings.timezone))


def _card(deadline_id: str) -> Card:
    return card_of(explain(engine(), actor(), deadline_id), office_time(), unit_names())
