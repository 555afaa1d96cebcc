"""The whole file on paper: everything of a case on one page, parties only for a purpose that the trail keeps."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.file_read import open_file
from engine.cases.read import reveal_parties
from web.cards import cards_of
from web.case_timeline import names_of
from web.current import actor, engine, language
from web.i18n import text
from web.pages.cases import LEAST_PURPOSE
from web.timeline import grouped, lines_of

case_print = Blueprint("case_print", __name__, url_prefix="/cases")


@case_print.get("/<case_id>/print")
def show(case_id: str) -> str:
    return _page(case_id)


@case_print.post("/<case_id>/print")
def with_parties(case_id: str) -> AnyResponse:
    """With the parties, for a purpose."""
    purpose = request.form.get("purpose", "").strip()[:500]
    if len(purpose) < LEAST_PURPOSE:
        return make_response(_page(case_id, purpose_error=text("case.purpose_short", language())), 422)
    return make_response(
        _page(case_id, parties=reveal_parties(engine(), actor(), case_id, purpose), purpose=purpose)
    )


def _page(case_id: str, **extra: Any) -> str:
    file = open_file(engine(), actor(), case_id)
    return render_template(
        "case/print.html",
        file=file,
        view=file.view,
        lines=grouped(lines_of(names_of(file))),
        why=cards_of(case_id, file.view.deadlines),
        **extra,
    )
