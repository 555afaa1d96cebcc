"""The studio: drafts of procedures, what is open in one, its review, and the versions of a procedure."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.draft_files import kinds_of
from engine.definitions.drafts import create_draft
from engine.definitions.packages import Package, export_draft, export_version
from engine.definitions.reviewing import (
    OpenWarnings,
    discard_draft,
    review_draft,
    submit_draft,
    waive,
    withdraw_draft,
)
from engine.definitions.studio_read import read_draft, read_studio
from engine.definitions.versions import procedure_versions, retire_version, roll_back
from engine.errors import EngineError, InvalidDiagram, InvalidState, Message
from web.current import actor, engine, language
from web.i18n import text
from web.studio_telling import told_event
from web.studio_upload import uploaded_draft

studio = Blueprint("studio", __name__, url_prefix="/studio")


@studio.get("")
def index() -> str:
    return render_template("studio/index.html", studio=read_studio(engine(), actor()))


@studio.post("")
def create() -> AnyResponse:
    """A draft of a version (`base`), or of a new procedure (`key`, `name`)."""
    base = request.form.get("base", "").strip() or None
    key, name = request.form.get("key", "").strip(), request.form.get("name", "").strip()
    if not base and any(line.key == key for line in read_studio(engine(), actor()).procedures):
        raise InvalidState(
            Message(
                f"编号“{key}”已有流程。要改它，请在列表里按“修改”；新流程请另起编号。",
                f"There is a procedure “{key}” already. To change it choose “Change” in the list; give a new one "
                "another key.",
            )
        )
    return _to(create_draft(engine(), actor(), key, base_id=base, name=name).draft_id)


@studio.post("/import")
def take_in() -> AnyResponse:
    """A draft from an exported file, a folder's zip, or a lone diagram of whatever tool."""
    return uploaded_draft()


@studio.get("/<draft_id>")
def show(draft_id: str) -> str:
    return _page(draft_id)


@studio.get("/<draft_id>/review")
def review(draft_id: str) -> str:
    return _page(draft_id, template="studio/review.html")


@studio.post("/<draft_id>/review")
def decide(draft_id: str) -> AnyResponse:
    """The second person's decision: publishes or sends back."""
    is_approved = request.form.get("decision") == "approve"
    note, seen = request.form.get("note", ""), request.form.get("revision", type=int)
    try:
        definition = review_draft(engine(), actor(), draft_id, approve=is_approved, note=note, seen=seen)
    except (InvalidDiagram, OpenWarnings, InvalidState) as refused:
        return _refused(draft_id, refused, "studio/review.html", note=note)
    if definition is None:
        flash(text("studio.returned", language()))
        return _to(draft_id)
    flash(text("studio.published", language(), name=definition.name, version=definition.version))
    return redirect(url_for("studio.versions", key=definition.key))


@studio.post("/<draft_id>/submission")
def submit(draft_id: str) -> AnyResponse:
    """Hands the draft to a second person; what keeps it from that stands on the page again."""
    changelog, seen = request.form.get("changelog", ""), request.form.get("revision", type=int)
    day = request.form.get("effective_on", "") if request.form.get("when") == "day" else ""
    try:
        submit_draft(engine(), actor(), draft_id, changelog=changelog, effective_at=_effective_at(), seen=seen)
    except (InvalidDiagram, OpenWarnings, InvalidState) as refused:
        return _refused(draft_id, refused, "studio/draft.html", changelog=changelog, day=day)
    flash(text("studio.submitted", language()))
    return _to(draft_id)


@studio.post("/<draft_id>/waivers")
def give_reason(draft_id: str) -> AnyResponse:
    code, element = request.form.get("code", ""), request.form.get("element", "")
    waive(engine(), actor(), draft_id, code=code, element=element, reason=request.form.get("reason", ""))
    return redirect(url_for("studio.show", draft_id=draft_id, _anchor="findings"))


@studio.post("/<draft_id>/withdrawal")
def withdraw(draft_id: str) -> AnyResponse:
    withdraw_draft(engine(), actor(), draft_id)
    flash(text("studio.withdrawn", language()))
    return _to(draft_id)


@studio.post("/<draft_id>/discarding")
def discard(draft_id: str) -> AnyResponse:
    draft = discard_draft(engine(), actor(), draft_id)
    flash(text("studio.discarded", language(), name=draft.name))
    return redirect(url_for("studio.index"))


@studio.get("/<draft_id>/package.zip")
def package(draft_id: str) -> Response:
    return _file(export_draft(engine(), actor(), draft_id))


@studio.get("/procedures/<key>")
def versions(key: str) -> str:
    found = procedure_versions(engine(), actor(), key)
    events = [told_event(each, found.names, language()) for each in found.events]
    return render_template("studio/versions.html", found=found, events=events)


@studio.get("/versions/<definition_id>/package.zip")
def version_package(definition_id: str) -> Response:
    return _file(export_version(engine(), actor(), definition_id))


@studio.post("/versions/<definition_id>/retirement")
def retire(definition_id: str) -> AnyResponse:
    key, whole = request.form.get("key", ""), request.form.get("whole") == "true"
    left = retire_version(engine(), actor(), definition_id, reason=request.form.get("reason", ""), whole=whole)
    if left is None:
        flash(text("studio.retired_all", language()))
    else:
        flash(text("studio.retired", language(), version=left.version))
    return redirect(url_for("studio.versions", key=left.key if left else key))


@studio.post("/versions/<definition_id>/rollback")
def restore(definition_id: str) -> AnyResponse:
    draft = roll_back(engine(), actor(), definition_id)
    flash(text("studio.rolled_back", language()))
    return _to(draft.draft_id)


def _page(draft_id: str, template: str = "studio/draft.html", **more: Any) -> str:
    page = read_draft(engine(), actor(), draft_id)
    events = [told_event(each, page.names, language()) for each in page.events]
    context = {"changelog": page.draft.changelog, "note": "", "day": "", "refusal": None, **more}
    kinds = kinds_of(page.files)
    return render_template(template, page=page, draft=page.draft, events=events, kinds=kinds, **context)


def _refused(draft_id: str, refused: EngineError, template: str, **entered: str) -> AnyResponse:
    refusal = refused.message.in_language(language())
    return make_response(_page(draft_id, template, refusal=refusal, **entered), 422)


def _to(draft_id: str) -> AnyResponse:
    return redirect(url_for("studio.show", draft_id=draft_id))


def _file(found: Package) -> Response:
    response = Response(found.content, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return response


def _effective_at() -> datetime | None:
    """The first moment of the day that was chosen, None where it is to begin at once. Raises InvalidState."""
    if request.form.get("when", "now") == "now":
        return None
    try:
        day = date.fromisoformat(request.form.get("effective_on", ""))
    except ValueError as error:
        raise InvalidState(
            Message("请选择生效日期。", "Choose the day from which the version is in force.")
        ) from error
    return datetime.combine(day, time(), engine().settings.timezone)
