"""交接: what was done while one was away; and 离职转办: all that somebody holds goes to others."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidForm, InvalidState
from engine.org.coming_back import looked_at
from engine.org.handover import handover
from engine.records.org import Person
from engine.tasks.leaving import begin_leaving, continue_leaving, leavers_of, leaving_of
from web.current import actor, engine, language
from web.frame import unit_names
from web.i18n import text

handovers = Blueprint("handovers", __name__)


@handovers.get("/handover")
def show() -> str:
    """What was done for the person who reads it."""
    chosen = request.args.get("absence", "")[:100]
    view = handover(engine(), actor(), chosen or None)
    looked_at(engine(), actor())
    return render_template("standing/handover.html", view=view, chosen=chosen)


@handovers.post("/handover/seen")
def seen() -> AnyResponse:
    """The first page no longer shows the list."""
    looked_at(engine(), actor())
    return redirect(url_for("inbox.index"))


@handovers.get("/leaving")
def leavers() -> str:
    by_unit: dict[str, list[Person]] = {}
    for person in leavers_of(engine(), actor()):
        by_unit.setdefault(unit_names().get(person.unit, person.unit), []).append(person)
    return render_template("standing/leavers.html", by_unit=by_unit)


@handovers.get("/leaving/<person_id>")
def leaving(person_id: str) -> str:
    return _leaving(person_id)


@handovers.post("/leaving/<person_id>")
def begin(person_id: str) -> AnyResponse:
    receivers = {name[3:]: value[:200] for name, value in request.form.items() if name.startswith("to:")}
    try:
        begin_leaving(
            engine(),
            actor(),
            person_id,
            receivers,
            request.form.get("reason", ""),
            deactivate=request.form.get("deactivate") == "yes",
        )
    except InvalidForm as refusal:
        errors = {error.path: error.message.in_language(language()) for error in refusal.errors}
        return make_response(_leaving(person_id, errors), 422)
    except InvalidState as refusal:
        return make_response(_leaving(person_id, {"reason": refusal.message.in_language(language())}), 422)
    return redirect(url_for("handovers.progress", person_id=person_id))


@handovers.get("/leaving/<person_id>/progress")
def progress(person_id: str) -> str:
    return render_template("standing/progress.html", view=leaving_of(engine(), actor(), person_id))


@handovers.post("/leaving/<person_id>/progress")
def go_on(person_id: str) -> AnyResponse:
    """The next portion; a script asks again by itself, and a button does without one."""
    view = continue_leaving(engine(), actor(), person_id)
    if view.is_over and not view.failed:
        flash(text("leaving.over", language(), done=view.done))
    if request.headers.get("HX-Request"):
        return make_response(render_template("standing/progress_part.html", view=view))
    return redirect(url_for("handovers.progress", person_id=person_id))


def _leaving(person_id: str, errors: dict[str, str] | None = None) -> str:
    view = leaving_of(engine(), actor(), person_id)
    return render_template("standing/leaving.html", view=view, errors=errors or {}, given=request.form)
