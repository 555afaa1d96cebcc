"""Merging a case into an earlier one: what becomes of both, then the confirmation; and undoing it."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.merger_preview import merger_preview
from engine.cases.merging import merge_case
from engine.cases.unmerging import undo_merger
from engine.errors import Conflict, EngineError, InvalidState, NotFound
from web.current import actor, engine, language
from web.errors import trouble_of
from web.i18n import text
from web.pages.case_links import links_again

case_merger = Blueprint("case_merger", __name__, url_prefix="/cases")


@case_merger.get("/<case_id>/merger")
def preview(case_id: str) -> AnyResponse:
    """`?into=` is an id or a number."""
    into = request.args.get("into", "")
    try:
        return make_response(_page(case_id, into))
    except NotFound as refused:
        return links_again(case_id, refused, form="merge", number=into)


@case_merger.post("/<case_id>/merger")
def merge(case_id: str) -> AnyResponse:
    """The case is carried on in `other` from now on, and so is the reader."""
    given = request.form
    into, note = given.get("other", ""), given.get("note", "")
    try:
        link = merge_case(engine(), actor(), case_id, into, note, seen=given.get("seen"))
    except (InvalidState, Conflict) as error:
        return _again(case_id, into, note, error)
    flash(text("merging.done", language()))
    return redirect(url_for("cases.show", case_id=link.other_id, tab="links"))


@case_merger.post("/<case_id>/merger/removal")
def undo(case_id: str) -> AnyResponse:
    undo_merger(engine(), actor(), case_id)
    flash(text("merging.undone", language()))
    return redirect(url_for("cases.show", case_id=case_id, tab="links"))


def _again(case_id: str, into: str, note: str, error: EngineError) -> AnyResponse:
    """The preview as it is now, with what was typed and why nothing was done."""
    try:
        page = _page(case_id, into, note=note, trouble=error.message.in_language(language()))
    except EngineError:
        raise error from None
    return make_response(page, trouble_of(error).status)


def _page(case_id: str, into: str, *, note: str = "", trouble: str = "") -> str:
    view = merger_preview(engine(), actor(), case_id, into)
    return render_template("case/merger.html", view=view, note=note, trouble=trouble)
