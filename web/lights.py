"""The light of a duty as a pill: a colour's name, an icon and words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from engine.clock.lights import light_at
from engine.deadlines.light_rules import LightRules
from web.i18n import text
from web.moments import OfficeTime

ICONS = {
    "red": "exclamation-octagon-fill",
    "yellow": "exclamation-triangle-fill",
    "blue": "hourglass-split",
    "normal": "check-circle",
    "none": "dash-circle",
    "done": "check-circle-fill",
    "paused": "pause-circle",
}


class Lit(Protocol):
    """Anything with a due instant and the instants of its lights."""

    @property
    def due_at(self) -> datetime | None: ...
    @property
    def blue_at(self) -> datetime | None: ...
    @property
    def yellow_at(self) -> datetime | None: ...
    @property
    def red_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Pill:
    """`light` is red, yellow, blue, normal, none, paused or done."""

    light: str
    icon: str
    words: str


def pill_of(lit: Lit, time: OfficeTime) -> Pill:
    """The pill of a task or a register's line."""
    if getattr(lit, "paused", False):
        return pill("paused", "light.paused", time)
    if lit.due_at is None:
        return pill("none", "light.none", time)
    return pill_at(lit.due_at, lit.blue_at, lit.yellow_at, lit.red_at, time)


def pill_at(
    due_at: datetime,
    blue_at: datetime | None,
    yellow_at: datetime | None,
    red_at: datetime | None,
    time: OfficeTime,
) -> Pill:
    """The pill of a due instant."""
    light = light_at(time.now, blue_at=blue_at, yellow_at=yellow_at, red_at=red_at)
    if light != "yellow":
        return pill(light, f"light.{light}", time)
    if not time.is_end_of_day(due_at):
        return pill("yellow", "light.hours", time)
    days = (time.due_day(due_at) - time.today()).days
    words = {0: "light.today", 1: "light.tomorrow"}.get(days, "light.soon")
    return pill("yellow", words, time)


def pill(light: str, key: str, time: OfficeTime) -> Pill:
    """A pill whose words are known."""
    return Pill(light, ICONS[light], text(key, time.language))


def in_own_words(usual: Pill, rule: str | None, rules: LightRules, language: str) -> Pill:
    """The pill as the office's table of lights words it for that rule; as it is where the table leaves it open."""
    if rule is None:
        return usual
    own = rules.get(rule)
    words = own.words.get(usual.light)
    return replace(
        usual,
        words=usual.words if words is None else words.in_language(language),
        icon=own.icons.get(usual.light, usual.icon),
    )
