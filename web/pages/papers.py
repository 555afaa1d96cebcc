"""The papers of a case: read, opened for a purpose, drafted, signed, issued, served, made void, issued anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.read import open_case
from engine.documents.attachments import list_attachments
from engine.documents.paper_drafts import draft_print, may_redraft, redraft_paper
from engine.documents.paper_file import paper_file
from engine.documents.paper_html import paper_markup
from engine.documents.paper_states import MODES, PaperState
from engine.documents.papers import (
    PaperView,
    draft_paper,
    issue_paper,
    kinds_by_hand,
    open_paper,
    record_receipt,
    reissue_paper,
    serve_paper,
    sign_paper,
    void_paper,
)
from engine.documents.pdf import has_pdf
from engine.documents.word import MEDIA_TYPE
from engine.errors import Conflict, InvalidState, Message, NotFound
from engine.records.step import Paper
from web.current import actor, engine, language, now
from web.i18n import text

papers = Blueprint("papers", __name__)

LEAST_PURPOSE = 4
STEPS = ("drafted", "signed", "issued", "served", "receipted")


@papers.get("/cases/<case_id>/papers/<paper_id>")
def show(case_id: str, paper_id: str) -> str:
    """One paper, laid out as it is printed; the petitioner's details are hidden until a purpose is given."""
    view = open_paper(engine(), actor(), paper_id)
    if view.paper.case_id != case_id:
        raise NotFound(Message("文书", "paper"), paper_id)
    return _page(view)


@papers.post("/papers/<paper_id>/look")
def look(paper_id: str) -> AnyResponse:
    """The page with the petitioner's details, once, for a purpose that goes into the audit trail."""
    purpose = _purpose()
    if len(purpose) < LEAST_PURPOSE:
        return _without_purpose(paper_id)
    return make_response(_page(open_paper(engine(), actor(), paper_id, purpose=purpose), purpose=purpose))


@papers.route("/papers/<paper_id>/<any(docx,pdf):form>", methods=["GET", "POST"])
def file(paper_id: str, form: str) -> AnyResponse:
    """The Word file, or its PDF. What names the petitioner is asked for with a purpose, by POST."""
    if form == "pdf" and not has_pdf():
        raise NotFound(Message("PDF", "PDF"), paper_id)
    purpose = _purpose()
    if request.method == "POST" and len(purpose) < LEAST_PURPOSE:
        return _without_purpose(paper_id)
    name, content = paper_file(engine(), actor(), paper_id, form, purpose=purpose)
    return download(name, content)


@papers.get("/cases/<case_id>/papers/new/<kind_code>")
def new(case_id: str, kind_code: str) -> str:
    kind = next((k for k in kinds_by_hand(engine(), actor(), case_id) if k.code == kind_code), None)
    if kind is None:
        raise NotFound(Message("文书种类", "kind of paper"), kind_code)
    view, usual = open_case(engine(), actor(), case_id), {"unit": actor().unit}
    return render_template(
        "papers/new.html", view=view, kind=kind, paper=None, trouble="", differing={}, values=usual
    )


@papers.post("/cases/<case_id>/papers/new/<kind_code>")
def draft(case_id: str, kind_code: str) -> AnyResponse:
    paper = draft_paper(engine(), actor(), case_id, kind_code, request.form.to_dict())
    return _done(paper, "drafted")


@papers.get("/papers/<paper_id>/draft")
def edit(paper_id: str) -> str:
    return _draft_page(paper_id)


@papers.post("/papers/<paper_id>/draft")
def redraft(paper_id: str) -> AnyResponse:
    """What was typed stays typed where it is refused."""
    given = request.form.to_dict()
    try:
        paper = redraft_paper(engine(), actor(), paper_id, given, seen=given.get("seen", ""))
    except Conflict as refused:
        trouble = refused.message.in_language(language())
        return make_response(_draft_page(paper_id, typed=given, trouble=trouble), 409)
    return _done(paper, "redrafted")


@papers.post("/papers/<paper_id>/signature")
def sign(paper_id: str) -> AnyResponse:
    return _tried(paper_id, "next", "signed", lambda: sign_paper(engine(), actor(), paper_id))


@papers.post("/papers/<paper_id>/number")
def issue(paper_id: str) -> AnyResponse:
    return _tried(paper_id, "next", "issued", lambda: issue_paper(engine(), actor(), paper_id))


@papers.post("/papers/<paper_id>/service")
def serve(paper_id: str) -> AnyResponse:
    def record() -> Paper:
        return serve_paper(
            engine(),
            actor(),
            paper_id,
            at=_instant("served_at"),
            mode=request.form.get("mode", ""),
            note=request.form.get("note", ""),
            receiver=request.form.get("receiver", ""),
        )

    return _tried(paper_id, "service", "served", record)


