"""Saved views of the inbox: save, open, rename, share, delete."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.records.work import SavedView
from engine.tasks.views import change_view, delete_view, open_view, save_view
from web.current import actor, engine, language
from web.i18n import text
from web.inbox_filter import read_filter

view_pages = Blueprint("views", __name__, url_prefix="/inbox/views")


@view_pages.get("/<view_id>")
def show(view_id: str) -> Response:
    return _open(open_view(engine(), actor(), view_id).view)


@view_pages.post("")
def save() -> Response:
    shared = request.form.get("shared") == "yes"
    view = save_view(engine(), actor(), "inbox", request.form.get("name", ""), _query(), shared=shared)
    flash(text("views.saved", language(), name=view.name))
    return _open(view)


@view_pages.post("/<view_id>")
def change(view_id: str) -> Response:
    """Whatever of name, filter and sharing is given."""
    given = request.form
    view = change_view(
        engine(),
        actor(),
        view_id,
        name=given.get("name"),
        query=_query() if "filter" in given else None,
        shared=given.get("shared") == "yes" if "shared" in given else None,
    )
    flash(text("views.updated", language(), name=view.name))
    return _open(view)


@view_pages.post("/<view_id>/deletion")
def delete(view_id: str) -> Response:
    view = delete_view(engine(), actor(), view_id)
    flash(text("views.deleted", language(), name=view.name))
    return redirect(url_for("inbox.index", **read_filter(view.query).arguments()))


def _query() -> dict[str, str]:
    return read_filter(dict(parse_qsl(request.form.get("filter", "")))).to_save()


def _open(view: SavedView) -> Response:
    return redirect(url_for("inbox.index", view=view.view_id, **read_filter(view.query).arguments()))
