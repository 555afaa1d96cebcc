"""Computing a deadline of sixty days with its lights, and the card that explains it day by day. No database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bench.report import Row, at_most, timed
from engine.clock.deadline import ClockKind, Term
from engine.deadlines.why_json import to_json
from tests.unit.clock.days import ZONE
from tests.unit.deadlines.explained import a_running, explained

REPETITIONS = 300
TARGET = 5_000.0
"""Microseconds."""
_START, _NOW = "2025-09-26 10:00", "2025-10-20 09:00"


def rows(repetitions: int = REPETITIONS) -> Iterator[Row]:
    names: list[str] = []
    candidates: list[Callable[[], object]] = []
    for kind, words in ((ClockKind.DAYS, "60 days"), (ClockKind.WORKING_DAYS, "60 working days")):
        term = Term(kind, 60)
        names += [f"a deadline of {words}: dates and lights", "  with its card"]
        candidates += [partial(a_running, term, _START), partial(_card, term)]
    for name, milliseconds in zip(names, timed("explain", candidates, repetitions), strict=True):
        yield at_most(name, "µs", milliseconds * 1000, TARGET)


def _card(term: Term) -> object:
    return to_json(explained(a_running(term, _START), _NOW), ZONE)
