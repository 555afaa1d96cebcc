"""What the templates know on every page: texts, office time, pills, who acts, what the rail offers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import Flask, g, get_flashed_messages, request
from markupsafe import Markup, escape

from engine.deadlines.light_rules import LightRules
from engine.deadlines.office_tables import lights_in_force
from engine.deadlines.own import shown_rule
from engine.definitions.draft_rights import may_read_drafts
from engine.definitions.read import startable
from engine.notifications.dead_letters import count_dead_letters, may_read_letters
from engine.notifications.messages import unread_count
from engine.operating.rights import may_look
from engine.org.people import unit_names as unit_names_of
from engine.reports.scores import may_read_scores
from engine.tasks.inbox import box_counts as count_boxes
from engine.values import Value
from web import lights
from web.addresses import url_for
from web.assets import asset
from web.choices import choice
from web.current import actor, actor_or_none, engine, language, now
from web.i18n import label, text
from web.icons import icon
from web.moments import OfficeTime
from web.options import options
from web.security import session_left

_HAN = re.compile(r"[\u3400-\u9fff]")
THEME_COOKIE = "duban_theme"
SIZE_COOKIE = "duban_size"


def install(app: Flask) -> None:
    """Registers the context and the filters of the templates."""
    app.context_processor(_context)
    app.jinja_env.globals.update(
        url_for=url_for,
        asset=asset,
        icon_of=icon,
        choice=choice,
        options_of=options,
        get_flashed_messages=get_flashed_messages,
    )
    app.jinja_env.filters["shown"] = shown
    app.jinja_env.filters["han"] = han
    app.jinja_env.filters["rule_id"] = shown_rule


def office_time() -> OfficeTime:
    """How instants read in this request; the same moment throughout."""
    known: OfficeTime | None = g.get("office_time")
    if known is None:
        known = g.office_time = OfficeTime(engine().settings.timezone, now(), language())
    return known


def unit_names() -> Mapping[str, str]:
    """Unit names by code, in the reader's language."""
    if "unit_names" not in g:
        is_english = language() == "en"
        named = unit_names_of(engine()).items()
        g.unit_names = {code: (name_en or name) if is_english else name for code, (name, name_en) in named}
    found: Mapping[str, str] = g.unit_names
    return found


def may_start() -> Sequence[tuple[str, str]]:
    """Key and name of every procedure that the actor may start."""
    if "may_start" not in g:
        g.may_start = tuple(startable(engine(), actor()))
    found: Sequence[tuple[str, str]] = g.may_start
    return found


def box_counts() -> Mapping[str, int]:
    """How many tasks lie in each box, for the rail."""
    if "box_counts" not in g:
        g.box_counts = count_boxes(engine(), actor())
    found: Mapping[str, int] = g.box_counts
    return found


def dead_letters() -> int | None:
    """How many notifications were given up, for the rail; None for those who need not know."""
    return count_dead_letters(engine(), actor()) if may_read_letters(actor()) else None


def shown(value: Value) -> str:
    """A variable's value as text: dates in office notation, lists with the enumeration comma."""
    lang = language()
    match value:
        case None | "":
            return text("common.none", lang)
        case bool():
            return text("common.yes" if value else "common.no", lang)
        case datetime():
            return office_time().happened(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return ("、" if lang == "zh" else ", ").join(shown(v) for v in value) or text("common.none", lang)
        case Mapping():
            colon, semicolon = text("common.colon", lang), text("common.semicolon", lang)
            return semicolon.join(f"{k}{colon}{shown(v)}" for k, v in value.items())
        case str():
            return unit_names().get(value, value)
        case _:
            return str(value)


def han(value: object) -> Markup:
    """Text of the office's own (titles, names of steps): marked as Chinese where the page is English."""
    if language() == "zh" or not _HAN.search(str(value)):
        return escape(value)
    return Markup('<span lang="zh">{}</span>').format(value)


def _context() -> dict[str, Any]:
    lang = language()

    def t(key: str, /, **values: object) -> str:
        return text(key, lang, **values)

    def coded(section: str, value: str | None) -> str:
        return label(section, value, lang) if value else ""

    context: dict[str, Any] = {
        "t": t,
        "coded": coded,
        "lang": lang,
        "html_lang": "zh-CN" if lang == "zh" else "en",
        "theme": request.cookies.get(THEME_COOKIE, "auto"),
        "size": request.cookies.get(SIZE_COOKIE, "normal"),
        "time": office_time(),
        "pill_of": _pill_of,
        "pill_at": _pill_at,
        "me": actor_or_none(),
        "demo": engine().settings.demo,
    }
    if context["me"] is not None:
        context |= {
            "unread": unread_count(engine(), actor()),
            "session_left": session_left(),
            "units": unit_names(),
            "may_start": may_start(),
            "box_counts": box_counts,
            "dead_letters": dead_letters,
            "may_read_scores": may_read_scores(actor()),
            "may_look_at_live": may_look(actor()),
            "may_read_drafts": may_read_drafts(actor()),
        }
    return context


def light_rules() -> LightRules:
    """How the office words its lights."""
    if "light_rules" not in g:
        g.light_rules = lights_in_force(engine())
    found: LightRules = g.light_rules
    return found


def _pill_of(lit: lights.Lit) -> lights.Pill:
    usual, rule = lights.pill_of(lit, office_time()), getattr(lit, "rule", None)
    return usual if rule is None else lights.in_own_words(usual, rule, light_rules(), language())


def pill_words(lit: lights.Lit) -> str:
    """The light in words, for what has no colours."""
    return _pill_of(lit).words


def _pill_at(
    due_at: datetime, blue_at: datetime, yellow_at: datetime, red_at: datetime, rule: str | None = None
) -> lights.Pill:
    usual = lights.pill_at(due_at, blue_at, yellow_at, red_at, office_time())
    return usual if rule is None else lights.in_own_words(usual, rule, light_rules(), language())
