"""An uploaded procedure becomes a draft: an exported package, a folder's zip, or a lone diagram of any tool."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.packages import import_package
from engine.errors import InvalidDiagram, InvalidFile, Message
from web.current import actor, engine, language
from web.i18n import text
from web.studio_adopting import MOST_FINDINGS, carried_file, taken_in
from web.upload_folder import MOST_BYTES, read_folder
from web.uploaded_process import process_id_of


def uploaded_draft() -> AnyResponse:
    """The draft's page; a question about a lone diagram; or what is wrong with the file: then nothing is stored."""
    if (carried := carried_file()) is not None:
        return taken_in(*carried)
    name, folder, files = _sent(request.files.get("file"))
    if folder is None and len(files) == 1:
        ((path, content),) = files.items()
        return taken_in(path, content)
    try:
        draft = import_package(engine(), actor(), folder or process_id_of(files), files)
    except InvalidDiagram as refused:
        found = refused.findings[:MOST_FINDINGS]
        page = render_template("studio/adopt.html", name=name, drawn=None, findings=found, carried="")
        return make_response(page, 422)
    flash(text("studio.imported", language(), name=draft.name))
    return redirect(url_for("studio.show", draft_id=draft.draft_id))


def read_upload(upload: FileStorage | None) -> tuple[str, dict[str, bytes]]:
    """The procedure's key and its files by path. Raises InvalidFile."""
    _, folder, files = _sent(upload)
    key = folder or process_id_of(files)
    if folder is None and len(files) == 1:
        # a lone drawing may have any file name: its process says what it is
        files = {f"{key}.bpmn": content for content in files.values()}
    return key, files


def _sent(upload: FileStorage | None) -> tuple[str, str | None, dict[str, bytes]]:
    if upload is None or not upload.filename:
        raise InvalidFile(
            Message("没有选择文件。请选择 .bpmn 或 .zip。", "No file was chosen. Choose a .bpmn or a .zip.")
        )
    return upload.filename, *read_folder(upload.filename, upload.stream.read(MOST_BYTES + 1))
