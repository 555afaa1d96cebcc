"""One task: its form, its clocks, and what can be done with it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.form_changes import ChangedMeanwhile
from engine.errors import Conflict, InvalidForm, InvalidState, NotFound, StepFailed
from engine.tasks.acting import LONGEST_TEXT
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.copies import read_copies
from engine.tasks.drafts import save_draft
from engine.tasks.read import open_task
from web.current import actor, engine, language
from web.errors import trouble_of
from web.form_page import errors_of, read_draft, read_payload, read_seen
from web.frame import office_time
from web.i18n import text
from web.task_page import task_page

tasks = Blueprint("tasks", __name__, url_prefix="/tasks")


@tasks.get("/<task_id>")
def show(task_id: str) -> str:
    view = open_task(engine(), actor(), task_id)
    read_copies(engine(), actor(), view.case.case_id)
    return task_page(view)


@tasks.post("/<task_id>/completion")
def complete(task_id: str) -> AnyResponse:
    data, seen = read_payload(), read_seen()
    opinion = request.form.get("opinion", "")[: LONGEST_TEXT + 1]
    seen_version = request.form.get("seen_version", type=int)
    try:
        complete_task(engine(), actor(), task_id, data, seen_version=seen_version, opinion=opinion, seen=seen)
    except (InvalidForm, StepFailed, ChangedMeanwhile) as error:
        view = open_task(engine(), actor(), task_id)
        page = task_page(view, values=data, seen=seen, errors=errors_of(error), opinion=opinion)
        return make_response(page, trouble_of(error).status)
    except (Conflict, InvalidState) as error:
        # somebody was first, or something stands in the way: what was typed stays on the page
        trouble = trouble_of(error)
        page = task_page(
            open_task(engine(), actor(), task_id), values=data, trouble=trouble.message, opinion=opinion
        )
        return make_response(page, trouble.status)
    flash(text(_outcome(task_id), language()))
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
    typed, seen = read_draft()
    save_draft(engine(), actor(), task_id, typed, seen=seen)
    time = office_time()
    return jsonify(saved_at=time.clock(time.now))


def _outcome(task_id: str) -> str:
    """What to say: the case went on, or it waits for signers, or the owner has it again."""
    try:
        task = open_task(engine(), actor(), task_id).task
    except NotFound:
        # a delegate of whom the case asks nothing more
        return "act_done.given_back"
    if task.held_result is not None:
        return "act_done.held"
    return "task.done" if task.came_by != "given_back" or task.closed_at is not None else "act_done.given_back"
