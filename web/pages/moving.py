"""Dry runs of a draft or a version over all running cases, and their migration."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.moving.read import (
    draft_overview,
    every_line,
    read_lines,
    read_progress,
    read_run,
    version_overview,
)
from engine.cases.moving.runs import (
    MOST,
    Choice,
    begin_draft_run,
    begin_migration,
    begin_version_run,
    pause_run,
    resume_run,
    stop_run,
    undo_case,
    undo_run,
)
from engine.definitions.studio_read import read_draft
from engine.documents.sheets import write_workbook
from engine.errors import EngineError, InvalidDiagram, InvalidState
from engine.records.moving import MoveRun, Outcome, RunState
from web.current import actor, engine, language
from web.download import download
from web.i18n import text
from web.moving_words import EFFECT_ICONS, ICONS, LIGHTS, ORDER, reasons, shared, sheets

moving = Blueprint("studio_moving", __name__)

_CHANGES = {"pause": pause_run, "resume": resume_run, "stop": stop_run, "undo": undo_run}
MOST_NUMBERS = 2_000


@moving.get("/studio/<draft_id>/dry-run")
def draft(draft_id: str) -> str:
    return _draft_page(draft_id)


@moving.post("/studio/<draft_id>/dry-run")
def try_draft(draft_id: str) -> AnyResponse:
    try:
        return _to(begin_draft_run(engine(), actor(), draft_id, Choice(rearm=_rearm())))
    except (InvalidDiagram, InvalidState) as refused:
        return make_response(_draft_page(draft_id, refused), 422)


@moving.get("/definitions/<definition_id>/migrate")
def version(definition_id: str) -> str:
    return _version_page(definition_id)


@moving.post("/definitions/<definition_id>/migrate")
def move(definition_id: str) -> AnyResponse:
    """`intent` is try (a dry run) or migrate."""
    given = request.form
    choice = Choice(
        source_id=given.get("source") or None,
        rearm=_rearm(),
        case_numbers=_numbers() if given.get("which") == "numbers" else None,
        at_most=given.get("at_most", MOST, type=int) if given.get("which") == "oldest" else MOST,
    )
    try:
        if given.get("intent") == "migrate":
            return _to(begin_migration(engine(), actor(), definition_id, choice, given.get("reason", "")))
        return _to(begin_version_run(engine(), actor(), definition_id, choice))
    except InvalidState as refused:
        return make_response(_version_page(definition_id, refused), 422)


@moving.get("/moves/<run_id>")
def show(run_id: str) -> str:
    return _run_page(run_id)


@moving.get("/moves/<run_id>/progress")
def progress(run_id: str) -> Response:
    """The bar alone; once the run rests, the whole page is asked for."""
    run, counts = read_progress(engine(), actor(), run_id)
    response = make_response(render_template("moving/progress.html", **_progress(run, counts)))
    if run.state is not RunState.RUNNING:
        response.headers["HX-Refresh"] = "true"
    return response


@moving.post("/moves/<run_id>/state")
def change(run_id: str) -> AnyResponse:
    """`to` is pause, resume, stop or undo."""
    act = _CHANGES.get(request.form.get("to", ""), pause_run)
    try:
        act(engine(), actor(), run_id)
    except InvalidState as refused:
        flash(refused.message.in_language(language()), "error")
    return redirect(url_for("studio_moving.show", run_id=run_id))


@moving.post("/moves/<run_id>/next")
def go_on(run_id: str) -> AnyResponse:
    """From a dry run: the same again with elements mapped (`intent` try), or the migration of what fits."""
    run, _ = read_progress(engine(), actor(), run_id)
    chosen = {key.removeprefix("map:"): new for key, new in request.form.items() if key.startswith("map:") and new}
    mapping = {**run.mapping, **chosen}
    try:
        if request.form.get("intent") == "migrate" and run.target_id is not None:
            at_most = request.form.get("at_most", MOST, type=int)
            choice = Choice(run.source_id, mapping, run.rearm, of_run=run_id, at_most=at_most)
            return _to(begin_migration(engine(), actor(), run.target_id, choice, request.form.get("reason", "")))
        choice = Choice(run.source_id, mapping, run.rearm)
        if run.target_id is not None:
            return _to(begin_version_run(engine(), actor(), run.target_id, choice))
        return _to(begin_draft_run(engine(), actor(), run.draft_id or "", choice))
    except (InvalidDiagram, InvalidState) as refused:
        return make_response(_run_page(run_id, refused), 422)


@moving.post("/moves/<run_id>/cases/<instance_id>/undo")
def undo(run_id: str, instance_id: str) -> AnyResponse:
    try:
        undo_case(engine(), actor(), run_id, instance_id)
        flash(text("moving.case_undone", language()))
    except InvalidState as refused:
        flash(refused.message.in_language(language()), "error")
    return redirect(url_for("studio_moving.show", run_id=run_id, outcome=Outcome.MOVED.value))


@moving.get("/moves/<run_id>/cases.xlsx")
def workbook(run_id: str) -> Response:
    view = read_run(engine(), actor(), run_id)
    content = write_workbook(
        sheets(view, every_line(engine(), actor(), run_id), language()), engine().settings.timezone
    )
    return download(content, f"{text('moving_kind.' + view.run.kind.value, language())}-{view.run.key}.xlsx")


def _draft_page(draft_id: str, refused: EngineError | None = None) -> str:
    page = read_draft(engine(), actor(), draft_id)
    overview = draft_overview(engine(), actor(), draft_id, page.draft.key)
    return render_template(
        "moving/draft.html", page=page, draft=page.draft, overview=overview, refused=_said(refused)
    )


def _version_page(definition_id: str, refused: EngineError | None = None) -> str:
    overview = version_overview(engine(), actor(), definition_id)
    return render_template("moving/version.html", overview=overview, given=request.form, refused=_said(refused))


def _run_page(run_id: str, refused: EngineError | None = None) -> str:
    view = read_run(engine(), actor(), run_id)
    asked = request.args.get("outcome", "")
    outcome = Outcome(asked) if asked in {each.value for each in Outcome} else None
    gist, page = request.args.get("gist"), max(request.args.get("page", 1, type=int), 1)
    lines, has_more = read_lines(engine(), actor(), run_id, outcome, gist=gist, page=page)
    return render_template(
        "moving/run.html",
        view=view,
        lines=lines,
        has_more=has_more,
        outcome=outcome,
        gist=gist,
        page=page,
        lang=language(),
        reasons_of=lambda detail: reasons(detail, language()),
        refused=_said(refused),
        effect_icons=EFFECT_ICONS,
        **_progress(view.run, view.counts),
    )


def _progress(run: MoveRun, counts: Any) -> dict[str, Any]:
    waiting = counts.get(Outcome.MOVED if run.undoing else Outcome.WAITING, 0)
    return {
        "run": run,
        "counts": counts,
        "order": ORDER[run.kind],
        "done": run.total - waiting,
        "lights": LIGHTS,
        "icons": ICONS,
        "shared": lambda outcome, gist: shared(outcome, gist, language()),
    }


def _rearm() -> bool:
    return request.form.get("deadlines") == "follow"


def _numbers() -> list[str]:
    return request.form.get("numbers", "").replace("，", " ").replace(",", " ").split()[:MOST_NUMBERS]


def _said(refused: EngineError | None) -> str:
    return "" if refused is None else refused.message.in_language(language())


def _to(run: MoveRun) -> AnyResponse:
    return redirect(url_for("studio_moving.show", run_id=run.run_id))
