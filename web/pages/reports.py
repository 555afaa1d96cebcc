"""Reports: the statistics of receptions (F03) and the score sheet (F20); shown, printed, taken along as Excel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from engine.documents.sheets import Cell, Sheet, write_workbook
from engine.errors import InvalidState
from engine.records.report import ReceptionCount
from engine.reports.period import Period, checked_period, quarter_of
from engine.reports.scores import score_sheet
from engine.reports.statistics import count_receptions
from web.choices import answers_to, choice
from web.current import actor, engine, language
from web.download import download
from web.frame import office_time, unit_names
from web.i18n import text

reports = Blueprint("reports", __name__, url_prefix="/reports")

DIMENSIONS = ("purpose", "category", "channel", "unit")
VISIT = "visit"


@reports.get("/receptions")
def receptions() -> AnyResponse:
    by, channel = _by(), _channel()
    period, wrong = _asked()
    counts = count_receptions(engine(), actor(), period, by=by, channel=channel or None)
    return _page(
        "reports/receptions.html",
        wrong,
        period=period,
        by=by,
        channel=channel,
        dimensions=DIMENSIONS,
        channels=answers_to("channel"),
        lines=[(_named(by, count.key), count) for count in counts],
        total=_total(counts),
        most=max((count.cases for count in counts), default=0),
        arguments=_arguments(period, by=by, channel=channel),
    )


@reports.get("/receptions.xlsx")
def receptions_workbook() -> Response:
    period, by, channel = _period(), _by(), _channel()
    counts = count_receptions(engine(), actor(), period, by=by, channel=channel or None)
    headings = [("kind", 28), ("cases", 10), ("persons", 10), ("closed", 10), ("late", 12)]
    lines: list[list[Cell]] = [[_named(by, c.key), c.cases, c.persons, c.closed, c.late] for c in counts]
    total = _total(counts)
    lines.append([text("report.total", language()), total.cases, total.persons, total.closed, total.late])
    of = answers_to("channel").get(channel) or text("report.all_channels", language())
    return _workbook("report.receptions", of, period, headings, lines)


@reports.get("/scores")
def scores() -> AnyResponse:
    unit = request.args.get("unit") or None
    period, wrong = _asked()
    sheet = score_sheet(engine(), actor(), period, unit=unit)
    return _page(
        "reports/scores.html",
        wrong,
        period=period,
        unit=sheet.unit,
        sheet=sheet,
        choices=_choices(sheet.units),
        arguments=_arguments(period, unit=sheet.unit or ""),
    )


@reports.get("/scores.xlsx")
def scores_workbook() -> Response:
    period, unit = _period(), request.args.get("unit") or None
    sheet = score_sheet(engine(), actor(), period, unit=unit)
    headings = [("at", 17), ("unit", 24), ("code", 8), ("points", 10), ("reason", 44), ("number", 18)]
    lines: list[list[Cell]] = [
        [
            line.at,
            unit_names().get(line.unit or "", line.unit),
            line.code,
            line.points,
            line.reason,
            line.case_number,
        ]
        for line in sheet.lines
    ]
    of = unit_names().get(sheet.unit, sheet.unit) if sheet.unit else text("report.all_units", language())
    return _workbook("report.scores", of, period, headings, lines)


def _workbook(
    title: str, of: str, period: Period, headings: list[tuple[str, int]], lines: list[list[Cell]]
) -> Response:
    """`of`: what was counted, which the name of the file tells."""
    name = text(title, language())
    columns = [(text(f"report.col_{key}", language()), width) for key, width in headings]
    content = write_workbook([Sheet(name, columns, lines)], engine().settings.timezone)
    return download(content, f"{name}-{of}-{period.first.isoformat()}-{period.last.isoformat()}.xlsx")


def _page(template: str, wrong: str, **values: Any) -> AnyResponse:
    """With a form that keeps what was typed where that is `wrong`, and nothing counted."""
    since, until = (request.args.get(name, "")[:10] for name in ("since", "until")) if wrong else ("", "")
    shown = render_template(template, wrong=wrong, since=since, until=until, **values)
    return make_response(shown, 422 if wrong else 200)


def _asked() -> tuple[Period, str]:
    """The period, and what is wrong with the one that was asked for: the usual one stands in for it."""
    try:
        return _period(), ""
    except InvalidState as refusal:
        return quarter_of(office_time().today()), refusal.message.in_language(language())


def _period() -> Period:
    """What is asked for, else the quarter of today."""
    usual = quarter_of(office_time().today())
    return checked_period(_day("since", usual.first), _day("until", usual.last))


def _day(name: str, usual: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return usual


def _by() -> str:
    by = request.args.get("by", "")
    return by if by in DIMENSIONS else "category"


def _channel() -> str:
    """Visits unless another channel, or all of them (an empty one), is asked for."""
    channel = request.args.get("channel", VISIT)
    return channel if channel in answers_to("channel") else ""


def _named(by: str, key: str | None) -> str:
    if not key:
        return text("report.unnamed", language())
    return unit_names().get(key, key) if by == "unit" else choice(by, key)


def _total(counts: tuple[ReceptionCount, ...]) -> ReceptionCount:
    return ReceptionCount(
        None,
        sum(c.cases for c in counts),
        sum(c.persons for c in counts),
        sum(c.closed for c in counts),
        sum(c.late for c in counts),
    )


def _choices(units: frozenset[str] | None) -> Mapping[str, str]:
    return {code: name for code, name in unit_names().items() if units is None or code in units}


def _arguments(period: Period, **more: Any) -> dict[str, Any]:
    return {"since": period.first.isoformat(), "until": period.last.isoformat(), **more}
