"""The editor of a draft's drawing: the page, whether somebody else saved meanwhile, and a copy beside theirs."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.exceptions import NotFound

from engine.definitions.draft_copy import copy_draft, draft_standing
from engine.definitions.drafts import SITTING, DraftView, open_draft
from engine.errors import InvalidFile, Message
from engine.records.studio import DraftState
from web.assets import asset
from web.current import actor, engine, language
from web.frame import office_time
from web.i18n import catalogue
from web.security import relaxed_styles

studio_editor = Blueprint("studio_editor", __name__, url_prefix="/studio")

WORDS: Final = "editor_script."
"""The section of the catalogue that the script speaks."""


@studio_editor.get("/<draft_id>/diagram")
@relaxed_styles
def show(draft_id: str) -> str:
    """The main diagram, or the one that `file` names."""
    view = open_draft(engine(), actor(), draft_id)
    draft = view.draft
    paths = [path for path in view.files if path.endswith(".bpmn")]
    path = request.args.get("file") or (f"{draft.key}.bpmn" if f"{draft.key}.bpmn" in paths else "")
    path = path or next(iter(paths), "")
    if path not in paths:
        raise NotFound
    editable = _may_edit(view)
    island = _island(view, path)
    return render_template(
        "studio/editor.html", draft=draft, path=path, paths=paths, island=island, editable=editable
    )


@studio_editor.get("/<draft_id>/standing.json")
def standing(draft_id: str) -> Response:
    """Which revision is stored, and by whom: an open editor asks twice a minute."""
    draft, name = draft_standing(engine(), actor(), draft_id)
    return jsonify(
        revision=draft.revision,
        state=draft.state.value,
        changed_by=name,
        changed_at=draft.changed_at.isoformat(),
        changed_words=office_time().happened(draft.changed_at),
    )


@studio_editor.post("/<draft_id>/copies")
def copy(draft_id: str) -> Response:
    """Keeps what cannot be saved over somebody else's work as a draft of its own."""
    asked = request.get_json(silent=True)
    files = asked.get("files") if isinstance(asked, dict) else None
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise InvalidFile(
            Message(
                "请求的格式不对。请刷新页面后再试。", "The request cannot be read. Reload the page and try again."
            )
        )
    content = {path: text.encode("utf-8", "replace") for path, text in files.items()}
    made = copy_draft(engine(), actor(), draft_id, content)
    response = jsonify(draft_id=made.draft_id, url=url_for(".show", draft_id=made.draft_id))
    response.status_code = 201
    return response


def _may_edit(view: DraftView) -> bool:
    return actor().is_admin and view.draft.state is DraftState.EDITING


def _lately(view: DraftView) -> dict[str, str] | None:
    """Who else changed the draft so lately that it may be at it still."""
    draft = view.draft
    if draft.changed_by == actor().person_id or engine().clock.now() - draft.changed_at > SITTING:
        return None
    _, name = draft_standing(engine(), actor(), draft.draft_id)
    return {"by": name, "at": office_time().happened(draft.changed_at)}


def _island(view: DraftView, path: str) -> dict[str, Any]:
    draft_id = view.draft.draft_id
    below = url_for("studio_editor.show", draft_id=draft_id).removesuffix("/diagram")
    return {
        "draft_id": draft_id,
        "key": view.draft.key,
        "path": path,
        "draft": {"revision": view.draft.revision, "files": {path: view.files[path].decode("utf-8", "replace")}},
        "language": language(),
        "editable": _may_edit(view),
        "lately": _lately(view),
        "icons": asset("icons.svg"),
        "layouter": asset("studio-layout.js"),
        "urls": {
            "files": f"{below}/files.json",
            "findings": f"{below}/findings.json",
            "standing": url_for(".standing", draft_id=draft_id),
            "copies": url_for(".copy", draft_id=draft_id),
            "file": f"{below}/file",
            "vocabulary": f"{below.rsplit('/', 1)[0]}/vocabulary.json?draft={draft_id}",
        },
        "words": {
            name.removeprefix(WORDS): words
            for name, words in catalogue(language()).items()
            if name.startswith(WORDS)
        },
    }
