"""Deployed diagrams: the list, the drawing, the check of an upload and its deployment."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.deploy import check_procedure
from engine.definitions.read import diagram_xml, list_definitions, open_definition
from engine.kernel.findings import Finding
from web.current import actor, engine
from web.studio_upload import read_upload, uploaded_draft

definitions = Blueprint("definitions", __name__, url_prefix="/definitions")

MOST_FINDINGS = 300
"""On one page; whoever has more mends these first."""


@definitions.get("")
def index() -> str:
    return _page()


@definitions.post("")
def take_in() -> AnyResponse:
    """Checks an upload; keeps it as a draft where that was asked and its diagram can be read."""
    if request.form.get("intent") != "check":
        return uploaded_draft()
    key, files = read_upload(request.files.get("file"))
    findings = check_procedure(engine(), key, files, actor=actor())
    return make_response(_page(findings=findings, checked=key))


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


def _page(findings: tuple[Finding, ...] | None = None, checked: str = "") -> str:
    return render_template(
        "definitions.html",
        summaries=list_definitions(engine(), actor(), counted=True),
        findings=None if findings is None else findings[:MOST_FINDINGS],
        checked=checked,
    )
