"""The page of one task: its form, its clocks, its banners, and the acts on offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import render_template, url_for

from engine.cases.withdrawing import may_withdraw
from engine.errors import FieldError
from engine.records.task import SignMode, TaskKind, TaskState
from engine.records.task_desk import TaskDesk
from engine.records.views import TaskView
from engine.tasks.desk import read_desk
from engine.tasks.read import open_task
from web.cards import cards_of
from web.current import actor, engine, language
from web.form_page import task_form_page
from web.i18n import text

MENU = ("transfer", "delegate", "add_signers", "return", "withdraw", "give_back", "suspend", "urge", "copy")
"""Acts of the menu, in its order."""


def task_page(
    view: TaskView,
    *,
    values: Mapping[str, Any] | None = None,
    errors: Sequence[FieldError] = (),
    seen: Mapping[str, Any] | None = None,
    trouble: str = "",
    opinion: str = "",
) -> str:
    """HTML. `values`, the `seen` they rest on, and `opinion`: what was typed, where that was refused."""
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
        opinion=opinion,
        stray_opinion="" if is_editable or desk.may("sign") else opinion,
        trouble=trouble,
        kept_typed=bool(values or opinion),
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
