"""The ledger of timers and the reports of outages, for those who answer for the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from engine.deadlines.health import BEHIND
from engine.deadlines.ledger import LATEST, read_ledger, read_outage
from engine.deadlines.outage import longest_gap
from engine.records.ledger import LedgerQuery
from engine.records.time import TimerKind, TimerState
from web import ledger_lines
from web.current import actor, engine, language, now
from web.frame import office_time
from web.i18n import label

timers = Blueprint("timers", __name__)

STATES = ("waiting", "fired", "held", "cancelled")
KINDS = ("bpmn", "rung")
CSV_ROWS = 5_000
"""Rows of a downloaded report; the page shows the rest by pages."""


@timers.get("/timers")
def index() -> str:
    query = _query()
    ledger = read_ledger(engine(), actor(), query)
    return render_template(
        "timers.html",
        ledger=ledger,
        states=STATES,
        kinds=KINDS,
        chosen=query.state.value if query.state else "all",
        kind=query.kind.value if query.kind else None,
        late_only=query.by_outage,
        is_later=query.after is not None,
        trouble=_trouble(ledger.heartbeat_at, ledger.next_due_at),
        gap=longest_gap(engine().settings),
        latest=LATEST,
        **_words(),
    )


@timers.get("/timers/outages/<outage_id>")
def outage(outage_id: str) -> str:
    after = ledger_lines.read(request.args.get("after", ""))
    report = read_outage(engine(), actor(), outage_id, after=after)
    return render_template("outage.html", report=report, outage=report.outage, fell_due=_fell_due, **_words())


@timers.get("/timers/outages/<outage_id>.csv")
def outage_csv(outage_id: str) -> Response:
    report = read_outage(engine(), actor(), outage_id, size=CSV_ROWS)
    lang = language()
    content = ledger_lines.touched_csv(report.timers, office_time(), lambda kind, value: label(kind, value, lang))
    # the mark tells spreadsheets that it is UTF-8
    response = Response(f"\ufeff{content}".encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="outage-{report.outage.up_at:%Y%m%d}.csv"'
    return response


def _query() -> LedgerQuery:
    state, kind = request.args.get("state", "waiting"), request.args.get("kind", "")
    return LedgerQuery(
        state=TimerState(state) if state in STATES else None,
        kind=TimerKind(kind) if kind in KINDS else None,
        by_outage=request.args.get("late") == "1",
        after=ledger_lines.read(request.args.get("after", "")),
    )


def _trouble(heartbeat_at: Any, next_due_at: Any) -> tuple[str, timedelta] | None:
    """The key of what is wrong, and for how long it has been."""
    if heartbeat_at is None:
        return "ledger.behind_never", timedelta()
    silent = now() - heartbeat_at
    if silent > longest_gap(engine().settings):
        return "ledger.behind_heartbeat", silent
    if next_due_at is not None and now() - next_due_at > BEHIND:
        return "ledger.behind_ledger", now() - next_due_at
    return None


def _fell_due(at: datetime) -> str:
    return ledger_lines.fell_due(at, office_time())


def _words() -> dict[str, Any]:
    time = office_time()
    return {
        "span": lambda late: ledger_lines.span(late, time),
        "bounded": lambda n: ledger_lines.count(n, language()),
        "due": lambda at: ledger_lines.due(at, time),
        "place": ledger_lines.written,
    }
