"""One case: facts, clocks, timeline, diagram, papers, attachments; its parties behind a stated purpose."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.pausing import turns_of
from engine.cases.read import open_case, reveal_parties
from engine.documents.attachments import list_attachments
from engine.errors import Message, NotFound
from engine.records.views import CaseView
from web.cards import cards_of
from web.case_diagram import drawings_of
from web.current import actor, engine, language
from web.frame import office_time
from web.i18n import text
from web.timeline import timeline_of
from web.timer_lines import timer_lines

cases = Blueprint("cases", __name__, url_prefix="/cases")

TABS = ("facts", "clocks", "timeline", "diagram", "papers", "attachments")
LEAST_PURPOSE = 4


@cases.get("/<case_id>")
@cases.get("/<case_id>/<any(facts,clocks,timeline,diagram,papers,attachments):tab>")
def show(case_id: str, tab: str = "facts") -> str:
    return _page(case_id, tab)


@cases.post("/<case_id>/parties")
def parties(case_id: str) -> AnyResponse:
    """Shows the parties once, for a purpose that goes into the audit trail."""
    purpose = request.form.get("purpose", "").strip()[:500]
    if len(purpose) < LEAST_PURPOSE:
        return make_response(_page(case_id, "facts", purpose_error=text("case.purpose_short", language())), 422)
    shown = reveal_parties(engine(), actor(), case_id, purpose)
    return make_response(_page(case_id, "facts", parties=shown, purpose=purpose))


@cases.get("/<case_id>/papers/<paper_id>")
def paper(case_id: str, paper_id: str) -> str:
    """One paper, laid out for print."""
    view = open_case(engine(), actor(), case_id)
    found = next((p for p in view.papers if p.paper_id == paper_id), None)
    if found is None:
        raise NotFound(Message("文书", "paper"), paper_id)
    return render_template("paper.html", view=view, paper=found)


def _page(case_id: str, tab: str, **extra: Any) -> str:
    view = open_case(engine(), actor(), case_id)
    return render_template(f"case/{tab}.html", view=view, tab=tab, tabs=TABS, **_of_tab(view, tab), **extra)


def _of_tab(view: CaseView, tab: str) -> dict[str, Any]:
    time = office_time()
    match tab:
        case "clocks":
            timers = timer_lines(view.timers, view.deadlines, time)
            cards = cards_of(view.case.case_id, view.deadlines)
            return {"why": cards, "timers": timers, "turns": turns_of(actor(), view, time.now)}
        case "timeline":
            return {"lines": timeline_of(view, language())}
        case "diagram":
            drawings = drawings_of(view, time, language())
            chosen = request.args.get("process", "")
            keys = [d.process_id for d in drawings]
            return {"drawings": drawings, "chosen": chosen if chosen in keys else (keys[0] if keys else "")}
        case "attachments":
            return {"attached": list_attachments(engine(), actor(), view.case.case_id)}
    return {}
