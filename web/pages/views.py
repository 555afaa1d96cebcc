"""Saved views of the inbox and of the registers: save, open, rename, share, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.records.work import SavedView
from engine.tasks.views import OpenView, change_view, delete_view, open_view, save_view
from web.current import actor, engine, language
from web.i18n import text
from web.inbox_filter import InboxFilter
from web.inbox_filter import read_filter as read_inbox
from web.register_filter import RegisterFilter
from web.register_filter import read_filter as read_register

view_pages = Blueprint("views", __name__, url_prefix="/inbox/views")


@dataclass(frozen=True)
class _List:
    """A list that has views: its page, and how its filter is read."""

    endpoint: str
    read: Callable[[Mapping[str, str]], InboxFilter | RegisterFilter]


_LISTS = {"inbox": _List("inbox.index", read_inbox), "register": _List("register.index", read_register)}


@view_pages.get("/<view_id>")
def show(view_id: str) -> Response:
    return _open(open_view(engine(), actor(), view_id).view)


@view_pages.post("")
def save() -> Response:
    """`page` names the list, `filter` is its address."""
    shared = request.form.get("shared") == "yes"
    page = request.form.get("page", "inbox")
    if page not in _LISTS:
        abort(404)
    view = save_view(engine(), actor(), page, request.form.get("name", ""), _query(page), shared=shared)
    flash(text("views.saved", language(), name=view.name))
    return _open(view)


@view_pages.post("/<view_id>")
def change(view_id: str) -> Response:
    """Whatever of name, filter and sharing is given."""
    given = request.form
    page = open_view(engine(), actor(), view_id).view.page
    view = change_view(
        engine(),
        actor(),
        view_id,
        name=given.get("name"),
        query=_query(page) if "filter" in given else None,
        shared=given.get("shared") == "yes" if "shared" in given else None,
    )
    flash(text("views.updated", language(), name=view.name))
    return _open(view)


@view_pages.post("/<view_id>/deletion")
def delete(view_id: str) -> Response:
    view = delete_view(engine(), actor(), view_id)
    flash(text("views.deleted", language(), name=view.name))
    return redirect(_address(view))


def view_asked(page: str) -> OpenView | None:
    """The view of the list that is open; None where it was deleted or is no longer shared: its filter stays."""
    view_id = request.args.get("view", "")
    if not view_id:
        return None
    try:
        found = open_view(engine(), actor(), view_id)
    except NotFound:
        return None
    return found if found.view.page == page else None


def _query(page: str) -> dict[str, str]:
    return _LISTS[page].read(dict(parse_qsl(request.form.get("filter", "")))).to_save()


def _open(view: SavedView) -> Response:
    return redirect(_address(view, opened=view.view_id))


def _address(view: SavedView, *, opened: str | None = None) -> str:
    found = _LISTS[view.page]
    arguments: dict[str, Any] = found.read(view.query).arguments()
    return url_for(found.endpoint, view=opened, **arguments)
