"""Starting a case: the form of a procedure's start event (登记来信来访, 登记现场通知)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.form_files import Upload
from engine.cases.halted import Halted
from engine.cases.start import start_case
from engine.definitions.read import start_form
from engine.errors import FieldError, InvalidForm, Message, NotFound, StepFailed
from engine.tasks.drafts import drop_start_draft, save_start_draft, start_draft
from engine.tasks.halted import halt_of_start
from web.current import actor, engine, language
from web.errors import trouble_of
from web.form_page import FormPage, errors_of, read_draft, read_payload, shown_errors
from web.frame import may_start, office_time
from web.i18n import text

starts = Blueprint("starts", __name__, url_prefix="/new")

MOST_FILES = 50


@starts.get("/<procedure>")
def show(procedure: str) -> str:
    return _page(procedure, None, secrets.token_urlsafe(18))


@starts.post("/<procedure>")
def create(procedure: str) -> AnyResponse:
    """The page that follows; for a script that sends files along, JSON with where to go or what is wrong."""
    data = read_payload()
    key = request.form.get("submission_key", "")[:64] or secrets.token_urlsafe(18)
    uploads = _uploads()
    for_script = request.accept_mimetypes.best == "application/json"
    try:
        case = start_case(engine(), actor(), procedure, data, submission_key=key, uploads=uploads)
    except (InvalidForm, StepFailed, Halted) as error:
        # what was typed stays on the page
        errors = (FieldError("", error.message),) if isinstance(error, Halted) else errors_of(error)
        status = trouble_of(error).status if isinstance(error, Halted) else 422
        if for_script:
            return make_response(jsonify(errors=shown_errors(errors)), status)
        return make_response(_page(procedure, data, key, errors), status)
    flash(text("start.done", language(), title=case.title))
    there = url_for("cases.show", case_id=case.case_id)
    return jsonify(location=there) if for_script else redirect(there)


@starts.post("/<procedure>/draft")
def draft(procedure: str) -> Response:
    typed, _ = read_draft()
    save_start_draft(engine(), actor(), procedure, typed)
    time = office_time()
    return jsonify(saved_at=time.clock(time.now))


@starts.post("/<procedure>/draft/discard")
def discard(procedure: str) -> AnyResponse:
    drop_start_draft(engine(), actor(), procedure)
    return redirect(url_for("starts.show", procedure=procedure))


def _uploads() -> list[Upload]:
    limit = engine().settings.max_upload_bytes
    return [
        Upload(file.filename or "", file.stream.read(limit + 1))
        for file in request.files.getlist("file")[:MOST_FILES]
    ]


def _page(procedure: str, values: Mapping[str, Any] | None, key: str, errors: Sequence[FieldError] = ()) -> str:
    names = dict(may_start())
    if procedure not in names:
        raise NotFound(Message("可以登记的事项", "matter to register"), procedure)
    kept = start_draft(engine(), actor(), procedure) if values is None else None
    form = FormPage(
        schema=start_form(engine(), actor(), procedure),
        values={**kept.data, **kept.party} if kept else values or {},
        draft_url=url_for("starts.draft", procedure=procedure),
        errors=errors,
        draft_saved_at=kept.saved_at if kept else None,
    )
    halt = halt_of_start(engine(), actor(), procedure)
    words = {"procedure": procedure, "name": names[procedure], "submission_key": key}
    return render_template("start.html", **words, form=form, halt=halt)
