"""One task: its form, its clocks, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import FieldError, InvalidForm, StepFailed
from engine.records.views import TaskView
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft
from engine.tasks.read import open_task
from web.cards import cards_of
from web.current import actor, engine, language
from web.form_page import FormPage, errors_of, mentioned, read_object, read_payload
from web.frame import office_time
from web.i18n import text

tasks = Blueprint("tasks", __name__, url_prefix="/tasks")


@tasks.get("/<task_id>")
def show(task_id: str) -> str:
    return _page(open_task(engine(), actor(), task_id))


@tasks.post("/<task_id>/completion")
def complete(task_id: str) -> AnyResponse:
    data = read_payload()
    try:
        complete_task(engine(), actor(), task_id, data, seen_version=request.form.get("seen_version", type=int))
    except (InvalidForm, StepFailed) as error:
        page = _page(open_task(engine(), actor(), task_id), values=data, errors=errors_of(error))
        return make_response(page, 422)
    flash(text("task.done", language()))
    return redirect(url_for("inbox.index"))


@tasks.post("/<task_id>/claim")
def claim(task_id: str) -> AnyResponse:
    claim_task(engine(), actor(), task_id)
    return redirect(url_for("tasks.show", task_id=task_id))


@tasks.post("/<task_id>/release")
def release(task_id: str) -> AnyResponse:
    unclaim_task(engine(), actor(), task_id)
    flash(text("task.released", language()))
    return redirect(url_for("inbox.index", box="claimable"))


@tasks.post("/<task_id>/draft")
def draft(task_id: str) -> Response:
    save_draft(engine(), actor(), task_id, read_object(request.get_data()))
    time = office_time()
    return jsonify(saved_at=time.clock(time.now))


def _page(view: TaskView, *, values: Mapping[str, Any] | None = None, errors: Sequence[FieldError] = ()) -> str:
    form = FormPage(
        schema=view.form,
        values={**mentioned(view.form, view.task.data), **(view.values if values is None else values)},
        editable=view.may_complete,
        draft_url=url_for("tasks.draft", task_id=view.task.task_id) if view.may_complete else "",
        errors=errors,
    )
    return render_template(
        "task.html",
        view=view,
        form=form,
        why=cards_of(view.case.case_id, view.deadlines),
        verb=_worded(view.task.properties, "verb") or text("task.submit", language()),
        hint=_hint(view),
    )


def _worded(properties: Mapping[str, str], name: str) -> str:
    translated = properties.get(f"{name}_en") if language() == "en" else None
    return translated or properties.get(name, "")


def _hint(view: TaskView) -> str:
    if view.next_hint is None:
        return ""
    zh, en = view.next_hint
    return (en or zh) if language() == "en" else zh
