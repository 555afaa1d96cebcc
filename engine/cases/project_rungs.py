"""The first firings of the ladders of deadlines that a step started, as rows of the ledger. Pure."""

from __future__ import annotations

from engine.cases.project_deadlines import Lives, Reckoner
from engine.cases.project_time import instant_under, waiting_state
from engine.deadlines.terms import DeadlineTerms
from engine.records.time import Deadline, Timer, TimerKind


def armed_rungs(lives: Lives, reckoner: Reckoner) -> tuple[Timer, ...]:
    """One timer a rung, keyed `DEADLINE:RUNG:1`, of the deadlines that the step started and that still stand."""
    started = (deadline for deadline in lives.open if deadline.deadline_id in lives.started)
    return tuple(rung for deadline in started for rung in _rungs(deadline, lives, reckoner))


def _rungs(deadline: Deadline, lives: Lives, reckoner: Reckoner) -> tuple[Timer, ...]:
    armed = lives.started[deadline.deadline_id]
    terms = armed.resolved.deadline
    return tuple(
        Timer(
            timer_id=f"{deadline.deadline_id}:{plan.rung}:1",
            instance_id=deadline.instance_id,
            case_id=deadline.case_id,
            element_id=armed.element_id,
            name=plan.name,
            attached_to=deadline.attached_to,
            interrupting=False,
            due_at=instant_under(deadline, plan.basis, plan.at, reckoner),
            state=waiting_state(deadline),
            kind=TimerKind.RUNG,
            deadline_id=deadline.deadline_id,
            rung=plan.rung,
            basis=plan.basis,
        )
        for plan in (terms.rungs if isinstance(terms, DeadlineTerms) else ())
    )
