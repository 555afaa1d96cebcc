"""Starting a case: the form of a procedure's start event (登记来信来访, 登记现场通知)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.start import start_case
from engine.definitions.read import start_form
from engine.errors import FieldError, InvalidForm, Message, NotFound, StepFailed
from web.current import actor, engine, language
from web.form_page import FormPage, errors_of, read_payload
from web.frame import may_start
from web.i18n import text

starts = Blueprint("starts", __name__, url_prefix="/new")


@starts.get("/<procedure>")
def show(procedure: str) -> str:
    return _page(procedure, {}, secrets.token_urlsafe(18))


@starts.post("/<procedure>")
def create(procedure: str) -> AnyResponse:
    data = read_payload()
    key = request.form.get("submission_key", "")[:64] or secrets.token_urlsafe(18)
    try:
        case = start_case(engine(), actor(), procedure, data, submission_key=key)
    except (InvalidForm, StepFailed) as error:
        return make_response(_page(procedure, data, key, errors_of(error)), 422)
    flash(text("start.done", language(), title=case.title))
    return redirect(url_for("cases.show", case_id=case.case_id))


def _page(procedure: str, values: Mapping[str, Any], key: str, errors: Sequence[FieldError] = ()) -> str:
    names = dict(may_start())
    if procedure not in names:
        raise NotFound(Message("可以登记的事项", "matter to register"), procedure)
    schema = start_form(engine(), actor(), procedure)
    form = FormPage(schema=schema, values=values, errors=errors)
    return render_template("start.html", procedure=procedure, name=names[procedure], form=form, submission_key=key)
