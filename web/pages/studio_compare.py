"""Two versions of a procedure side by side: on the drawing, and as a list in words."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from engine.definitions.comparing import Comparison, compare_procedures, side_drawing
from engine.definitions.differences import Change
from web.current import actor, engine, language
from web.differences_words import (
    FILE_ICONS,
    ICONS,
    LIGHTS,
    aspect_words,
    file_words,
    kind_words,
    side_words,
    value_words,
)
from web.i18n import catalogue, text

studio_compare = Blueprint("studio_compare", __name__, url_prefix="/studio/compare")


@studio_compare.get("")
def show() -> str:
    """`left` is the older side, `right` the newer one: ids of versions or of drafts."""
    left, right = request.args.get("left", ""), request.args.get("right", "")
    found = compare_procedures(engine(), actor(), left, right)
    return render_template(
        "studio/compare.html",
        found=found,
        island=_island(found),
        changes=list(Change),
        icons=ICONS,
        lights=LIGHTS,
        file_icons=FILE_ICONS,
        kind_words=kind_words,
        aspect_words=aspect_words,
        value_words=value_words,
        side_words=side_words,
        file_words=file_words,
    )


@studio_compare.get("/<side_id>/diagram.bpmn")
def diagram(side_id: str) -> Response:
    """The drawing of a version or of a draft, for the viewer."""
    response = Response(side_drawing(engine(), actor(), side_id), mimetype="application/xml")
    response.headers["Content-Disposition"] = "attachment"
    return response


def _island(found: Comparison) -> dict[str, object]:
    """What the script marks: element ids with their change, and the words for it."""
    lang = language()
    return {
        "left": url_for("studio_compare.diagram", side_id=found.left.side_id) if found.left.drawing else "",
        "right": url_for("studio_compare.diagram", side_id=found.right.side_id) if found.right.drawing else "",
        "items": [
            {"id": i.item_id, "change": i.change.value, "name": i.name, "kind": kind_words(i.kind)}
            for i in found.drawn
        ],
        "words": {change.value: text(f"compare.change_{change.value}", lang) for change in Change}
        | {name: catalogue(lang)[f"compare.{name}"] for name in ("failed", "no_drawing", "place", "nothing_drawn")},
    }
