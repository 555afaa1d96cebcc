"""The longest way from acceptance to reply: all deadlines on it, one after the other, on the real calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.casework.statutory_limits import LIMITS
from engine.clock.calendar import ImpossibleTime
from engine.clock.deadline import Term
from engine.definitions.legal_findings import LegalSubject, named
from engine.definitions.legal_forward import forward_ways
from engine.definitions.legal_graph import Way
from engine.definitions.legal_limits import Limit, Reckoning, waits
from engine.errors import Message
from engine.kernel.findings import Finding

DAYS_AHEAD: Final = 366
_MORNING: Final = 9


@dataclass(frozen=True)
class _Leg:
    """A step that takes time. `since` is the key of the step where its time begins: its own, or its activity's."""

    limit: Limit
    since: str


def sum_keeps_the_limit(subject: LegalSubject) -> Iterator[Finding]:
    """No way on which the deadlines of the steps together go beyond the law's limit; a loop is counted once."""
    span, graph, marked, reckoning = subject.law.longest, subject.graph, subject.marked, subject.reckoning
    without = marked[span.without] if span.without else frozenset()
    ways = forward_ways(graph, marked[span.begins], marked[span.ends], without)
    legs = _legs(subject)
    law_limit = LIMITS[span.rule]
    if _roughly(ways, legs) <= law_limit.amount:
        return
    lawful = Term(law_limit.clock, law_limit.amount, rollover=law_limit.rolls)
    worst: tuple[timedelta, datetime, datetime, datetime, tuple[str, ...]] | None = None
    for start in days_from(reckoning):
        try:
            latest = reckoning.due(lawful, start)
            due, passed = _latest(subject, ways, legs, start)
        except ImpossibleTime:
            return
        if due > latest and (worst is None or due - latest > worst[0]):
            worst = (due - latest, start, due, latest, passed)
    if worst is None:
        return
    _, start, due, latest, passed = worst
    listed_zh = "，".join(f"“{named(graph.steps[key].element)}” {legs[key].limit.words.zh}" for key in passed)
    listed_en = ", ".join(f"“{named(graph.steps[key].element)}” {legs[key].limit.words.en}" for key in passed)
    heaviest = max(passed, key=lambda key: legs[key].limit.most_days)
    message = Message(
        f"各步期限相加超过法定的 {law_limit.words.zh}：{listed_zh}。{reckoning.day(start)} 受理的，"
        f"最迟到 {reckoning.day(due)} 才答复，法定最迟 {reckoning.day(latest)}。",
        f"The deadlines of the steps add up to more than the law's {law_limit.words.en}: {listed_en}. Accepted on "
        f"{reckoning.day(start)}, the reply may come on {reckoning.day(due)}; by law it is due on "
        f"{reckoning.day(latest)}.",
    )
    yield subject.error("legal-too-long", graph.steps[heaviest].own, message, law_limit.article)


def days_from(reckoning: Reckoning) -> Iterator[datetime]:
    """A morning on each of the days of the year to come."""
    first = reckoning.now.astimezone(reckoning.zone).replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=offset) for offset in range(DAYS_AHEAD))


def _legs(subject: LegalSubject) -> dict[str, _Leg]:
    """The steps that take time. What stands in an activity with an office's deadline is within that."""
    own: dict[str, Limit] = {}
    graph = subject.graph
    for key, step in graph.steps.items():
        if step.is_exit:
            continue
        found = [
            each for each in (*subject.limits.get(key, ()), *waits(step.element, subject.rules)) if _counts(each)
        ]
        if found:
            own[key] = max(found, key=lambda limit: limit.most_days)
    legs: dict[str, _Leg] = {}
    for key, limit in own.items():
        if any(around in own for around in graph.steps[key].around[:-1]):
            continue
        behind = f"{key}/out"
        legs[behind if behind in graph.steps else key] = _Leg(limit, key)
    return legs


def _counts(limit: Limit) -> bool:
    return limit.term is not None and limit.rule not in LIMITS


def _roughly(ways: list[tuple[str, list[Way]]], legs: Mapping[str, _Leg]) -> float:
    """Days that the longest way can come to at the very most."""
    days: dict[str, float] = {}
    for key, into in ways:
        before = max((days[way.source] for way in into), default=0.0)
        leg = legs.get(key)
        days[key] = before + (leg.limit.most_days if leg is not None else 0)
    return max(days.values(), default=0.0)


def _latest(
    subject: LegalSubject, ways: list[tuple[str, list[Way]]], legs: Mapping[str, _Leg], start: datetime
) -> tuple[datetime, tuple[str, ...]]:
    """The latest moment at which an end is reached within all deadlines, and the legs of that way."""
    span = subject.law.longest
    begins, ends = subject.marked[span.begins], subject.marked[span.ends]
    entered: dict[str, datetime] = {}
    reached: dict[str, tuple[datetime, tuple[str, ...]]] = {}
    for key, into in ways:
        arrivals = [reached[way.source] for way in into]
        if key in begins:
            arrivals.append((start, ()))
        at, passed = max(arrivals, key=lambda arrival: arrival[0])
        entered[key] = at
        leg = legs.get(key)
        if leg is not None and leg.limit.term is not None:
            since = entered.get(leg.since, at)
            at, passed = max(at, subject.reckoning.due(leg.limit.term, since)), (*passed, key)
        reached[key] = (at, passed)
    arrived = [reached[key] for key in ends if key in reached]
    return max(arrived, key=lambda each: each[0]) if arrived else (start, ())
