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
from engine.definitions.own_spans import OwnSpan, own_spans
from engine.errors import Message
from engine.kernel.diagram import Element
from engine.kernel.spans import only_reminds

Rules = Callable[[str], DeadlineRule]
"""The rule in force. Raises ImpossibleTime."""
_RULE: Final = re.compile(r'\bdeadline\(\s*"([^"]+)"')
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

    `event` is the boundary event or the waiting event that says so. `is_deadline`: it is kept in the ledger.
    """

    event: Element
    rule: str | None
    term: Term | None
    words: Message
    is_deadline: bool = True

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
        if only_reminds(event.properties, timer.text):
            continue
        found += [_of_rule(event, rule, rules) for rule in _RULE.findall(timer.text)]
        found += [_of_span(event, span) for span in own_spans(timer.text)]
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


def _of_span(event: Element, span: OwnSpan) -> Limit:
    if span.amount is None:
        return Limit(event, None, None, Message(span.text, span.text))
    if span.clock is ClockKind.HOURS:
        term = Term(span.clock, min(span.amount, HOURS_A_YEAR))
        return Limit(event, None, term, Message(span.text, span.text), is_deadline=span.is_whole)
    return Limit(
        event,
        None,
        Term(span.clock, min(span.amount, _ENOUGH)),
        told_limit(span.clock.value, span.amount, None, None),
    )
