"""What a plain `deadline(…)` resolved to: a duty's dates, before they are attached to a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.clock.deadline import Dues
from engine.clock.lights import Lights
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

    The time port puts this into `ResolvedTime.deadline` for plain `deadline("RULE")` requests.
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


def to_record(
    terms: DeadlineTerms, *, deadline_id: str, instance_id: str, case_id: str, attached_to: str
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
        term=terms.term,
    )
