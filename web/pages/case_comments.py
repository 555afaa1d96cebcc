"""Comments of a case."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.comments import add_comment
from engine.cases.file_read import open_file
from engine.errors import InvalidState
from web.current import actor, engine, language
from web.i18n import text
from web.pages.cases import page_of

case_comments = Blueprint("case_comments", __name__, url_prefix="/cases")


@case_comments.post("/<case_id>/comments")
def add(case_id: str) -> AnyResponse:
    """What was typed stays typed where it is refused."""
    said, mentions = request.form.get("text", ""), request.form.getlist("mentions")
    try:
        comment = add_comment(
            engine(), actor(), case_id, said, mentions, task_id=request.form.get("task_id") or None
        )
    except InvalidState as refused:
        error = refused.message.in_language(language())
        file = open_file(engine(), actor(), case_id)
        return make_response(page_of(file, "comments", typed=said, mentioned=mentions, comment_error=error), 422)
    flash(text("file_comment.added_told" if comment.mentions else "file_comment.added", language()))
    return redirect(url_for("cases.show", case_id=case_id, tab="comments", _anchor=f"c-{comment.comment_id}"))
