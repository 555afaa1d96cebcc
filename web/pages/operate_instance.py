"""A running instance in an operator's hands: looked at, mended after a preview, suspended, its variables shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.read import checked_purpose
from engine.errors import EngineError, Forbidden, InvalidState, Message, NotFound
from engine.operating.halts import read_halts
from engine.operating.instances import InstanceView, open_instance, reveal_variables
from engine.operating.repairs import Repair, RepairKind, preview_repair, repair_instance
from engine.operating.values import Variable
from web.current import actor, engine, language
from web.i18n import text

instances = Blueprint("instances", __name__, url_prefix="/instances")

LONGEST = 4000


@instances.get("/<instance_id>")
def show(instance_id: str) -> str:
    return _page(instance_id)


@instances.post("/<instance_id>/variables")
def variables(instance_id: str) -> AnyResponse:
    """Shows the values once, for a purpose that goes into the case's trail."""
    try:
        checked_purpose(request.form.get("purpose", ""))
    except InvalidState as error:
        return make_response(_page(instance_id, refusal=error.message), 422)
    view, shown = reveal_variables(engine(), actor(), instance_id, request.form.get("purpose", ""))
    return make_response(_drawn(view, shown=shown))


@instances.post("/<instance_id>/preview")
def preview(instance_id: str) -> AnyResponse:
    return _preview(instance_id, _repair())


@instances.post("/<instance_id>/repair")
def repair(instance_id: str) -> AnyResponse:
    asked = _repair()
    if not request.form.get("reason", "").strip():
        return _preview(instance_id, asked, refusal=_NO_REASON)
    try:
        repair_instance(engine(), actor(), instance_id, asked, request.form.get("reason", ""))
    except (Forbidden, NotFound):
        raise
    except EngineError as error:
        return make_response(_page(instance_id, refusal=error.message), 422)
    flash(text(f"repair.done_{asked.kind.value}", language()))
    return redirect(url_for("instances.show", instance_id=instance_id))


def _preview(instance_id: str, asked: Repair, refusal: Message | None = None) -> AnyResponse:
    try:
        seen = preview_repair(engine(), actor(), instance_id, asked)
    except (Forbidden, NotFound):
        raise
    except EngineError as error:
        return make_response(_page(instance_id, refusal=error.message), 422)
    view = open_instance(engine(), actor(), instance_id)
    page = render_template("operate/preview.html", view=view, repair=asked, seen=seen, refusal=refusal)
    return make_response(page, 422 if refusal else 200)


def _page(instance_id: str, refusal: Message | None = None) -> str:
    return _drawn(open_instance(engine(), actor(), instance_id), refusal=refusal)


def _drawn(view: InstanceView, *, shown: tuple[Variable, ...] | None = None, refusal: Message | None = None) -> str:
    """With every halt that stops it: its own, its procedure's, that of everything."""
    stops = {"", view.definition.key, view.instance.instance_id}
    halts = [v for v in read_halts(engine(), actor()).now if v.halt.target in stops]
    given: dict[str, Any] = {"halts": halts, "correcting": request.args.get("variable", "")[:200]}
    return render_template("operate/instance.html", view=view, shown=shown, refusal=refusal, **given)


def _repair() -> Repair:
    form = request.form
    kind = form.get("kind", "")
    if kind not in set(RepairKind):
        raise InvalidState(Message("请选择如何处理。", "Choose what to do."))
    token, to, name = (form.get(key, "")[:200] for key in ("token", "to", "name"))
    return Repair(RepairKind(kind), token, to, name, form.get("text", "")[: LONGEST + 1])


_NO_REASON = Message("请填写理由：理由会记入案件的操作记录。", "Give the reason: it goes into the case's trail.")
