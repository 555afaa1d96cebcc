"""Deadlines as the engine would keep them, made from a term and a start in one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from engine.clock.deadline import Term, dues_of
from engine.clock.lights import lights_of
from engine.clock.moment import parse_moment
from engine.clock.pause import Pause
from engine.deadlines.announced import announced_days
from engine.deadlines.explanation import Around, Explanation
from engine.deadlines.terms import TermLights, term_data
from engine.deadlines.why import explanation_of
from engine.records.time import Deadline
from engine.values import Data
from tests.builders import a_deadline
from tests.unit.clock.days import ZONE, announced, at

NOTES: dict[date, str] = {day.day: day.note for day in announced_days()[0] if day.note}


def a_running(term: Term, start: str, *, pauses: Sequence[Data] = (), yellow: str = "", **given: Any) -> Deadline:
    """A deadline of that term, its dates and lights computed."""
    stood = [Pause(p["from"], p.get("until")) for p in pauses]
    lights = TermLights(None, parse_moment(yellow) if yellow else None)
    dues = dues_of(term, at(start), announced(), ZONE, stood)
    lit = lights_of(term.kind, dues, announced(), ZONE, blue=lights.blue, yellow=lights.yellow)
    return a_deadline(
        clock=term.kind.value,
        amount=term.grace or term.amount,
        started_at=dues.started_at,
        raw_due=dues.raw_due,
        legal_due=dues.legal_due,
        target_due=dues.target_due,
        blue_at=lit.blue_at,
        yellow_at=lit.yellow_at,
        red_at=lit.red_at,
        provisional=dues.provisional,
        term=term_data(term, lights),
        pauses=tuple(pauses),
        **given,
    )


def explained(deadline: Deadline, now: str, **around: Any) -> Explanation:
    return explanation_of(deadline, announced(), ZONE, at(now), Around(**{"notes": NOTES, **around}))


def told(explanation: Explanation) -> list[str]:
    """Each day in one word: `10-09 1`, `10-10 rest`, `10-11 makeup 3`."""
    return [
        " ".join(
            [f"{d.day:%m-%d}", *([] if d.kind == "counted" else [d.kind]), *([str(d.number)] if d.number else [])]
        )
        for d in explanation.span.days
    ]
