"""The working calendar: a year at a glance, a day's editor, files, and the preview before every change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.catch_up import recompute_stale
from engine.deadlines.calendar_apply import apply_calendar_change
from engine.deadlines.calendar_change import KINDS, CalendarChange, announce, one_day
from engine.deadlines.calendar_files import MOST_BYTES, export_year, import_year, offered_year
from engine.deadlines.calendar_preview import admit_change, preview_calendar_change
from engine.deadlines.calendar_read import missing_in, read_versions, read_year, waiting_to_follow
from engine.errors import Conflict, InvalidFile, Message, NotFound
from web.calendar_grid import LETTERS, change_of, months_of, text_of
from web.current import actor, actor_or_none, engine, language
from web.frame import office_time
from web.i18n import text
from web.office_calendar import office_calendar

calendar_pages = Blueprint("calendar", __name__, url_prefix="/calendar")

AT_ONCE = 40
"""Cases that follow within the request itself; more of them follow on the page of progress."""
MOST_SHOWN = 500
"""Lines of a preview; the counts cover all."""
ADMIN_PAGES = frozenset({"calendar", "definitions", "deliveries", "incidents", "tables", "timers"})
"""Blueprints whose pages say that a year is missing."""
KINDS_OF_FILE = {"csv": "text/csv; charset=utf-8", "ics": "text/calendar; charset=utf-8"}


@calendar_pages.app_context_processor
def _context() -> dict[str, Any]:
    return {"missing_years": _missing_years, "is_provisional": _is_provisional}


def _is_provisional(due_at: datetime) -> bool:
    """Whether a due date lies in a year that goes by weekdays for now. What counts hours needs no calendar."""
    time = office_time()
    return time.is_end_of_day(due_at) and time.due_day(due_at).year not in office_calendar().announced


def _missing_years() -> tuple[int, ...]:
    """Years that the calendar lacks, for an admin on an admin's page."""
    who = actor_or_none()
    if who is None or not who.is_admin or request.blueprint not in ADMIN_PAGES:
        return ()
    return missing_in(office_calendar(), office_time().today())


@calendar_pages.get("")
def index() -> str:
    today = office_time().today()
    year = request.args.get("year", today.year, type=int)
    view = read_year(engine(), actor(), year)
    chosen = _day(request.args.get("day", ""), year)
    return render_template(
        "calendar/year.html",
        view=view,
        months=months_of(view),
        letters=LETTERS,
        chosen=next((d for d in view.days if d.day == chosen), None),
        today=today,
        kinds=KINDS,
        versions=read_versions(engine(), actor(), limit=12),
        names=_names(),
        waiting=waiting_to_follow(engine()),
        max_kilobytes=MOST_BYTES // 1024,
    )


@calendar_pages.get("/day/<day>")
def editor(day: str) -> str:
    """The editor of one day alone, for the page's panel."""
    wanted = _day(day, None)
    if wanted is None:
        raise NotFound(Message("日期", "day"), day[:20])
    view = read_year(engine(), actor(), wanted.year)
    return render_template(
        "calendar/editor.html", view=view, chosen=next(d for d in view.days if d.day == wanted), kinds=KINDS
    )


@calendar_pages.post("/preview")
def preview() -> str:
    return _preview_page(_proposed())


@calendar_pages.post("/apply")
def apply() -> AnyResponse:
    change = change_of(request.form.get("change", ""))
    note = request.form.get("note", "")
    try:
        version = apply_calendar_change(
            engine(), actor(), change, request.form.get("fingerprint", ""), note, limit=AT_ONCE
        )
    except Conflict as conflict:
        page = _preview_page(change, note=note, trouble=conflict.message.in_language(language()))
        return make_response(page, 409)
    flash(text("calendar.applied", language(), version=version.version))
    if waiting_to_follow(engine()):
        return redirect(url_for("calendar.progress"))
    years = sorted({day.year for day in change.days} | change.announced)
    return redirect(url_for("calendar.index", year=years[0] if years else None))


@calendar_pages.get("/progress")
def progress() -> str:
    read_year(engine(), actor(), office_time().today().year)
    waiting = waiting_to_follow(engine())
    return render_template("calendar/progress.html", waiting=waiting, total=waiting)


@calendar_pages.post("/progress")
def follow() -> str:
    """Lets some more cases follow, and tells how many are left: the page asks again until none is."""
    admit_change(engine(), actor(), "follow_calendar")
    recompute_stale(engine(), AT_ONCE)
    waiting = waiting_to_follow(engine())
    total = max(waiting, min(request.form.get("total", 0, type=int), 10_000_000))
    page = "calendar/progress_bar.html" if request.headers.get("HX-Request") else "calendar/progress.html"
    return render_template(page, waiting=waiting, total=total)


@calendar_pages.get("/export")
def export() -> Response:
    year, form = request.args.get("year", 0, type=int), request.args.get("form", "csv")
    content = export_year(engine(), actor(), year, form)
    response = Response(content, content_type=KINDS_OF_FILE[form])
    response.headers["Content-Disposition"] = f'attachment; filename="calendar-{year}.{form}"'
    return response


def _proposed() -> CalendarChange:
    """The change that a form of the page asks for."""
    given = request.form
    year = given.get("year", 0, type=int)
    match given.get("intent"):
        case "file":
            upload = request.files.get("file")
            if upload is None or not upload.filename:
                raise InvalidFile(
                    Message("没有选择文件。请选择 .csv 或 .ics。", "No file was chosen. Choose a .csv or an .ics.")
                )
            content = upload.stream.read(MOST_BYTES + 1)
            is_announced = given.get("announced") == "1"
            return import_year(engine(), actor(), year, upload.filename, content, is_announced=is_announced)
        case "offered":
            return offered_year(engine(), actor(), year)
        case "announce":
            return announce(year)
        case _:
            day = _day(given.get("day", ""), None)
            if day is None:
                raise NotFound(Message("日期", "day"), given.get("day", "")[:20])
            return one_day(day, given.get("kind", ""), given.get("note", ""))


def _preview_page(change: CalendarChange, *, note: str = "", trouble: str = "") -> str:
    found = preview_calendar_change(engine(), actor(), change)
    return render_template(
        "calendar/preview.html",
        preview=found,
        change=text_of(found.change),
        note=note,
        trouble=trouble,
        most=MOST_SHOWN,
        years=sorted({c.day.year for c in found.days} | found.change.announced),
    )


def _day(given: str, year: int | None) -> date | None:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None
    return day if year is None or day.year == year else None


def _names() -> dict[str, str]:
    with engine().store.read() as work:
        return {person.person_id: person.name for person in work.org.people()}
