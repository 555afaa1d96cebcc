"""Units of the office: entered, renamed, moved, closed and opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import Conflict, EngineError, InvalidForm, InvalidState
from engine.org.directory import open_unit, unit_tree
from engine.org.units import UnitFields, add_unit, change_unit, close_unit, reopen_unit
from web.current import actor, engine, language
from web.i18n import text

org_units = Blueprint("org_units", __name__, url_prefix="/org/units")

FIELDS = ("name", "name_en", "kind", "parent")


@org_units.get("/new")
def new() -> str:
    return _new({"parent": request.args.get("parent", "")[:100]}, {})


@org_units.post("")
def enter() -> AnyResponse:
    given = _given("code")
    try:
        unit = add_unit(engine(), actor(), given["code"], _fields(given))
    except InvalidForm as refusal:
        return make_response(_new(given, _errors(refusal)), 422)
    flash(text("org.did_unit_entered", language(), name=unit.name))
    return redirect(url_for("org.index", unit=unit.code))


@org_units.get("/<code>")
def show(code: str) -> str:
    return _show(code)


@org_units.post("/<code>")
def change(code: str) -> AnyResponse:
    given = _given()
    return _act(code, lambda: change_unit(engine(), actor(), code, _fields(given), seen=_seen()), "changed", given)


@org_units.post("/<code>/closure")
def close(code: str) -> AnyResponse:
    return _act(code, lambda: close_unit(engine(), actor(), code, seen=_seen()), "unit_closed")


@org_units.post("/<code>/return")
def reopen(code: str) -> AnyResponse:
    return _act(code, lambda: reopen_unit(engine(), actor(), code, seen=_seen()), "unit_reopened")


def _given(*more: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:500] for name in (*FIELDS, *more)}


def _fields(given: Mapping[str, str]) -> UnitFields:
    return UnitFields(**{name: given[name] for name in FIELDS})


def _seen() -> int:
    return request.form.get("seen", -1, type=int)


def _act(code: str, act: Callable[[], object], done: str, given: Mapping[str, str] | None = None) -> AnyResponse:
    """What is refused is said on the unit's own page, beside what was typed."""
    try:
        act()
    except InvalidForm as refusal:
        return make_response(_show(code, given, _errors(refusal)), 422)
    except (Conflict, InvalidState) as refusal:
        return make_response(_show(code, given, trouble=refusal), 409)
    flash(text(f"org.did_{done}", language()))
    return redirect(url_for("org_units.show", code=code))


def _new(given: Mapping[str, str], errors: Mapping[str, str]) -> str:
    branches, _ = unit_tree(engine(), actor())
    return render_template("org/new_unit.html", branches=branches, given=given, errors=errors)


def _show(
    code: str,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    trouble: EngineError | None = None,
) -> str:
    return render_template(
        "org/unit.html",
        sheet=open_unit(engine(), actor(), code),
        given=given or {},
        errors=errors or {},
        trouble=trouble.message.in_language(language()) if trouble else "",
        may_change=actor().is_office_admin,
    )


def _errors(refusal: InvalidForm) -> dict[str, str]:
    return {error.path: error.message.in_language(language()) for error in refusal.errors}
