"""Steps that failed inside a diagram: seen, and tried again after a fix."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.incidents import list_incidents, retry_incident
from web.current import actor, engine, language
from web.i18n import text

incidents = Blueprint("incidents", __name__, url_prefix="/incidents")


@incidents.get("")
def index() -> str:
    return render_template("incidents.html", incidents=list_incidents(engine(), actor(), state=None))


@incidents.post("/<incident_id>/retry")
def retry(incident_id: str) -> AnyResponse:
    retry_incident(engine(), actor(), incident_id)
    flash(text("incident.retried", language()))
    return redirect(url_for("incidents.index"))
