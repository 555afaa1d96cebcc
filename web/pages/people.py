"""Choosing a colleague: what the boxes ask while somebody types."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from engine.org.pick import SHOWN, Pick, pick_people
from web.current import actor, engine, language
from web.frame import unit_names
from web.i18n import label, text

people = Blueprint("people", __name__, url_prefix="/people")

LISTED = {"transfer": 100, "delegate": 100, "deputy": 100}
"""Colleagues of one unit that a page offers to who has no script; of all staff the nearest `SHOWN`."""


@people.get("")
def index() -> Response:
    """`?q=&purpose=transfer&task_id=…`: the colleagues, the nearest first. At most `SHOWN`."""
    found = pick_people(
        engine(),
        actor(),
        purpose=request.args.get("purpose", ""),
        text=request.args.get("q", "").strip(),
        task_id=request.args.get("task_id") or None,
        case_id=request.args.get("case_id") or None,
    )
    return jsonify(people=[_row(pick) for pick in found], more=len(found) >= SHOWN)


def offered(purpose: str, *, task_id: str | None = None, case_id: str | None = None) -> list[dict[str, str]]:
    """What a page's own list holds, for `parts/people.html`."""
    found = pick_people(
        engine(), actor(), purpose=purpose, task_id=task_id, case_id=case_id, limit=LISTED.get(purpose, SHOWN)
    )
    return [_row(pick) for pick in found]


def _row(pick: Pick) -> dict[str, str]:
    roles = text("common.comma", language()).join(label("role", role, language()) for role in pick.roles)
    return {
        "id": pick.person_id,
        "name": pick.name,
        "unit": pick.unit,
        "unit_name": unit_names().get(pick.unit, pick.unit_name),
        "roles": roles,
        "initials": pick.initials,
    }
