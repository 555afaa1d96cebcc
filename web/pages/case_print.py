"""The whole file on paper, and as an archive volume; parties only for a purpose that the trail keeps."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import quote

from flask import Blueprint, Response, make_response, render_template, request, stream_with_context
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.file_read import open_file
from engine.cases.read import reveal_parties
from engine.documents.pdf import has_pdf
from engine.documents.volume import Sheets, plan_volume, stream_zip
from engine.records.dossier import FileView
from web.cards import cards_of
from web.case_timeline import names_of
from web.current import actor, engine, language
from web.i18n import text
from web.pages.cases import LEAST_PURPOSE
from web.timeline import grouped, lines_of

PDF = "application/pdf"
PIECE = 256 * 1024

case_print = Blueprint("case_print", __name__, url_prefix="/cases")


@case_print.get("/<case_id>/print")
def show(case_id: str) -> str:
    return _page(case_id)


@case_print.post("/<case_id>/print")
def with_parties(case_id: str) -> AnyResponse:
    """With the parties, for a purpose."""
    purpose = request.form.get("purpose", "").strip()[:500]
    if len(purpose) < LEAST_PURPOSE:
        return make_response(_page(case_id, purpose_error=text("case.purpose_short", language())), 422)
    return make_response(
        _page(case_id, parties=reveal_parties(engine(), actor(), case_id, purpose), purpose=purpose)
    )


@case_print.get("/<case_id>/volume")
def volume(case_id: str) -> str:
    """What the volume will hold, and how to have it."""
    return _volume_page(case_id)


@case_print.post("/<case_id>/volume")
def make_volume(case_id: str) -> AnyResponse:
    """The volume, as ZIP or PDF: with the parties for a purpose, else without."""
    purpose = request.form.get("purpose", "").strip()[:500]
    whole, as_pdf = request.form.get("with_parties") == "1", request.form.get("form") == "pdf"
    if whole and len(purpose) < LEAST_PURPOSE:
        return make_response(_volume_page(case_id, purpose_error=text("case.purpose_short", language())), 422)
    return _sent(case_id, purpose if whole else "", as_pdf=as_pdf and has_pdf())


def _sent(case_id: str, purpose: str, *, as_pdf: bool) -> AnyResponse:
    shown = {"parties": reveal_parties(engine(), actor(), case_id, purpose), "purpose": purpose} if purpose else {}
    file = open_file(engine(), actor(), case_id)
    sheets = Sheets(
        front=render_template("case/volume_sheet.html", **_sheet(file), **shown),
        index=lambda entries: render_template("case/volume_index.html", entries=entries, **_sheet(file)),
    )
    made = plan_volume(engine(), actor(), case_id, sheets, purpose=purpose, form="pdf" if as_pdf else "zip")
    if as_pdf:
        from engine.documents.volume_pdf import volume_pdf  # needs the optional extra

        whole = volume_pdf(engine(), actor(), made, sheets, purpose=purpose)
        return _download(_pieces(whole), f"{made.name}.pdf", PDF, length=whole.seek(0, io.SEEK_END))
    pieces = stream_with_context(stream_zip(engine(), actor(), made, sheets))
    return _download(pieces, f"{made.name}.zip", "application/zip")


def _download(content: Iterator[bytes], name: str, mimetype: str, *, length: int | None = None) -> AnyResponse:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    if length is not None:
        response.content_length = length
    return response


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _volume_page(case_id: str, **extra: Any) -> str:
    file = open_file(engine(), actor(), case_id)
    return render_template("case/volume.html", file=file, view=file.view, has_pdf=has_pdf(), **extra)


def _page(case_id: str, **extra: Any) -> str:
    return render_template("case/print.html", **_sheet(open_file(engine(), actor(), case_id)), **extra)


def _sheet(file: FileView) -> dict[str, Any]:
    return {
        "file": file,
        "view": file.view,
        "lines": grouped(lines_of(names_of(file))),
        "why": cards_of(file.case.case_id, file.view.deadlines),
    }
