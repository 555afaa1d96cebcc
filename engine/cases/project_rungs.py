"""The first firings of the ladders of deadlines that a step started, as rows of the ledger. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.cases.standing import Standing
from engine.deadlines.terms import DeadlineTerms, RungPlan
from engine.kernel.changes import Changes, TimerArmed
from engine.records.time import Deadline, Timer, TimerKind


def armed_rungs(changes: Changes, standing: Standing, started: Sequence[Deadline]) -> tuple[Timer, ...]:
    """One waiting timer a rung, keyed `DEADLINE:RUNG:1`, of the deadlines in `started`.

    A ladder that ends in the same step is cancelled with it (`StepBatch.ladders_ended`).
    """
    by_place = {(d.attached_to, d.rule): d for d in started}
    return tuple(_rungs(changes, standing, by_place))


def _rungs(changes: Changes, standing: Standing, by_place: dict[tuple[str, str], Deadline]) -> Iterator[Timer]:
    for armed in changes.armed:
        terms = armed.resolved.deadline
        if not isinstance(terms, DeadlineTerms) or armed.attached_to is None:
            continue
        deadline = by_place.get((armed.attached_to, terms.rule))
        if deadline is not None:
            yield from (_rung(plan, deadline, armed, standing) for plan in terms.rungs)


def _rung(plan: RungPlan, deadline: Deadline, armed: TimerArmed, standing: Standing) -> Timer:
    return Timer(
        timer_id=f"{deadline.deadline_id}:{plan.rung}:1",
        instance_id=standing.instance.instance_id,
        case_id=standing.case.case_id,
        element_id=armed.element_id,
        name=plan.name,
        attached_to=armed.attached_to,
        interrupting=False,
        due_at=plan.at,
        kind=TimerKind.RUNG,
        deadline_id=deadline.deadline_id,
        rung=plan.rung,
        basis=plan.basis,
    )
