"""What can be done with a case beside its tasks: follow it, and bring it to somebody's attention."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import Forbidden, InvalidState
from engine.records.views import CaseView
from engine.tasks.acting import LONGEST_TEXT
from engine.tasks.copies import copy_case, may_copy
from engine.tasks.following import follow_case, is_following, unfollow_case
from web.current import actor, engine, language
from web.errors import trouble_of
from web.i18n import text
from web.pages.people import offered

case_acts = Blueprint("case_acts", __name__, url_prefix="/cases")


@case_acts.app_context_processor
def known() -> dict[str, Any]:
    """For the head of a case's pages."""
    return {"follows_case": _follows, "may_copy_case": _may_copy}


@case_acts.post("/<case_id>/follow")
def follow(case_id: str) -> AnyResponse:
    is_on = request.form.get("follow") == "1"
    (follow_case if is_on else unfollow_case)(engine(), actor(), case_id)
    flash(text("act_done.follow" if is_on else "act_done.unfollow", language()))
    return redirect(url_for("cases.show", case_id=case_id) if is_on else url_for("inbox.index", box="followed"))


@case_acts.get("/<case_id>/copy")
def show(case_id: str) -> str:
    return _page(case_id)


@case_acts.post("/<case_id>/copy")
def copy(case_id: str) -> AnyResponse:
    people = [person for person in request.form.getlist("people") if person]
    note = request.form.get("reason", "").replace("\r\n", "\n")[: LONGEST_TEXT + 1]
    try:
        copy_case(engine(), actor(), case_id, people, note)
    except (InvalidState, Forbidden) as error:
        page = _page(case_id, trouble=error.message.in_language(language()))
        return make_response(page, trouble_of(error).status)
    flash(text("act_done.copy", language()))
    return redirect(url_for("cases.show", case_id=case_id))


def _page(case_id: str, *, trouble: str = "") -> str:
    is_fragment = bool(request.headers.get("HX-Request"))
    return render_template(
        "acts/copy_body.html" if is_fragment else "acts/copy_page.html",
        case_id=case_id,
        offered=offered("copy", case_id=case_id),
        chosen=request.form.getlist("people"),
        reason=request.form.get("reason", ""),
        trouble=trouble,
    )


def _follows(case_id: str) -> bool:
    return is_following(engine(), actor(), case_id)


def _may_copy(view: CaseView) -> bool:
    return may_copy(actor(), view.case, view.tasks)
