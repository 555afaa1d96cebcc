"""Links of a case: made and taken away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.links import link_cases, unlink_cases
from web.current import actor, engine, language
from web.i18n import text

case_links = Blueprint("case_links", __name__, url_prefix="/cases")


@case_links.post("/<case_id>/links")
def add(case_id: str) -> AnyResponse:
    """`other` is an id or a number."""
    given = request.form
    link_cases(
        engine(),
        actor(),
        case_id,
        given.get("other", ""),
        kind=given.get("kind", ""),
        note=given.get("note", ""),
    )
    return _back(case_id, "file_link.added")


@case_links.post("/<case_id>/links/<other_id>/removal")
def remove(case_id: str, other_id: str) -> AnyResponse:
    unlink_cases(engine(), actor(), case_id, other_id, kind=request.form.get("kind", ""))
    return _back(case_id, "file_link.removed")


def _back(case_id: str, said: str) -> AnyResponse:
    flash(text(said, language()))
    return redirect(url_for("cases.show", case_id=case_id, tab="links"))
