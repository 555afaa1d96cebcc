"""How long the timers of a diagram give, as far as it is written in them: rules, days, ISO 8601 durations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine.clock.calendar import ImpossibleTime, WorkCalendar
from engine.clock.deadline import HOURS_A_YEAR, ClockKind, Term, dues_of
from engine.deadlines.moment_words import told_limit
from engine.deadlines.rules import DeadlineRule
from engine.definitions.legal_graph import Graph
from engine.definitions.legal_source import Source
from engine.errors import Message
from engine.kernel.diagram import Element

Rules = Callable[[str], DeadlineRule]
"""The rule in force. Raises ImpossibleTime."""
_RULE: Final = re.compile(r'\bdeadline\(\s*"([^"]+)"')
_DAYS: Final = re.compile(r"\b(working|calendar) days\(\s*(\d{1,6})\b")
_ISO: Final = re.compile(
    r"^(?:R\d*/)?P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$"
)
_QUOTED: Final = re.compile(r'"(P[^"]+)"')
_REMINDS: Final = re.compile(r"\bshare of\(")
_DAY: Final = 24
_MINUTE: Final = timedelta(minutes=1)
_LONGEST: Final[Mapping[ClockKind, float]] = {
    ClockKind.HOURS: 1 / _DAY,
    ClockKind.DAYS: 1,
    ClockKind.WORKING_DAYS: 2,
    ClockKind.PERIOD: 190,
}
_ROLL: Final = 10
_ENOUGH: Final = 400
"""Days, or periods, beyond any limit of the law: more need not be counted out."""


@dataclass(frozen=True)
class Limit:
    """What a timer gives. `term` None: only the case knows (a date that somebody enters). `rule` as in the table.

    `event` is the boundary event or the waiting event that says so.
    """

    event: Element
    rule: str | None
    term: Term | None
    words: Message

    @property
    def most_days(self) -> float:
        """Calendar days that it can come to, generously: for telling cheaply what needs no reckoning."""
        return 0 if self.term is None else self.term.amount * _LONGEST[self.term.kind] + _ROLL


@dataclass(frozen=True)
class Reckoning:
    """The office's calendar, for adding up limits."""

    calendar: WorkCalendar
    zone: ZoneInfo
    now: datetime

    def day(self, at: datetime) -> str:
        """The local day of a moment, as it is written."""
        return at.astimezone(self.zone).date().isoformat()

    def due(self, term: Term, start: datetime) -> datetime:
        """The last minute within the term. Raises ImpossibleTime."""
        return dues_of(term, start, self.calendar, self.zone).legal_due - _MINUTE


def limits_by_step(graph: Graph, rules: Rules) -> dict[str, tuple[Limit, ...]]:
    """The limits that stand on each step, by its key; steps without one are absent."""
    hosted: dict[int, dict[str, list[Element]]] = {}
    found: dict[str, tuple[Limit, ...]] = {}
    for key, step in graph.steps.items():
        events = hosted.setdefault(id(step.source), _hosted(step.source)).get(step.element.id, [])
        limits = tuple(limit for event in events for limit in _limits(event, rules))
        if limits and not step.is_exit:
            found[key] = limits
    return found


def waits(element: Element, rules: Rules) -> tuple[Limit, ...]:
    """How long an intermediate timer event makes a case wait."""
    return tuple(_limits(element, rules)) if element.kind == "intermediateCatchEvent" else ()


def _hosted(source: Source) -> dict[str, list[Element]]:
    events: dict[str, list[Element]] = {}
    for event in source.diagram.of_kind("boundaryEvent"):
        if event.attached_to and event.timers:
            events.setdefault(event.attached_to, []).append(event)
    return events


def _limits(event: Element, rules: Rules) -> list[Limit]:
    found: list[Limit] = []
    for timer in event.timers:
        if _REMINDS.search(timer.text):
            continue
        named = _RULE.findall(timer.text)
        found += [_of_rule(event, rule, rules) for rule in named]
        found += [_of_days(event, kind, int(amount)) for kind, amount in _DAYS.findall(timer.text)]
        durations = [timer.text.strip()] if _ISO.match(timer.text.strip()) else _QUOTED.findall(timer.text)
        found += [_of_duration(event, text) for text in durations if _ISO.match(text)]
    return found


def _of_rule(event: Element, rule_id: str, rules: Rules) -> Limit:
    try:
        rule = rules(rule_id)
    except ImpossibleTime:
        return Limit(event, rule_id, None, Message(rule_id, rule_id))
    words = told_limit(rule.clock.value, rule.amount, rule.period.value if rule.period else None, None)
    named = Message(f"{rule.name} {words.zh}", f"{rule.name_en}, {words.en}")
    most = HOURS_A_YEAR if rule.clock is ClockKind.HOURS else _ENOUGH
    if rule.clock is ClockKind.FIXED or rule.amount is None:
        return Limit(event, rule_id, None, named)
    return Limit(
        event, rule_id, Term(rule.clock, min(rule.amount, most), rule.period, rollover=rule.rollover), named
    )


def _of_days(event: Element, kind: str, amount: int) -> Limit:
    clock = ClockKind.WORKING_DAYS if kind == "working" else ClockKind.DAYS
    words = told_limit(clock.value, amount, None, None)
    return Limit(event, None, Term(clock, min(amount, _ENOUGH)), words)


def _of_duration(event: Element, text: str) -> Limit:
    matched = _ISO.match(text)
    parts = [int(part or 0) for part in matched.groups()] if matched else [0] * 7
    years, months, weeks, days, hours, minutes, seconds = parts
    total = (
        ((years * 366 + months * 31 + weeks * 7 + days) * _DAY) + hours + (minutes * 60 + seconds + 3599) // 3600
    )
    return Limit(event, None, Term(ClockKind.HOURS, min(total, HOURS_A_YEAR)), Message(text, text))
