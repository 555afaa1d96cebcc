"""The inbox: what I owe, what I may take, what I did; a list that refreshes, and a panel for the selected line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError
from engine.records.views import InboxPage, InboxQuery
from engine.tasks.inbox import inbox
from engine.tasks.read import open_task
from web.cards import cards_of
from web.choices import procedure_names
from web.current import actor, engine, language
from web.frame import office_time
from web.office_calendar import office_calendar

inbox_pages = Blueprint("inbox", __name__)

BOXES = ("mine", "claimable", "done")
LIGHTS = ("red", "yellow", "blue", "normal")
ORDERS = ("due", "newest")


@inbox_pages.get("/")
def home() -> Response:
    return redirect(url_for("inbox.index"))


@inbox_pages.get("/inbox")
def index() -> str:
    query = _query()
    page = inbox(engine(), actor(), query)
    selected = request.args.get("selected", "")
    panel = _panel_context(selected) if any(r.task.task_id == selected for r in page.rows) else None
    return render_template(
        "inbox.html",
        **_list_context(query, page),
        selected=selected,
        panel=panel,
        day_line=_day_line(),
        procedures=procedure_names(),
    )


@inbox_pages.get("/inbox/rows")
def rows() -> str:
    """The list alone, for the refresh."""
    query = _query()
    return render_template("parts/inbox_rows.html", **_list_context(query, inbox(engine(), actor(), query)))


@inbox_pages.get("/inbox/panel/<task_id>")
def panel(task_id: str) -> str:
    """The right-hand panel of one task."""
    return render_template("parts/inbox_panel.html", panel=_panel_context(task_id))


def _query() -> InboxQuery:
    given = request.args
    box, light, order = given.get("box", "mine"), given.get("light"), given.get("order", "due")
    return InboxQuery(
        box=box if box in BOXES else "mine",
        text=given.get("q", "").strip()[:100],
        light=light if light in LIGHTS else None,
        procedure=given.get("procedure") or None,
        order=order if order in ORDERS else "due",
        page=max(1, min(given.get("page", 1, type=int), 10_000)),
    )


def _list_context(query: InboxQuery, page: InboxPage) -> dict[str, Any]:
    g.box_counts = page.counts

    def link(**changes: Any) -> str:
        changed = replace(query, **{"page": 1, **changes})
        return url_for("inbox.index", **_arguments(changed))

    return {
        "query": query,
        "page": page,
        "pages": max(1, -(-page.total // query.page_size)),
        "link": link,
        "rows_url": url_for("inbox.rows", **_arguments(query)),
    }


def _arguments(query: InboxQuery) -> dict[str, Any]:
    given = {
        "box": query.box,
        "q": query.text,
        "light": query.light,
        "procedure": query.procedure,
        "order": query.order,
        "page": query.page,
    }
    plain = {"box": "mine", "q": "", "light": None, "procedure": None, "order": "due", "page": 1}
    return {name: value for name, value in given.items() if value != plain[name]}


def _panel_context(task_id: str) -> dict[str, Any] | None:
    try:
        view = open_task(engine(), actor(), task_id)
        return {"view": view, "why": cards_of(view.case.case_id, view.deadlines), "trouble": ""}
    except EngineError as error:
        return {"trouble": error.message.in_language(language())}


def _day_line() -> str:
    time = office_time()
    return time.day_line(office_calendar().is_workday(time.today()))