@papers.post("/papers/<paper_id>/receipt")
def receive(paper_id: str) -> AnyResponse:
    def record() -> Paper:
        return record_receipt(
            engine(),
            actor(),
            paper_id,
            at=_instant("received_at"),
            receiver=request.form.get("receiver", ""),
            note=request.form.get("note", ""),
            attachment_id=request.form.get("attachment_id", ""),
        )

    return _tried(paper_id, "receipt", "receipted", record)


@papers.post("/papers/<paper_id>/void")
def void(paper_id: str) -> AnyResponse:
    reason = request.form.get("reason", "")
    return _tried(paper_id, "void", "voided", lambda: void_paper(engine(), actor(), paper_id, reason))


@papers.post("/papers/<paper_id>/reissue")
def reissue(paper_id: str) -> AnyResponse:
    return _tried(paper_id, "next", "reissued", lambda: reissue_paper(engine(), actor(), paper_id))


def download(name: str, content: bytes) -> Response:
    """A file to keep, never opened as a page of this site."""
    is_pdf = name.endswith(".pdf")
    response = Response(content, mimetype="application/pdf" if is_pdf else MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _tried(paper_id: str, form: str, said: str, record: Callable[[], Paper]) -> AnyResponse:
    """What the form says wrong is said at the form, what was typed stays."""
    try:
        return _done(record(), said)
    except InvalidState as refused:
        view = open_paper(engine(), actor(), paper_id)
        return make_response(_page(view, wrong={form: refused.message.in_language(language())}), 422)


def _done(paper: Paper, said: str) -> AnyResponse:
    flash(text(f"papers.{said}", language(), name=paper.title, number=paper.number or ""))
    return redirect(url_for("papers.show", case_id=paper.case_id, paper_id=paper.paper_id))


def _without_purpose(paper_id: str) -> AnyResponse:
    wrong = {"look": text("case.purpose_short", language())}
    return make_response(_page(open_paper(engine(), actor(), paper_id), wrong=wrong), 422)


def _draft_page(paper_id: str, *, typed: Mapping[str, str] | None = None, trouble: str = "") -> str:
    """Raises NotFound where the actor has no draft there to change."""
    shown = open_paper(engine(), actor(), paper_id)
    if not may_redraft(shown):
        raise NotFound(Message("可以修改的草稿", "draft to change"), paper_id)
    paper = shown.paper
    return render_template(
        "papers/new.html",
        view=open_case(engine(), actor(), paper.case_id),
        kind=shown.kind,
        paper=paper,
        values=paper.fields if typed is None else typed,
        seen=draft_print(paper),
        differing={} if typed is None else _differing(shown, typed),
        trouble=trouble,
    )


def _differing(shown: PaperView, typed: Mapping[str, str]) -> dict[str, str]:
    """What the draft says now, by key, where that is not what was typed."""
    now_said = {field.key: str(shown.paper.fields.get(field.key) or "") for field in shown.kind.fields}
    return {key: said for key, said in now_said.items() if said != typed.get(key, "").replace("\r\n", "\n").strip()}


def _page(paper_view: PaperView, **extra: Any) -> str:
    paper = paper_view.paper
    view = open_case(engine(), actor(), paper.case_id)
    may_receive = PaperState.RECEIPTED in paper_view.verbs
    proofs = list_attachments(engine(), actor(), paper.case_id) if may_receive else ()
    local = now().astimezone(engine().settings.timezone)
    return render_template(
        "papers/show.html",
        view=view,
        shown=paper_view,
        paper=paper,
        markup=paper_markup(paper_view.kind, paper, paper_view.texts),
        steps=_steps_of(paper),
        may_redraft=may_redraft(paper_view),
        modes={mode: words.in_language(language()) for mode, words in MODES.items()},
        proofs=proofs,
        has_pdf=has_pdf(),
        local_now=local.strftime("%Y-%m-%dT%H:%M"),
        people={**view.people, **paper_view.source.names.people},
        verb=lambda state: PaperState(state) in paper_view.verbs,
        **{"wrong": {}, "purpose": "", **extra},
    )


def _steps_of(paper: Paper) -> tuple[str, ...]:
    """Those of its course; what was issued without a signature does not say that it was signed."""
    is_unsigned = paper.signed_by is None and paper.state not in {"drafted", "signed"}
    return tuple(step for step in STEPS if not (is_unsigned and step == "signed"))


def _purpose() -> str:
    return request.form.get("purpose", "").strip()[:500]


def _instant(name: str) -> datetime:
    """A local date and time of the office. Raises InvalidState."""
    try:
        return datetime.fromisoformat(request.form.get(name, "")).replace(tzinfo=engine().settings.timezone)
    except ValueError as error:
        raise InvalidState(Message("请填写日期和时间。", "Give the date and the time.")) from error
