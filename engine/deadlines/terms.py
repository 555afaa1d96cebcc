"""What a plain `deadline(…)` resolved to: a duty's dates, before they are attached to a task, and what is stored.

The data of a term (`Deadline.term`) are plain JSON values, so that dates can be computed again from them: `clock`,
`amount`, `period`, `fixed_on`, `rollover`, `grace`; the lights' moments `blue` and `yellow` as text (None: the
defaults); `pause_reasons`, for which the rule lets the clock stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.clock.deadline import ClockKind, Dues, Term
from engine.clock.lights import Lights
from engine.clock.moment import Moment, parse_moment
from engine.clock.period import Period
from engine.records.time import Deadline
from engine.values import Data


@dataclass(frozen=True)
class RungPlan:
    """The first firing of a row of an escalation ladder. `basis` is what its instant is computed from again."""

    rung: str
    name: str
    at: datetime
    basis: Data


@dataclass(frozen=True)
class DeadlineTerms:
    """A rule applied to a start: everything of a deadline record but where it is attached.

    The time port puts this into `ResolvedTime.deadline` for plain `deadline("RULE")` requests, and for whole spans
    on an activity (`engine.deadlines.own`). `after_rule`: it extends a deadline of that rule.
    """

    rule: str
    name: str
    name_en: str
    source: str
    clock: str
    amount: int | None
    dues: Dues
    lights: Lights
    calendar_version: int
    rule_version: int = 0
    term: Data = field(default_factory=dict)
    rungs: tuple[RungPlan, ...] = ()
    after_rule: str | None = None


@dataclass(frozen=True)
class TermLights:
    """When a term's lights come on; None: the defaults of `engine.clock.lights`."""

    blue: Moment | None = None
    yellow: Moment | None = None


DEFAULT_LIGHTS = TermLights()


def term_data(term: Term, lights: TermLights = DEFAULT_LIGHTS, pause_reasons: Sequence[str] = ()) -> Data:
    """A term as it is stored."""
    return {
        "clock": term.kind.value,
        "amount": term.amount,
        "period": term.period.value if term.period else None,
        "fixed_on": term.fixed_on.isoformat() if term.fixed_on else None,
        "rollover": term.rollover,
        "grace": term.grace,
        "blue": lights.blue.text if lights.blue else None,
        "yellow": lights.yellow.text if lights.yellow else None,
        "pause_reasons": list(pause_reasons),
    }


def term_of(data: Data) -> Term:
    """A stored term; what is missing is as in a plain `Term`, and a date may be one or its text."""
    fixed_on = data.get("fixed_on")
    return Term(
        ClockKind(data["clock"]),
        amount=data.get("amount") or 0,
        period=Period(data["period"]) if data.get("period") else None,
        fixed_on=date.fromisoformat(fixed_on) if isinstance(fixed_on, str) else fixed_on,
        rollover=data.get("rollover", True),
        grace=data.get("grace") or 0,
    )


def lights_in(data: Data) -> TermLights:
    """The moments of the lights in a stored term."""
    blue, yellow = data.get("blue"), data.get("yellow")
    return TermLights(parse_moment(blue) if blue else None, parse_moment(yellow) if yellow else None)


def to_record(
    terms: DeadlineTerms,
    *,
    deadline_id: str,
    instance_id: str,
    case_id: str,
    attached_to: str,
    triggered_by: str = "system",
) -> Deadline:
    """The running deadline of the activity `attached_to` (a task, subprocess or call-activity task)."""
    return Deadline(
        deadline_id=deadline_id,
        instance_id=instance_id,
        case_id=case_id,
        attached_to=attached_to,
        rule=terms.rule,
        name=terms.name,
        name_en=terms.name_en,
        source=terms.source,
        clock=terms.clock,
        amount=terms.amount,
        started_at=terms.dues.started_at,
        raw_due=terms.dues.raw_due,
        legal_due=terms.dues.legal_due,
        target_due=terms.dues.target_due,
        blue_at=terms.lights.blue_at,
        yellow_at=terms.lights.yellow_at,
        red_at=terms.lights.red_at,
        calendar_version=terms.calendar_version,
        provisional=terms.dues.provisional,
        rule_version=terms.rule_version,
        triggered_by=triggered_by,
        term=terms.term,
    )
