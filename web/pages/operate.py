"""Running procedures: where work stands on the drawing, what is suspended, and what lies behind each number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.read import open_definition
from engine.errors import InvalidState, Message
from engine.operating.halts import read_halts, resume, suspend
from engine.operating.live import LIGHTS, ElementLive, Live, read_live, read_overview, read_standing
from engine.records.operating import HaltScope
from engine.reports.period import Period, checked_period
from web.current import actor, engine, language
from web.frame import office_time
from web.i18n import text

operate = Blueprint("operate", __name__)

USUAL = timedelta(days=89)
"""Before today: what a page shows that was not asked for a period."""


@operate.get("/operate")
def index() -> str:
    overview = read_overview(engine(), actor())
    return render_template("operate/index.html", overview=overview, halts=read_halts(engine(), actor()))


@operate.post("/operate/halts")
def halt() -> AnyResponse:
    scope, target = _scope(), request.form.get("target", "")[:200]
    suspend(engine(), actor(), scope, target, request.form.get("reason", ""))
    flash(text("halts.done", language()))
    return redirect(_place_of(scope, target))


@operate.post("/operate/halts/<halt_id>/end")
def end_halt(halt_id: str) -> AnyResponse:
    ended = resume(engine(), actor(), halt_id)
    flash(text("halts.ended", language()))
    return redirect(_place_of(ended.scope, ended.target))


@operate.get("/operate/<key>")
def live(key: str) -> str:
    return _picture(key, request.args.get("version") or None)


@operate.get("/definitions/<definition_id>/live")
def live_version(definition_id: str) -> str:
    """The picture of one version alone."""
    return _picture(open_definition(engine(), actor(), definition_id).key, definition_id)


@operate.get("/operate/<key>/<element_id>")
def standing(key: str, element_id: str) -> str:
    asked = request.args.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    light = request.args.get("light", "") if request.args.get("light") in LIGHTS else ""
    unit = request.args.get("unit") or None
    found = read_standing(engine(), actor(), key, element_id, light=light or None, unit=unit, page=page)
    return render_template(
        "operate/standing.html", found=found, key=key, element_id=element_id, light=light, unit=unit, page=page
    )


def _picture(key: str, definition_id: str | None) -> str:
    picture = read_live(
        engine(), actor(), key, _period(), unit=request.args.get("unit") or None, definition_id=definition_id
    )
    halts = [v for v in read_halts(engine(), actor()).now if v.halt.target in {"", key}]
    return render_template(
        "operate/live.html",
        key=key,
        live=picture,
        version=definition_id,
        halts=halts,
        island=_island(key, picture),
    )


def _island(key: str, picture: Live) -> dict[str, Any]:
    """What the drawing shows: at each element its numbers, which lead to what stands there."""
    marks = [
        {
            "element": e.element_id,
            "open": e.load.open,
            "soon": e.load.due_soon,
            "late": e.load.overdue,
            "slow": e.is_bottleneck,
            "href": url_for("operate.standing", key=key, element_id=e.element_id, unit=picture.unit),
            "label": text(
                "operate.mark",
                language(),
                name=e.name,
                open=e.load.open,
                soon=e.load.due_soon,
                late=e.load.overdue,
            ),
        }
        for e in picture.elements
        if e.is_drawn and e.load.open
    ]
    return {
        "url": url_for("definitions.diagram", definition_id=picture.definition.definition_id),
        "failed": text("diagram.failed", language()),
        "loads": marks,
        "told": {e.element_id: _told(e) for e in picture.elements if e.is_drawn and (e.load.open or e.pace)},
    }


def _told(element: ElementLive) -> list[str]:
    load, pace, lang = element.load, element.pace, language()
    lines = [text("operate.told_load", lang, open=load.open, soon=load.due_soon, late=load.overdue)]
    if pace is not None:
        spans = {"median": office_time().span(pace.median_seconds), "p90": office_time().span(pace.p90_seconds)}
        lines.append(text("operate.told_pace", lang, n=pace.counted, **spans))
    if element.is_bottleneck:
        lines.append(text("operate.bottleneck", lang))
    return lines


def _period() -> Period:
    today = office_time().today()
    given = {name: request.args.get(name, "") for name in ("since", "until")}
    try:
        first = date.fromisoformat(given["since"]) if given["since"] else today - USUAL
        last = date.fromisoformat(given["until"]) if given["until"] else today
    except ValueError:
        first, last = today - USUAL, today
    return checked_period(first, last)


def _scope() -> HaltScope:
    given = request.form.get("scope", "")
    if given not in set(HaltScope):
        raise InvalidState(Message("请选择暂停的范围。", "Choose what is to be suspended."))
    return HaltScope(given)


def _place_of(scope: HaltScope, target: str) -> str:
    match scope:
        case HaltScope.INSTANCE:
            return url_for("instances.show", instance_id=target)
        case HaltScope.PROCEDURE:
            return url_for("operate.live", key=target)
        case HaltScope.EVERYTHING:
            return url_for("operate.index")
