"""Importing a register from Excel: the template, the dry run, the confirmation."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidFile, Message, NotFound
from engine.reports.dry_run import MOST_FAULTS, MOST_LINES
from engine.reports.importing import DryRun, confirm_import, dry_run, import_template
from web.current import actor, engine, language
from web.download import download
from web.frame import may_start
from web.i18n import text

imports = Blueprint("imports", __name__, url_prefix="/imports")

_LONGEST_NAME = 120


@imports.get("/<procedure>")
def show(procedure: str) -> str:
    return _page(procedure)


@imports.get("/<procedure>/template.xlsx")
def template(procedure: str) -> Response:
    name = f"{text('import.template_name', language())}-{_name(procedure)}.xlsx"
    return download(import_template(engine(), actor(), procedure), name)


@imports.post("/<procedure>/dry-run")
def check(procedure: str) -> AnyResponse:
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise InvalidFile(
                Message("没有选择文件。请先选择要导入的 .xlsx。", "No file was chosen. Choose an .xlsx first.")
            )
        found = dry_run(engine(), actor(), procedure, upload.filename[-_LONGEST_NAME:], upload.read())
    except InvalidFile as refused:
        return make_response(_page(procedure, trouble=refused.message.in_language(language())), 422)
    return make_response(_page(procedure, found), 422 if found.import_id is None else 200)


@imports.post("/<procedure>/<import_id>/confirmation")
def confirm(procedure: str, import_id: str) -> AnyResponse:
    count = confirm_import(engine(), actor(), procedure, import_id)
    flash(text("import.done", language(), n=count))
    return redirect(url_for("register.index", procedure=procedure))


def _page(procedure: str, found: DryRun | None = None, *, trouble: str = "") -> str:
    return render_template(
        "imports.html",
        procedure=procedure,
        name=_name(procedure),
        found=found,
        trouble=trouble,
        most_lines=MOST_LINES,
        most_faults=MOST_FAULTS,
    )


def _name(procedure: str) -> str:
    names = dict(may_start())
    if procedure not in names:
        raise NotFound(Message("可以导入的登记簿", "register to import"), procedure)
    return names[procedure]
