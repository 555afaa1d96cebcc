"""The inbox: what I owe, what I may take, what I did; a list that refreshes, and a panel for the selected line."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, g, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.read import open_case
from engine.definitions.steps import steps_of
from engine.documents.sheets import MEDIA_TYPE
from engine.errors import EngineError, InvalidState, Message
from engine.org.coming_back import coming_back
from engine.records.views import InboxPage, InboxRow
from engine.tasks.batch import MOST_ITEMS
from engine.tasks.desk import read_desk
from engine.tasks.export import inbox_portions
from engine.tasks.inbox import inbox
from engine.tasks.read import open_task
from engine.tasks.views import OpenView, list_views
from web.cards import cards_of
from web.choices import answers_to, current_definitions, procedure_names
from web.current import actor, actor_or_none, engine, language
from web.download import download
from web.frame import office_time, unit_names
from web.inbox_chips import chips_of
from web.inbox_filter import SPANS, InboxFilter, query_of, read_filter
from web.inbox_lines import Line, count_words, line_of
from web.inbox_sheet import inbox_workbook, workbook_name
from web.office_calendar import office_calendar
from web.pages.people import offered
from web.pages.views import view_asked
from web.task_page import MENU

inbox_pages = Blueprint("inbox", __name__)

ACTS = {
    "mine": ("transfer",),
    "claimable": ("claim", "transfer"),
    "started": ("urge",),
    "copied": ("read",),
    "followed": ("urge",),
    "deputised": ("claim", "transfer"),
    "delegated": ("urge",),
}
"""What can be done with several lines of a box at once; every box can be exported."""

LINES = "application/x-ndjson"


@inbox_pages.app_context_processor
def _rail() -> dict[str, Any]:
    """The saved views, for the rail of every page."""
    return {"inbox_views": _views, "count_words": count_words} if actor_or_none() is not None else {}


@inbox_pages.get("/")
def home() -> AnyResponse:
    return redirect(url_for("inbox.index"))


@inbox_pages.get("/inbox")
def index() -> str:
    asked = read_filter(request.args)
    view = view_asked("inbox")
    listed = _list_context(asked, view)
    selected = request.args.get("selected", "")
    line = next((line for line in listed["lines"] if line.key == selected), None)
    return render_template(
        "inbox.html",
        **listed,
        selected=selected,
        panel=_panel_of(line) if line else None,
        day_line=_day_line(),
        chips=chips_of(asked, language(), procedure_names(), _steps(asked)),
        options=_options(asked),
        people=_people(asked),
        back=coming_back(engine(), actor()) if asked.box == "mine" else None,
    )


@inbox_pages.get("/inbox/rows")
def rows() -> str:
    """The list alone, for the refresh."""
    return render_template("parts/inbox_rows.html", **_list_context(read_filter(request.args), view_asked("inbox")))


@inbox_pages.get("/inbox/panel/<task_id>")
def panel(task_id: str) -> str:
    """The right-hand panel of one task."""
    return render_template("parts/inbox_panel.html", panel=_task_panel(task_id))


@inbox_pages.get("/inbox/panel/case/<case_id>")
def case_panel(case_id: str) -> str:
    """The right-hand panel of a line that is a case."""
    return render_template("parts/inbox_case_panel.html", panel=_case_panel(case_id))


def _list_context(asked: InboxFilter, view: OpenView | None) -> dict[str, Any]:
    asked_query = query_of(asked, office_time().today())
    page: InboxPage = inbox(engine(), actor(), asked_query)
    if not page.rows and page.total and asked.page > 1:
        # what the last page held is done: the one before it is the last
        asked = asked.changed(page=max(1, -(-page.total // asked_query.page_size)))
        asked_query = query_of(asked, office_time().today())
        page = inbox(engine(), actor(), asked_query)
    g.box_counts = page.counts
    opened = view.view.view_id if view else None

    def link(**changes: Any) -> str:
        return url_for("inbox.index", view=opened, **asked.changed(**changes).arguments())

    return {
        "asked": asked,
        "query": asked,
        "page": page,
        "lines": tuple(line_of(row, asked.box, language(), office_time().now, page.halted) for row in page.rows),
        "halt_names": {"": "", **procedure_names()} if page.halts else {},
        "pages": max(1, -(-page.total // asked_query.page_size)),
        "total_words": count_words(page.total, asked.box),
        "link": link,
        "view": view,
        "view_changed": view is not None and read_filter(view.view.query) != asked.changed(),
        "acts": ACTS.get(asked.box, ()),
        "rows_url": url_for("inbox.rows", view=opened, **asked.arguments()),
    }


def _views() -> tuple[OpenView, ...]:
    if "inbox_views" not in g:
        g.inbox_views = list_views(engine(), actor(), "inbox")
    found: tuple[OpenView, ...] = g.inbox_views
    return found


def _steps(asked: InboxFilter) -> dict[str, tuple[tuple[str, str], ...]]:
    """By the procedure's key; only those of the one that is asked for."""
    steps = steps_of(engine(), actor(), current_definitions())
    return {asked.procedure: steps[asked.procedure]} if asked.procedure in steps else steps


