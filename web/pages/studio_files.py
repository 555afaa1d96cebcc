"""Forms and decision tables of a draft: the list, their editors, and a form as its step will show it."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.draft_parts import (
    FORM_END,
    add_part,
    drop_part,
    parts_of,
    shown_form,
)
from engine.definitions.drafts import DraftView, open_draft
from engine.errors import InvalidDiagram
from engine.records.studio import DraftState
from web.assets import asset
from web.current import actor, engine, language
from web.form_page import FormPage
from web.i18n import catalogue, text
from web.security import relaxed_styles

studio_files = Blueprint("studio_files", __name__, url_prefix="/studio")

SECTIONS: Final = ("editor_script.", "files_script.")
"""What the scripts say; the saving and its conflicts are those of the diagram's editor."""


@studio_files.get("/<draft_id>/file")
@relaxed_styles
def show(draft_id: str) -> str:
    """The editor of the file that `path` names; without a path, the list."""
    view = open_draft(engine(), actor(), draft_id)
    path = request.args.get("path", "")
    parts = parts_of(view)
    if not path:
        return render_template("studio/files.html", draft=view.draft, parts=parts, editable=may_edit(view))
    part = next((part for part in (*parts.forms, *parts.tables) if part.path == path), None)
    if part is None:
        raise NotFound
    kind = "form" if path.endswith(FORM_END) else "table"
    return render_template(
        f"studio/{kind}.html", draft=view.draft, part=part, island=_island(view, path), editable=may_edit(view)
    )


@studio_files.post("/<draft_id>/file")
def add(draft_id: str) -> AnyResponse:
    """A new form or table, to be edited next."""
    kind = "form" if request.form.get("kind") == "form" else "table"
    name, title = (request.form.get(field, "").strip() for field in ("name", "title"))
    path, _ = add_part(engine(), actor(), draft_id, kind=kind, name=name, title=title)
    return redirect(url_for(".show", draft_id=draft_id, path=path))


@studio_files.post("/<draft_id>/file/removal")
def drop(draft_id: str) -> AnyResponse:
    """Takes a file out of the draft, where no step uses it."""
    path, seen = request.form.get("path", ""), request.form.get("revision", default=0, type=int)
    drop_part(engine(), actor(), draft_id, path, seen=seen)
    flash(text("studio_files.dropped", language(), path=path))
    return redirect(url_for(".show", draft_id=draft_id))


@studio_files.get("/<draft_id>/form-preview")
def preview(draft_id: str) -> str:
    """The stored form, drawn by the very script that draws it for the step; nothing that is typed is kept."""
    view = open_draft(engine(), actor(), draft_id)
    path, element = request.args.get("path", ""), request.args.get("step") or None
    parts = parts_of(view)
    part = next((part for part in parts.forms if part.path == path), None)
    if part is None:
        raise NotFound
    if element is None:
        element = next((use.element_id for use in part.uses if not use.only_shown), None)
    try:
        form, trouble = FormPage(schema=shown_form(view, path, element), values={}), None
    except InvalidDiagram as error:
        form, trouble = FormPage(schema={}, values={}), error.findings
    return render_template(
        "studio/form_preview.html", draft=view.draft, part=part, form=form, step=element, trouble=trouble
    )


def may_edit(view: DraftView) -> bool:
    return actor().is_admin and view.draft.state is DraftState.EDITING


def _island(view: DraftView, path: str) -> dict[str, Any]:
    draft_id, below = view.draft.draft_id, url_for(".show", draft_id=view.draft.draft_id).removesuffix("/file")
    return {
        "draft_id": draft_id,
        "path": path,
        "revision": view.draft.revision,
        "content": view.files[path].decode("utf-8", "replace"),
        "language": language(),
        "editable": may_edit(view),
        "icons": asset("icons.svg"),
        "urls": {
            "files": f"{below}/files.json",
            "findings": f"{below}/findings.json",
            "standing": f"{below}/standing.json",
            "copies": f"{below}/copies",
            "file": f"{below}/file",
            "preview": url_for(".preview", draft_id=draft_id, path=path) if path.endswith(FORM_END) else "",
        },
        "words": {
            name.partition(".")[2]: words
            for name, words in catalogue(language()).items()
            if name.startswith(SECTIONS)
        },
    }
