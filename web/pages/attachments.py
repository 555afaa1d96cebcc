"""Files of a case: added, listed on the case's page, opened."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.documents.attachments import add_attachment, open_attachment
from engine.errors import InvalidFile, Message
from web.current import actor, engine, language
from web.i18n import text

attachments = Blueprint("attachments", __name__)

SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})


@attachments.post("/cases/<case_id>/attachments")
def add(case_id: str) -> AnyResponse:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise InvalidFile(Message("没有选择文件。请先选择要上传的文件。", "No file was chosen. Choose one first."))
    limit = engine().settings.max_upload_bytes
    content = upload.stream.read(limit + 1)
    attachment = add_attachment(engine(), actor(), case_id, upload.filename, content)
    flash(text("attachment.added", language(), name=attachment.name))
    return redirect(url_for("cases.show", case_id=case_id, tab="attachments"))


@attachments.get("/attachments/<attachment_id>")
def show(attachment_id: str) -> AnyResponse:
    """Sent under the type that its content has; never run: only pictures and PDF are shown in the browser."""
    attachment, content = open_attachment(engine(), actor(), attachment_id)
    inline = attachment.media_type in SHOWN_INLINE
    response = Response(content, mimetype=attachment.media_type if inline else "application/octet-stream")
    kind = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(attachment.name)}"
    return response
