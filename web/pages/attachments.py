"""Files of a case: added, one or several at once; looked at; fetched."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.file_read import open_file
from engine.documents.attachments import add_attachment, open_attachment
from engine.errors import Conflict, InvalidFile, Message
from engine.records.attachment import Attachment
from web.current import actor, engine, language
from web.i18n import text
from web.pages.cases import page_of
from web.previews import preview_of
from web.security import POLICY

attachments = Blueprint("attachments", __name__)

PICTURES = frozenset({"image/png", "image/jpeg"})
PDF = "application/pdf"
MOST_FILES = 50

RAW_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Of a file's own answer: should a browser ever take it for a page, it may do nothing at all."""
PDF_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
"""A browser's own PDF viewer does not start in a sandboxed answer; the frame around it is what holds it."""


@attachments.post("/cases/<case_id>/attachments")
def add(case_id: str) -> AnyResponse:
    """One file for a script, as JSON; for a form, any number: each is taken or refused by itself."""
    uploads = [upload for upload in request.files.getlist("file") if upload.filename]
    if not uploads:
        raise InvalidFile(Message("没有选择文件。请先选择要上传的文件。", "No file was chosen. Choose one first."))
    if request.accept_mimetypes.best == "application/json":
        return _as_json(_add(case_id, uploads[0]))
    is_refused = False
    for upload in uploads[:MOST_FILES]:
        try:
            flash(text("attachment.added", language(), name=_add(case_id, upload).name))
        except (InvalidFile, Conflict) as refused:
            flash(refused.message.in_language(language()), "error")
            is_refused = True
    if is_refused and len(uploads) == 1:
        return make_response(page_of(open_file(engine(), actor(), case_id), "attachments"), 422)
    return redirect(url_for("cases.show", case_id=case_id, tab="attachments"))


@attachments.get("/attachments/<attachment_id>")
def show(attachment_id: str) -> AnyResponse:
    """Sent under the type that its content has; never run: only pictures and PDF are shown in the browser."""
    attachment, content = open_attachment(engine(), actor(), attachment_id)
    inline = attachment.media_type in {*PICTURES, PDF} and "download" not in request.args
    response = Response(content, mimetype=attachment.media_type if inline else "application/octet-stream")
    kind = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(attachment.name)}"
    if inline and attachment.media_type == PDF:
        response.headers["Content-Security-Policy"] = PDF_POLICY
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    else:
        response.headers["Content-Security-Policy"] = RAW_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@attachments.get("/attachments/<attachment_id>/view")
def view(attachment_id: str) -> AnyResponse:
    """The file in the frame of its case, with those before and after it."""
    attachment, content = open_attachment(engine(), actor(), attachment_id)
    file = open_file(engine(), actor(), request.args.get("case", "") or attachment.case_id)
    page = render_template(
        "case/view.html",
        attachment=attachment,
        file=file,
        preview=preview_of(attachment, content),
        **_neighbours(attachment, file.current),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


def _add(case_id: str, upload: FileStorage) -> Attachment:
    content = upload.stream.read(engine().settings.max_upload_bytes + 1)
    given = request.form
    return add_attachment(
        engine(),
        actor(),
        case_id,
        upload.filename or "",
        content,
        task_id=given.get("task_id") or None,
        field=given.get("field") or None,
        replaces=given.get("replaces") or None,
    )


def _as_json(attachment: Attachment) -> AnyResponse:
    return jsonify(
        attachment_id=attachment.attachment_id,
        name=attachment.name,
        size=attachment.size,
        media_type=attachment.media_type,
        sha256=attachment.sha256,
        version=attachment.version,
    )


def _neighbours(attachment: Attachment, listed: tuple[Attachment, ...]) -> dict[str, Attachment | None]:
    ids = [a.attachment_id for a in listed]
    if attachment.attachment_id not in ids:
        return {"before": None, "after": None}
    at = ids.index(attachment.attachment_id)
    return {"before": listed[at - 1] if at else None, "after": listed[at + 1] if at + 1 < len(listed) else None}
