"""Links of a case: made and taken away."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.file_read import open_file
from engine.cases.links import link_cases, unlink_cases
from engine.errors import EngineError, InvalidState, NotFound
from web.current import actor, engine, language
from web.i18n import text
from web.pages.cases import page_of

case_links = Blueprint("case_links", __name__, url_prefix="/cases")


@case_links.post("/<case_id>/links")
def add(case_id: str) -> AnyResponse:
    """`other` is an id or a number. What is wrong with it is said at the form, what was typed stays."""
    given = request.form
    other, kind, note = given.get("other", ""), given.get("kind", ""), given.get("note", "")
    try:
        link_cases(engine(), actor(), case_id, other, kind=kind, note=note)
    except (InvalidState, NotFound) as refused:
        return links_again(case_id, refused, form="link", number=other, kind=kind, note=note)
    return _back(case_id, "file_link.added")


@case_links.post("/<case_id>/links/<other_id>/removal")
def remove(case_id: str, other_id: str) -> AnyResponse:
    unlink_cases(engine(), actor(), case_id, other_id, kind=request.form.get("kind", ""))
    return _back(case_id, "file_link.removed")


def links_again(case_id: str, refused: EngineError, *, form: str, number: str, **typed: str) -> AnyResponse:
    """The tab with what was typed into `form` ("link", "merge") and why nothing was done.

    Raises NotFound where it is the case itself that the reader may not know of.
    """
    file = open_file(engine(), actor(), case_id)
    if isinstance(refused, NotFound):
        error = text("file_link.unknown", language(), number=number.strip()[:80])
    else:
        error = refused.message.in_language(language())
    page = page_of(file, "links", wrong={"form": form, "error": error, "number": number, **typed})
    return make_response(page, 404 if isinstance(refused, NotFound) else 422)


def _back(case_id: str, said: str) -> AnyResponse:
    flash(text(said, language()))
    return redirect(url_for("cases.show", case_id=case_id, tab="links"))
