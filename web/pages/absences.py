"""When I am away, and who stands in."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidForm
from engine.org.absences import absences_of, clear_absence, set_absence
from web.current import actor, engine, language
from web.frame import office_time
from web.i18n import text

_INSTANT = timedelta(microseconds=1)

absences = Blueprint("absences", __name__, url_prefix="/profile/absence")


@absences.get("")
def show() -> str:
    return _page({}, {})


@absences.post("")
def enter() -> AnyResponse:
    given = {name: request.form.get(name, "")[:500] for name in ("starts_on", "ends_on", "deputy_id", "note")}
    days = {name: _day(given[name]) for name in ("starts_on", "ends_on")}
    first, last = days["starts_on"], days["ends_on"]
    if first is None or last is None:
        missing = {name: text("absence.no_day", language()) for name, day in days.items() if day is None}
        return make_response(_page(given, missing), 422)
    try:
        set_absence(
            engine(), actor(), starts_on=first, ends_on=last, deputy_id=given["deputy_id"], note=given["note"]
        )
    except InvalidForm as refusal:
        errors = {error.path: error.message.in_language(language()) for error in refusal.errors}
        return make_response(_page(given, errors), 422)
    flash(text("absence.saved", language()))
    return redirect(url_for("absences.show"))


@absences.post("/<absence_id>/end")
def end(absence_id: str) -> AnyResponse:
    clear_absence(engine(), actor(), absence_id)
    flash(text("absence.cleared", language()))
    return redirect(url_for("absences.show"))


def _page(given: dict[str, str], errors: dict[str, str]) -> str:
    view = absences_of(engine(), actor())
    zone = engine().settings.timezone
    spans = [
        (absence, absence.starts_at.astimezone(zone).date(), (absence.ends_at - _INSTANT).astimezone(zone).date())
        for absence in view.absences
    ]
    return render_template(
        "profile/absence.html",
        view=view,
        spans=spans,
        given=given,
        errors=errors,
        today=office_time().today().isoformat(),
    )


def _day(given: str) -> date | None:
    """Within the years that a calendar knows."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