def _options(asked: InboxFilter) -> dict[str, Any]:
    return {
        "procedure": procedure_names(),
        "steps": _steps(asked),
        "unit": unit_names(),
        "purpose": answers_to("purpose"),
        "category": answers_to("category"),
        "channel": answers_to("channel"),
        "spans": SPANS,
    }


def _people(asked: InboxFilter) -> list[dict[str, str]]:
    """Whom work of this box could be handed to: colleagues of the unit. A script asks when it needs them."""
    is_asked = request.args.get("people") == "all"
    return offered("deputy") if is_asked and "transfer" in ACTS.get(asked.box, ()) else []


def _panel_of(line: Line) -> dict[str, Any]:
    return _case_panel(line.case_id) if line.is_case or line.task is None else _task_panel(line.task.task_id)


def _task_panel(task_id: str) -> dict[str, Any]:
    try:
        view = open_task(engine(), actor(), task_id)
        desk = read_desk(engine(), actor(), view.task, view.case)
        why = cards_of(view.case.case_id, view.deadlines)
        return {"view": view, "acts": [act for act in MENU if desk.may(act)], "why": why, "trouble": ""}
    except EngineError as error:
        return {"trouble": error.message.in_language(language())}


def _case_panel(case_id: str) -> dict[str, Any]:
    try:
        view = open_case(engine(), actor(), case_id)
        running = tuple(d for d in view.deadlines if d.is_open)
        return {"case_view": view, "why": cards_of(case_id, running), "trouble": ""}
    except EngineError as error:
        return {"trouble": error.message.in_language(language())}


def _day_line() -> str:
    time = office_time()
    return time.day_line(office_calendar().is_workday(time.today()))


@inbox_pages.post("/inbox/export/all")
def export() -> Response:
    """All that the filter finds, up to a bound. A script that asks for lines is told how far it got meanwhile."""
    asked = _posted_filter()
    portions = inbox_portions(engine(), actor(), query_of(asked, office_time().today()))
    if request.accept_mimetypes.best != LINES:
        rows = (row for portion in portions for row in portion)
        return download(inbox_workbook(rows, asked.box), workbook_name(asked.box))
    return Response(stream_with_context(_told(portions, asked.box)), mimetype=LINES)


@inbox_pages.post("/inbox/export")
def export_chosen() -> Response:
    """The lines that were ticked."""
    asked = _posted_filter()
    chosen = request.form.getlist("item")[:MOST_ITEMS]
    if not chosen:
        raise InvalidState(Message("没有选中任何事项。请先勾选。", "Nothing is selected. Tick some lines first."))
    portions = inbox_portions(engine(), actor(), query_of(asked, office_time().today()), chosen)
    rows = (row for portion in portions for row in portion)
    return download(inbox_workbook(rows, asked.box), workbook_name(asked.box))


def _posted_filter() -> InboxFilter:
    return read_filter(dict(parse_qsl(request.form.get("filter", ""))))


def _told(portions: Iterator[tuple[InboxRow, ...]], box: str) -> Iterator[str]:
    """Lines of JSON: how many rows are read, and at last the file."""
    rows: list[InboxRow] = []
    for portion in portions:
        rows += portion
        yield json.dumps({"done": len(rows)}) + "\n"
    content = base64.b64encode(inbox_workbook(rows, box)).decode("ascii")
    yield json.dumps({"name": workbook_name(box), "type": MEDIA_TYPE, "file": content}) + "\n"
