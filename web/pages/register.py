"""The registers of cases: filtered; printed and taken along as Excel by a post, as it leaves a trace."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.read import register
from engine.documents.sheets import Sheet, write_workbook
from engine.org.people import list_people
from engine.reports.export import MOST_LINES, Extract, extract_register
from engine.tasks.views import list_views
from web.choices import answers_to, procedure_names
from web.current import actor, engine, language
from web.download import download
from web.frame import may_start, office_time
from web.i18n import text
from web.pages.views import view_asked
from web.register_filter import COLUMNS, FORMS, PAGE_SIZE, RegisterFilter, query_of, read_filter
from web.register_lines import line_of

register_pages = Blueprint("register", __name__)

IMPORTED = "petition_main"
"""The procedure whose register is imported from Excel."""


@register_pages.get("/cases")
def index() -> AnyResponse:
    asked = read_filter(request.args)
    page = register(engine(), actor(), query_of(asked))
    pages = max(1, -(-page.total // PAGE_SIZE))
    view = view_asked("register")
    opened = view.view.view_id if view else None

    def link(**changes: Any) -> str:
        return url_for("register.index", view=opened, **asked.changed(**changes).arguments())

    if asked.page > pages and not page.rows:
        return redirect(link(page=pages))  # the list has become shorter since the address was kept
    page_made = render_template(
        "register.html",
        asked=asked,
        page=page,
        pages=pages,
        link=link,
        forms=FORMS,
        preset=FORMS[asked.form],
        procedures=procedure_names(),
        answers={name: answers_to(name) for name in ("purpose", "category", "channel")},
        view=view,
        view_changed=view is not None and read_filter(view.view.query) != asked.changed(),
        views=list_views(engine(), actor(), "register"),
        may_import=IMPORTED in dict(may_start()),
    )
    return make_response(page_made)


@register_pages.post("/cases/extract")
def workbook() -> Response:
    asked = read_filter(request.form)
    extract = _extract(asked)
    name = _title(asked)
    columns = [(text(f"register_column.{key}", language()), width) for key, width in COLUMNS[asked.form]]
    content = write_workbook([Sheet(name, columns, _lines(asked, extract))], engine().settings.timezone)
    return download(content, f"{name}-{office_time().today().isoformat()}.xlsx")


@register_pages.post("/cases/print")
def printed() -> str:
    asked = read_filter(request.form)
    extract = _extract(asked)
    return render_template(
        "register_print.html",
        title=_title(asked),
        columns=[text(f"register_column.{key}", language()) for key, _ in COLUMNS[asked.form]],
        lines=_lines(asked, extract),
        extract=extract,
        most=MOST_LINES,
        back=url_for("register.index", **asked.arguments()),
    )


def _extract(asked: RegisterFilter) -> Extract:
    return extract_register(engine(), actor(), query_of(asked), form=asked.form)


def _lines(asked: RegisterFilter, extract: Extract) -> list[list[Any]]:
    columns = [key for key, _ in COLUMNS[asked.form]]
    listed = list_people(engine(), actor()) if "received_by" in columns else ()
    people = {person.person_id: person.name for person in listed}
    return [line_of(row, columns, people) for row in extract.rows]


def _title(asked: RegisterFilter) -> str:
    if asked.form == "all" and asked.procedure:
        return procedure_names().get(asked.procedure, text("register_form.all", language()))
    return text(f"register_form.{asked.form}", language())
