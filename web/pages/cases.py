"""One case: facts, clocks, timeline, diagram, papers, attachments, links; its parties behind a stated purpose."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.file_read import open_file
from engine.cases.links import KINDS
from engine.cases.pausing import turns_of
from engine.cases.read import reveal_parties
from engine.cases.similar import similar_cases
from engine.definitions.ahead import steps_ahead
from engine.documents.papers import kinds_by_hand
from engine.records.dossier import FileView
from engine.tasks.copies import read_copies
from web.cards import cards_of
from web.case_diagram import drawings_of, places_of
from web.case_head import head_of
from web.case_timeline import names_of, query_from, timeline_links
from web.current import actor, engine, language
from web.frame import office_time
from web.i18n import text
from web.pages.people import offered
from web.timeline import timeline_of
from web.timer_lines import timer_lines

cases = Blueprint("cases", __name__, url_prefix="/cases")

TABS = ("facts", "clocks", "timeline", "comments", "diagram", "papers", "attachments", "links")
LEAST_PURPOSE = 4


@cases.get("/<case_id>")
@cases.get("/<case_id>/<any(facts,clocks,timeline,comments,diagram,papers,attachments,links):tab>")
def show(case_id: str, tab: str = "facts") -> str:
    file = open_file(engine(), actor(), case_id)
    read_copies(engine(), actor(), case_id)
    return page_of(file, tab)


@cases.post("/<case_id>/parties")
def parties(case_id: str) -> AnyResponse:
    """Shows the parties once, for a purpose that goes into the audit trail."""
    purpose = request.form.get("purpose", "").strip()[:500]
    file = open_file(engine(), actor(), case_id)
    if len(purpose) < LEAST_PURPOSE:
        return make_response(page_of(file, "facts", purpose_error=text("case.purpose_short", language())), 422)
    shown = reveal_parties(engine(), actor(), case_id, purpose)
    return make_response(page_of(file, "facts", parties=shown, purpose=purpose))


def page_of(file: FileView, tab: str, **extra: Any) -> str:
    """A tab of the case's page; whatever is posted to a case comes back to one."""
    return render_template(
        f"case/{tab}.html",
        file=file,
        view=file.view,
        head=head_of(file),
        tab=tab,
        tabs=TABS,
        **{**_of_tab(file, tab), **extra},
    )


def _of_tab(file: FileView, tab: str) -> dict[str, Any]:
    time, view = office_time(), file.view
    match tab:
        case "clocks":
            timers = timer_lines(view.timers, view.deadlines, time)
            cards = cards_of(view.case.case_id, view.deadlines)
            return {"why": cards, "timers": timers, "turns": turns_of(actor(), view, time.now)}
        case "timeline":
            query = query_from(request.args)
            told = timeline_of(names_of(file), query)
            return {"told": told, "asked": query, "link": timeline_links(view.case.case_id, query)}
        case "diagram":
            ahead = steps_ahead(engine(), actor(), places_of(view))
            drawings = drawings_of(view, time, language(), ahead)
            chosen = request.args.get("process", "")
            keys = [d.process_id for d in drawings]
            return {"drawings": drawings, "chosen": chosen if chosen in keys else (keys[0] if keys else "")}
        case "papers":
            return {"kinds": kinds_by_hand(engine(), actor(), view.case.case_id)}
        case "attachments":
            return {"most_bytes": engine().settings.max_upload_bytes}
        case "links":
            found = similar_cases(engine(), actor(), view.case.case_id) if file.may_add else None
            return {"similar": found, "kinds": KINDS, "wrong": {}}
        case "comments":
            asked = any(actor().person_id in comment.mentions for comment in file.comments)
            people = offered("mention", case_id=view.case.case_id) if file.may_add or asked else []
            return {"may_comment": file.may_add or asked, "offered_people": people}
    return {}
