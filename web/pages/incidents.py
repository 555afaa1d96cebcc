"""Steps that failed inside a diagram: seen with their data, corrected, left out, and tried again after a fix."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.incidents import retry_incident
from engine.errors import EngineError, Forbidden, Message, NotFound
from engine.operating.incident_acts import (
    correct_submitted,
    open_incident,
    preview_incident,
    read_incidents,
    skip_incident,
)
from web.current import actor, engine, language
from web.i18n import text

_NO_REASON = Message(
    "请写明重试的理由，例如故障已怎样排除。", "Say why it is tried again: what has been mended, for one."
)

incidents = Blueprint("incidents", __name__, url_prefix="/incidents")


@incidents.get("")
def index() -> str:
    """Those that wait for somebody; with `state=all`, also the latest of those that are settled."""
    everything = request.args.get("state") == "all"
    found = read_incidents(engine(), actor(), state=None if everything else "open")
    return render_template("incidents.html", incidents=found, everything=everything)


@incidents.get("/<incident_id>")
def show(incident_id: str) -> str:
    return _page(incident_id)


@incidents.post("/<incident_id>/retry")
def retry(incident_id: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if not reason and actor().is_admin:
        return make_response(_page(incident_id, refusal=_NO_REASON), 422)
    retry_incident(engine(), actor(), incident_id, reason)
    flash(text("incident.retried", language()))
    return redirect(url_for("incidents.index"))


@incidents.post("/<incident_id>/skip")
def skip(incident_id: str) -> AnyResponse:
    try:
        skip_incident(engine(), actor(), incident_id, request.form.get("reason", ""))
    except (Forbidden, NotFound):
        raise
    except EngineError as error:
        return make_response(_page(incident_id, refusal=error.message), 422)
    flash(text("trouble.skipped", language()))
    return redirect(url_for("incidents.show", incident_id=incident_id))


@incidents.post("/<incident_id>/correct")
def correct(incident_id: str) -> AnyResponse:
    values = {request.form.get("name", "")[:200]: request.form.get("text", "")[:5000]}
    try:
        correct_submitted(engine(), actor(), incident_id, values, request.form.get("reason", ""))
    except (Forbidden, NotFound):
        raise
    except EngineError as error:
        return make_response(_page(incident_id, refusal=error.message), 422)
    flash(text("trouble.corrected", language()))
    return redirect(url_for("incidents.show", incident_id=incident_id))


def _page(incident_id: str, refusal: Message | None = None) -> str:
    view = open_incident(engine(), actor(), incident_id)
    retried = skipped = None
    if actor().is_admin and view.incident.state == "open":
        retried = preview_incident(engine(), actor(), incident_id, skip=False)
        skipped = preview_incident(engine(), actor(), incident_id, skip=True) if view.may_skip else None
    return render_template("operate/incident.html", view=view, refusal=refusal, retried=retried, skipped=skipped)
