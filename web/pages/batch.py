"""Acts on several lines of the inbox: a script asks in small portions and shows how far it got; without one, a page
of lines is one form, and the outcome a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidState, Message
from engine.tasks.batch import Outcome, claim_each, read_each, transfer_each, urge_each
from engine.tasks.read import open_task
from web.current import actor, engine, language
from web.i18n import text
from web.inbox_filter import read_filter

batch = Blueprint("batch", __name__, url_prefix="/inbox/batch")

_Act = Callable[[Sequence[str], Mapping[str, str]], tuple[Outcome, ...]]
ACTS: Mapping[str, _Act] = {
    "claim": lambda items, _given: claim_each(engine(), actor(), items),
    "transfer": lambda items, given: transfer_each(
        engine(), actor(), items, given.get("person", ""), given.get("reason", "")
    ),
    "urge": lambda items, given: urge_each(engine(), actor(), items, given.get("note", "")),
    "read": lambda items, _given: read_each(engine(), actor(), items),
}


@batch.post("")
def run() -> Response | str:
    given = request.form
    act = given.get("act", "")
    if act not in ACTS:
        raise InvalidState(
            Message(
                "没有这个批量操作。请从页面上的按钮中选择。", "There is no such act. Use the buttons on the page."
            )
        )
    outcomes = ACTS[act](given.getlist("item"), given)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(outcomes=[{"item": o.item, "reason": _reason(o)} for o in outcomes])
    back = url_for("inbox.index", **read_filter(dict(parse_qsl(given.get("filter", "")))).arguments())
    failed = [(_named(o.item, n), _reason(o)) for n, o in enumerate(outcomes, start=1) if not o.is_done]
    if not failed:
        flash(text("batch.all_done", language(), done=len(outcomes)))
        return redirect(back)
    return render_template("batch.html", act=act, back=back, failed=failed, done=len(outcomes) - len(failed))


def _reason(outcome: Outcome) -> str | None:
    return None if outcome.refused is None else outcome.refused.in_language(language())


def _named(item: str, number: int) -> str:
    """The case's title, where the actor may know of it."""
    try:
        return open_task(engine(), actor(), item).case.title
    except EngineError:
        return text("batch.nth", language(), n=number)
