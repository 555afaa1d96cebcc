"""回避: who stands aside from a case, declared and lifted."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidState
from engine.tasks.recusal import declare_recusal, lift_recusal, recusals_of
from web.current import actor, engine, language
from web.i18n import text

recusals = Blueprint("recusals", __name__, url_prefix="/cases/<case_id>/recusal")


@recusals.get("")
def show(case_id: str) -> str:
    return _page(case_id)


@recusals.post("")
def declare(case_id: str) -> AnyResponse:
    person_id = request.form.get("person_id", "")[:200] or actor().person_id
    try:
        stranded = declare_recusal(engine(), actor(), case_id, request.form.get("reason", ""), person_id)
    except InvalidState as refusal:
        return make_response(_page(case_id, error=refusal.message.in_language(language())), 422)
    flash(text("recusal.declared", language()))
    if stranded:
        flash(text("recusal.stranded_many", language(), many=len(stranded)))
    if person_id == actor().person_id:
        # the case does not exist for the actor any more
        return redirect(url_for("inbox.index"))
    return redirect(url_for("recusals.show", case_id=case_id))


@recusals.post("/<person_id>/lift")
def lift(case_id: str, person_id: str) -> AnyResponse:
    lift_recusal(engine(), actor(), case_id, person_id)
    flash(text("recusal.lifted", language()))
    return redirect(url_for("recusals.show", case_id=case_id))


def _page(case_id: str, error: str = "") -> str:
    view = recusals_of(engine(), actor(), case_id)
    return render_template("standing/recusal.html", view=view, error=error, given=request.form)
