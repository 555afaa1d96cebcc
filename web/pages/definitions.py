"""Deployed diagrams: the list, the drawing, the check of an upload and its deployment."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.deploy import check_procedure, deploy_procedure
from engine.definitions.read import diagram_xml, list_definitions, open_definition
from engine.errors import InvalidDiagram, InvalidFile, Message
from engine.kernel.findings import Finding
from web.current import actor, engine, language
from web.i18n import text
from web.upload_folder import MOST_BYTES, read_folder

definitions = Blueprint("definitions", __name__, url_prefix="/definitions")

MOST_FINDINGS = 300
"""On one page; whoever has more mends these first."""
PROCESS_ID = re.compile(rb"<(?:\w{1,40}:)?process\s[^<>]{0,1000}?\bid=[\"']([A-Za-z_][\w.-]{0,100})[\"']")
"""Bounded: whatever is uploaded, the search takes time in proportion to its length."""


@definitions.get("")
def index() -> str:
    return _page()


@definitions.post("")
def deploy() -> AnyResponse:
    """Checks an upload; deploys it where that was asked and nothing speaks against it."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise InvalidFile(
            Message("没有选择文件。请选择 .bpmn 或 .zip。", "No file was chosen. Choose a .bpmn or a .zip.")
        )
    folder, files = read_folder(upload.filename, upload.stream.read(MOST_BYTES + 1))
    key = folder or _process_id(files)
    if folder is None and len(files) == 1:
        # a lone drawing may have any file name: its process says what it is
        files = {f"{key}.bpmn": content for content in files.values()}
    if request.form.get("intent") == "check":
        findings = check_procedure(engine(), key, files, actor=actor())
        return make_response(_page(findings=findings, checked=key))
    try:
        definition = deploy_procedure(engine(), actor(), key, files)
    except InvalidDiagram as error:
        return make_response(_page(findings=error.findings, checked=key, refused=True), 422)
    flash(text("definition.deployed", language(), name=definition.name, version=definition.version))
    return redirect(url_for("definitions.show", definition_id=definition.definition_id))


@definitions.get("/<definition_id>")
def show(definition_id: str) -> str:
    definition = open_definition(engine(), actor(), definition_id)
    return render_template("definition.html", definition=definition)


@definitions.get("/<definition_id>/diagram.bpmn")
def diagram(definition_id: str) -> Response:
    """The drawing's XML, for the viewer and for download."""
    content = diagram_xml(engine(), actor(), definition_id)
    response = Response(content, mimetype="application/xml")
    # an uploaded drawing is never opened as a document of this site: XML can hold pages and style sheets
    response.headers["Content-Disposition"] = "attachment"
    return response


def _page(findings: tuple[Finding, ...] | None = None, checked: str = "", **extra: Any) -> str:
    return render_template(
        "definitions.html",
        summaries=list_definitions(engine(), actor(), counted=True),
        findings=None if findings is None else findings[:MOST_FINDINGS],
        checked=checked,
        refused=extra.get("refused", False),
    )


def _process_id(files: dict[str, bytes]) -> str:
    """The process id that a lone diagram names; the linter says what is wrong where it names none."""
    path = next(path for path in files if path.endswith(".bpmn"))
    found = PROCESS_ID.search(files[path])
    return found.group(1).decode() if found else path.removesuffix(".bpmn")[:100]
