"""Stopping the clock of a deadline, and letting it go on, from the clocks of its case."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.pausing import LONGEST_NOTE, pause_deadline, resume_deadline
from web.current import actor, engine, language
from web.i18n import text

pausing = Blueprint("pausing", __name__, url_prefix="/deadlines")


@pausing.post("/<deadline_id>/pause")
def pause(deadline_id: str) -> AnyResponse:
    case_id = pause_deadline(engine(), actor(), deadline_id, request.form.get("reason", ""), _note())
    flash(text("pause.stopped", language()))
    return redirect(url_for("cases.show", case_id=case_id, tab="clocks"))


@pausing.post("/<deadline_id>/resume")
def resume(deadline_id: str) -> AnyResponse:
    case_id = resume_deadline(engine(), actor(), deadline_id, _note())
    flash(text("pause.resumed", language()))
    return redirect(url_for("cases.show", case_id=case_id, tab="clocks"))


def _note() -> str:
    return request.form.get("note", "")[: LONGEST_NOTE + 1]
