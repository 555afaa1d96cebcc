"""One task: its form, its clocks, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.form_changes import ChangedMeanwhile
from engine.cases.withdrawing import may_withdraw
from engine.errors import Conflict, FieldError, InvalidForm, InvalidState, NotFound, StepFailed
from engine.records.task import SignMode, TaskKind, TaskState
from engine.records.task_desk import TaskDesk
from engine.records.views import TaskView
from engine.tasks.acting import LONGEST_TEXT
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.copies import read_copies
from engine.tasks.desk import read_desk
from engine.tasks.drafts import save_draft
from engine.tasks.read import open_task
from web.cards import cards_of
from web.current import actor, engine, language
from web.errors import trouble_of
from web.form_page import errors_of, read_draft, read_payload, read_seen, task_form_page
from web.frame import office_time
from web.i18n import text

tasks = Blueprint("tasks", __name__, url_prefix="/tasks")

MENU = ("transfer", "delegate", "add_signers", "return", "withdraw", "give_back", "suspend", "urge", "copy")
"""Acts of the menu, in its order."""


@tasks.get("/<task_id>")
def show(task_id: str) -> str:
    view = open_task(engine(), actor(), task_id)
    read_copies(engine(), actor(), view.case.case_id)
    return _page(view)


@tasks.post("/<task_id>/completion")
def complete(task_id: str) -> AnyResponse:
    data, seen = read_payload(), read_seen()
    opinion = request.form.get("opinion", "")[: LONGEST_TEXT + 1]
    seen_version = request.form.get("seen_version", type=int)
    try:
        complete_task(engine(), actor(), task_id, data, seen_version=seen_version, opinion=opinion, seen=seen)
    except (InvalidForm, StepFailed, ChangedMeanwhile) as error:
        view = open_task(engine(), actor(), task_id)
        page = _page(view, values=data, seen=seen, errors=errors_of(error))
        return make_response(page, trouble_of(error).status)
    except (Conflict, InvalidState) as error:
        # somebody was first, or something stands in the way: what was typed stays on the page
        trouble = trouble_of(error)
        page = _page(open_task(engine(), actor(), task_id), values=data, trouble=trouble.message)
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


def _page(
    view: TaskView,
    *,
    values: Mapping[str, Any] | None = None,
    errors: Sequence[FieldError] = (),
    seen: Mapping[str, Any] | None = None,
    trouble: str = "",
) -> str:
    desk = read_desk(engine(), actor(), view.task, view.case)
    shown = _shown(view, desk)
    is_editable = view.may_complete and desk.lock is None and view.task.kind is TaskKind.STEP
    form = task_form_page(
        replace(shown, may_complete=is_editable),
        draft_url=url_for("tasks.draft", task_id=view.task.task_id),
        upload_url=url_for("attachments.add", case_id=view.case.case_id),
        values=values,
        errors=errors,
        seen=seen,
    )
    return render_template(
        "task.html",
        view=view,
        desk=desk,
        form=form,
        is_editable=is_editable,
        menu=[act for act in MENU if desk.may(act)],
        waiting=_names(desk, [s.person_id for s in desk.waiting_for if s.state == "asked"]),
        afterwards=_names(desk, [s.person_id for s in desk.waiting_for if s.mode is SignMode.AFTER]),
        opinion=request.args.get("opinion", ""),
        trouble=trouble,
        kept_typed=bool(values),
        why=cards_of(view.case.case_id, view.deadlines),
        stays_done=_stays_done(view, desk),
        verb=_worded(view.task.properties, "verb") or text("task.submit", language()),
        hint=_hint(view),
    )


def _stays_done(view: TaskView, desk: TaskDesk) -> str:
    """Why whoever has done the step cannot take it back, and what else there is to do."""
    task = view.task
    is_own = task.state is TaskState.COMPLETED and actor().person_id in {task.closed_by, task.closed_for}
    if not is_own or task.kind is not TaskKind.STEP or desk.may("withdraw"):
        return ""
    reason = may_withdraw(engine(), actor(), task.task_id)
    return reason.in_language(language()) if reason is not None else ""


def _shown(view: TaskView, desk: TaskDesk) -> TaskView:
    """Whose form the page shows: a signer reads the step's; of what was submitted, what was submitted."""
    shown = open_task(engine(), actor(), desk.step.task_id) if desk.step is not None else view
    held = shown.task.held_result
    return shown if held is None else replace(shown, values={**shown.values, **held["variables"]})


def _names(desk: TaskDesk, person_ids: Sequence[str]) -> str:
    return text("common.comma", language()).join(dict.fromkeys(desk.name(person_id) for person_id in person_ids))


def _worded(properties: Mapping[str, str], name: str) -> str:
    translated = properties.get(f"{name}_en") if language() == "en" else None
    return translated or properties.get(name, "")


def _hint(view: TaskView) -> str:
    if view.next_hint is None:
        return ""
    zh, en = view.next_hint
    return (en or zh) if language() == "en" else zh
