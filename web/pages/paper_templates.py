"""The Word templates of papers: listed, downloaded, tried with sample data, uploaded, compared, brought back."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.documents.paper_fonts import ROLES
from engine.documents.paper_templates import (
    SHIPPED,
    KindView,
    compare_templates,
    fonts_in_force,
    list_kinds,
    preview_template,
    read_kind,
    restore_template,
    set_fonts,
    template_file,
    upload_template,
)
from engine.documents.pdf import has_pdf
from engine.documents.word import words_of
from engine.documents.word_check import MOST_BYTES, InvalidTemplate
from engine.errors import InvalidFile, Message
from engine.kernel.findings import Finding
from web.choices import procedure_names
from web.current import actor, engine, language
from web.i18n import text
from web.pages.papers import download

paper_templates = Blueprint("paper_templates", __name__, url_prefix="/papers/templates")


@paper_templates.get("")
def index() -> str:
    return render_template(
        "papers/templates.html",
        kinds=list_kinds(engine(), actor()),
        procedures=procedure_names(),
        fonts=fonts_in_force(engine()),
        usual=ROLES,
        has_pdf=has_pdf(),
    )


@paper_templates.post("/fonts")
def fonts() -> AnyResponse:
    set_fonts(engine(), actor(), request.form.to_dict())
    flash(text("paper_templates.fonts_saved", language()))
    return redirect(url_for("paper_templates.index"))


@paper_templates.get("/<kind>")
def show(kind: str) -> str:
    return _page(read_kind(engine(), actor(), kind))


@paper_templates.post("/<kind>")
def upload(kind: str) -> AnyResponse:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidFile(Message("没有选择文件。请选择 .docx 文件。", "No file was chosen. Choose a .docx file."))
    content, note = sent.stream.read(MOST_BYTES + 1), request.form.get("note", "")
    try:
        version = upload_template(engine(), actor(), kind, sent.filename, content, note=note)
    except InvalidTemplate as refused:
        return make_response(_page(read_kind(engine(), actor(), kind), refused.findings), 422)
    return _saved(kind, version)


@paper_templates.post("/<kind>/restore")
def restore(kind: str) -> AnyResponse:
    version = request.form.get("version", type=int, default=SHIPPED)
    return _saved(kind, restore_template(engine(), actor(), kind, version))


@paper_templates.get("/<kind>/<int:version>.docx")
def file(kind: str, version: int) -> AnyResponse:
    return download(f"{kind}-{version}.docx", template_file(engine(), actor(), kind, version))


@paper_templates.get("/<kind>/<int:version>/sample.docx")
def sample(kind: str, version: int) -> AnyResponse:
    return download(f"{kind}-{version} 样稿.docx", preview_template(engine(), actor(), kind, version))


@paper_templates.get("/<kind>/<int:version>")
def version_page(kind: str, version: int) -> str:
    """What the version says with sample data, and how it differs from the one before."""
    view = read_kind(engine(), actor(), kind)
    older = version - 1 if version - 1 or view.has_shipped else None
    return render_template(
        "papers/template_version.html",
        kind=view,
        version=version,
        lines=words_of(preview_template(engine(), actor(), kind, version)),
        changes=compare_templates(engine(), actor(), kind, older, version) if version and older is not None else (),
        older=older,
    )


def _saved(kind: str, version: int) -> AnyResponse:
    flash(text("paper_templates.saved", language(), version=version))
    return redirect(url_for("paper_templates.show", kind=kind))


def _page(view: KindView, findings: tuple[Finding, ...] = ()) -> str:
    return render_template(
        "papers/template.html",
        kind=view,
        findings=findings,
        may_edit=actor().is_admin,
        procedures=procedure_names(),
    )
