"""组织人员: the office's people, and all that an administrator does for one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import Conflict, EngineError, Forbidden, InvalidForm, InvalidState
from engine.org.directory import office_history, open_member, people_sheet, unit_tree
from engine.org.members import (
    LetIn,
    change_member,
    close_member,
    enter_member,
    give_password,
    reopen_member,
    unlock_member,
)
from engine.org.roles import grant_role, revoke_role
from engine.records.directory import PEOPLE_STATES
from engine.records.org import Grant
from web.current import actor, engine, language
from web.frame import unit_names
from web.i18n import text
from web.org_lines import lines_of

org = Blueprint("org", __name__, url_prefix="/org")


@org.get("")
def index() -> str:
    """`?unit=&who=&role=&state=&page=`; a unit stands for those below it too."""
    asked = {name: _printable(request.args.get(name, "")) for name in ("who", "unit", "role", "state")}
    asked["state"] = asked["state"] if asked["state"] in PEOPLE_STATES else PEOPLE_STATES[0]
    sheet = people_sheet(
        engine(),
        actor(),
        text=asked["who"],
        unit=asked["unit"],
        role=asked["role"],
        state=asked["state"],
        page=request.args.get("page", 1, type=int),
    )

    def link(**changed: object) -> str:
        kept: dict[str, Any] = {**asked, **changed}
        kept["state"] = None if kept["state"] == PEOPLE_STATES[0] else kept["state"]
        return url_for("org.index", **{name: value or None for name, value in kept.items()})

    return render_template("org/index.html", sheet=sheet, asked=asked, link=link, states=PEOPLE_STATES)


@org.get("/history")
def history() -> str:
    events, names = office_history(engine(), actor())
    return render_template("org/history.html", lines=lines_of(events, names, unit_names(), language()))


@org.get("/people/new")
def new() -> str:
    return _new({"unit": request.args.get("unit", "")[:100]}, {})


@org.post("/people")
def enter() -> AnyResponse:
    names = "username", "name", "unit", "email", "role", "role_unit"
    given = {name: request.form.get(name, "").strip()[:500] for name in names}
    grants = [Grant(given["role"], given["role_unit"] or given["unit"])] if given["role"] else []
    try:
        made = enter_member(
            engine(),
            actor(),
            username=given["username"],
            name=given["name"],
            unit=given["unit"],
            email=given["email"],
            grants=grants,
        )
    except InvalidForm as refusal:
        return make_response(_new(given, _errors(refusal)), 422)
    except Conflict as refusal:
        return make_response(_new(given, {"username": refusal.message.in_language(language())}), 409)
    return _let_in(made, "entered")


@org.get("/people/<person_id>")
def show(person_id: str) -> str:
    return _show(person_id)


@org.post("/people/<person_id>")
def change(person_id: str) -> AnyResponse:
    given = {name: request.form.get(name, "").strip()[:500] for name in ("name", "unit", "email")}

    def act() -> None:
        change_member(engine(), actor(), person_id, **given, seen=_seen())

    return _act(person_id, act, "changed", given)


@org.post("/people/<person_id>/roles")
def grant(person_id: str) -> AnyResponse:
    own = request.form.get("role_other", "").strip()[:100]
    role = Grant(own or request.form.get("role", "")[:100], request.form.get("role_unit", "")[:100])
    return _act(person_id, lambda: grant_role(engine(), actor(), person_id, role, seen=_seen()), "granted")


@org.post("/people/<person_id>/roles/revocation")
def revoke(person_id: str) -> AnyResponse:
    role = Grant(request.form.get("role", "")[:100], request.form.get("role_unit", "")[:100])
    return _act(person_id, lambda: revoke_role(engine(), actor(), person_id, role, seen=_seen()), "revoked")


@org.post("/people/<person_id>/password")
def password(person_id: str) -> AnyResponse:
    return _letting_in(person_id, lambda: give_password(engine(), actor(), person_id, seen=_seen()), "given")


@org.post("/people/<person_id>/unlock")
def unlock(person_id: str) -> AnyResponse:
    return _act(person_id, lambda: unlock_member(engine(), actor(), person_id, seen=_seen()), "unlocked")


@org.post("/people/<person_id>/closure")
def close(person_id: str) -> AnyResponse:
    reason, knows = request.form.get("reason", "")[:500], request.form.get("knows_held") == "yes"

    def act() -> None:
        close_member(engine(), actor(), person_id, reason=reason, seen=_seen(), knows_held=knows)

    return _act(person_id, act, "closed", {"reason": reason})


@org.post("/people/<person_id>/return")
def reopen(person_id: str) -> AnyResponse:
    return _letting_in(person_id, lambda: reopen_member(engine(), actor(), person_id, seen=_seen()), "reopened")


def _printable(typed: str) -> str:
    return "".join(filter(str.isprintable, typed)).strip()[:100]


def _seen() -> int:
    """The revision of what the form was made from; none that there is where it does not say."""
    return request.form.get("seen", -1, type=int)


def _act(
    person_id: str, act: Callable[[], object], done: str, given: Mapping[str, str] | None = None
) -> AnyResponse:
    """Does it and leads back to the person's page; what is refused is said there, beside what was typed."""

    def and_back() -> AnyResponse:
        act()
        flash(text(f"org.did_{done}", language()))
        return redirect(url_for("org.show", person_id=person_id))

    return _trying(person_id, and_back, given)


def _letting_in(person_id: str, act: Callable[[], LetIn], done: str) -> AnyResponse:
    return _trying(person_id, lambda: _let_in(act(), done))


def _trying(person_id: str, act: Callable[[], AnyResponse], given: Mapping[str, str] | None = None) -> AnyResponse:
    try:
        return act()
    except InvalidForm as refusal:
        return make_response(_show(person_id, given, _errors(refusal)), 422)
    except (Conflict, InvalidState) as refusal:
        return make_response(_show(person_id, given, trouble=refusal), 409)
    except Forbidden as refusal:
        if not actor().is_office_admin:
            raise
        return make_response(_show(person_id, given, trouble=refusal), 403)


def _let_in(made: LetIn, done: str) -> AnyResponse:
    """The one page that shows the password; it is kept nowhere, so there is nothing to lead back to."""
    address = engine().settings.public_url
    return make_response(render_template("org/let_in.html", made=made, done=done, address=address))


def _new(given: Mapping[str, str], errors: Mapping[str, str]) -> str:
    branches, roles = unit_tree(engine(), actor())
    return render_template("org/new.html", branches=branches, roles=roles, given=given, errors=errors)


def _show(
    person_id: str,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    trouble: EngineError | None = None,
) -> str:
    member = open_member(engine(), actor(), person_id)
    told: dict[str, Any] = {
        "lines": lines_of(member.events, member.names, unit_names(), language(), of=person_id),
        "given": given or {},
        "errors": errors or {},
        "trouble": trouble.message.in_language(language()) if trouble else "",
        "may_change": actor().is_office_admin,
        "is_me": person_id == actor().person_id,
    }
    return render_template("org/person.html", member=member, **told)


def _errors(refusal: InvalidForm) -> dict[str, str]:
    return {error.path: error.message.in_language(language()) for error in refusal.errors}
