"""When somebody is away and who stands in: one's own page, and everybody's for a process admin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidForm
from engine.org.absences import absences_of, clear_absence, office_absences, set_absence
from engine.records.reach import Absence
from web.current import actor, engine, language, now
from web.frame import office_time, unit_names
from web.i18n import text

_INSTANT = timedelta(microseconds=1)

absences = Blueprint("absences", __name__)


@absences.get("/profile/absence")
def show() -> str:
    return _own({}, [], {})


@absences.post("/profile/absence")
def enter() -> AnyResponse:
    given, procedures = _given()
    errors = _enter(given, procedures, None)
    if errors:
        return make_response(_own(given, procedures, errors), 422)
    flash(text("absence.saved", language()))
    return redirect(url_for("absences.show"))


@absences.post("/profile/absence/<absence_id>/end")
def end(absence_id: str) -> AnyResponse:
    clear_absence(engine(), actor(), absence_id)
    flash(text("absence.cleared", language()))
    # who is back early wants to see what was done meanwhile
    back = {"office": "absences.office", "return": "handovers.show"}.get(
        request.form.get("from", ""), "absences.show"
    )
    return redirect(url_for(back))


@absences.get("/absences")
def office() -> str:
    return _office(request.args.get("person", ""), {}, [], {})


@absences.post("/absences")
def enter_for() -> AnyResponse:
    person_id = request.form.get("person_id", "")[:200]
    given, procedures = _given()
    errors = _enter(given, procedures, person_id)
    if errors:
        return make_response(_office(person_id, given, procedures, errors), 422)
    flash(text("absence.saved", language()))
    return redirect(url_for("absences.office"))


def _given() -> tuple[dict[str, str], list[str]]:
    names = ("starts_on", "ends_on", "deputy_id", "note")
    procedures = request.form.getlist("procedures")[:100] if request.form.get("scope") == "some" else []
    return {name: request.form.get(name, "")[:500] for name in (*names, "scope")}, procedures


def _enter(given: Mapping[str, str], procedures: list[str], person_id: str | None) -> dict[str, str]:
    """What is wrong, by field; nothing once it is entered."""
    days = {name: _day(given[name]) for name in ("starts_on", "ends_on")}
    first, last = days["starts_on"], days["ends_on"]
    if first is None or last is None:
        return {name: text("absence.no_day", language()) for name, day in days.items() if day is None}
    if given["scope"] == "some" and not procedures:
        return {"procedures": text("standing.no_procedure", language())}
    try:
        set_absence(
            engine(),
            actor(),
            starts_on=first,
            ends_on=last,
            deputy_id=given["deputy_id"],
            note=given["note"],
            person_id=person_id,
            procedures=procedures,
        )
    except InvalidForm as refusal:
        return {error.path: error.message.in_language(language()) for error in refusal.errors}
    return {}


def _own(given: Mapping[str, str], chosen: list[str], errors: Mapping[str, str]) -> str:
    view = absences_of(engine(), actor())
    return render_template(
        "profile/absence.html",
        view=view,
        spans=[_span(a) for a in view.absences],
        standing_in=[_span(a) for a in view.standing_in],
        **_form(given, chosen, errors),
    )


def _office(person_id: str, given: Mapping[str, str], chosen: list[str], errors: Mapping[str, str]) -> str:
    everybody = office_absences(engine(), actor())
    by_unit: dict[str, list[Any]] = {}
    for person in everybody.people:
        by_unit.setdefault(unit_names().get(person.unit, person.unit), []).append(person)
    known = any(person.person_id == person_id for person in everybody.people)
    return render_template(
        "standing/office.html",
        view=everybody,
        spans=[_span(a) for a in everybody.absences],
        by_unit=by_unit,
        of=absences_of(engine(), actor(), person_id) if known else None,
        **_form(given, chosen, errors),
    )


def _form(given: Mapping[str, str], chosen: list[str], errors: Mapping[str, str]) -> dict[str, Any]:
    today = office_time().today().isoformat()
    return {"given": given, "chosen": chosen, "errors": errors, "today": today}


def _span(absence: Absence) -> tuple[Absence, date, date, bool]:
    """With its first and last day, and whether it lasts now."""
    zone = engine().settings.timezone

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    lasts = absence.starts_at <= now() < absence.ends_at
    return absence, day(absence.starts_at), day(absence.ends_at - _INSTANT), lasts


def _day(given: str) -> date | None:
    """Within the years that a calendar knows."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
