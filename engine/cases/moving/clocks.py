"""What a move does to the deadlines of an instance. Pure.

They are kept, whatever the new version says, unless the run lets them follow it: then a deadline whose timer reads
differently begins anew from its old start, and one whose timer is gone ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from engine.cases.consequences import CLOSED, KEPT, REARMED
from engine.deadlines.life import ended
from engine.deadlines.own import is_own, own_rule
from engine.kernel.migrate_values import Move
from engine.records.time import Deadline, DeadlineState
from engine.values import Data

NEW = "new"
EFFECTS = (KEPT, REARMED, CLOSED, NEW)
MOVED = "moved"
"""Why a clock was voided: the case goes on by another version, which does not have it."""


def starts_of(move: Move, deadlines: Sequence[Deadline]) -> Mapping[str, datetime]:
    """When the clocks began that the move ends, by the firing keys of their timers."""
    began = {deadline.deadline_id: deadline.started_at for deadline in deadlines}
    found = {timer_id: began.get(deadline_of(timer_id)) for timer_id in move.disarmed}
    return {timer_id: at for timer_id, at in found.items() if at is not None}


def over(
    move: Move, before: Sequence[Deadline], changed: Sequence[Deadline], *, rearm: bool, at: datetime, by: str
) -> tuple[Deadline, ...]:
    """The deadlines that end with the move, as they are then. `changed` are those that the step writes already."""
    if not rearm:
        return ()
    gone = {deadline_of(timer_id) for timer_id in move.disarmed}
    known = {deadline.deadline_id for deadline in before}
    written = {deadline.deadline_id for deadline in changed}
    started = [d for d in changed if d.is_open and d.deadline_id not in known]
    found = []
    for deadline in before:
        if deadline.deadline_id not in gone or deadline.deadline_id in written:
            continue
        heir = _heir(deadline, started)
        if heir is None:
            found.append(ended(deadline, DeadlineState.VOIDED, at=at, by=by, reason=MOVED))
        else:
            state = DeadlineState.SUPERSEDED
            found.append(ended(deadline, state, at=at, by=by, superseded_by=heir.deadline_id))
    return tuple(found)


def renamed(move: Move, deadlines: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """Deadlines that are known by the step they stand on, where that is now another element."""
    now = {place.task_id: place.target for place in move.places} | dict(move.made)
    found = []
    for deadline in deadlines:
        element = now.get(deadline.attached_to)
        old, slash, timer = deadline.rule.partition("/")
        if deadline.is_open and is_own(deadline.rule) and element is not None and own_rule(element) != old:
            found.append(replace(deadline, rule=f"{own_rule(element)}{slash}{timer}"))
    return tuple(found)


def after(before: Sequence[Deadline], *changed: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """All deadlines of the instance as the step leaves them."""
    found = {deadline.deadline_id: deadline for deadline in before}
    found.update({deadline.deadline_id: deadline for each in changed for deadline in each})
    return tuple(found.values())


def effects(before: Sequence[Deadline], changed: Sequence[Deadline]) -> list[Data]:
    """For each deadline what becomes of it: `rule`, `name`, `name_en`, `effect`, `before`, `after` (instants)."""
    now = {deadline.deadline_id: deadline for deadline in changed}
    known = {deadline.deadline_id for deadline in before}
    started = [d for d in changed if d.is_open and d.deadline_id not in known]
    found = []
    for deadline in sorted(before, key=lambda d: (d.legal_due, d.deadline_id)):
        then = now.get(deadline.deadline_id, deadline)
        heir = _heir(deadline, started)
        if then.is_open:
            found.append(_said(deadline, KEPT, deadline.legal_due, then.legal_due))
        elif heir is not None:
            started.remove(heir)
            found.append(_said(deadline, REARMED, deadline.legal_due, heir.legal_due))
        else:
            found.append(_said(deadline, CLOSED, deadline.legal_due, None))
    return found + [_said(deadline, NEW, None, deadline.legal_due) for deadline in started]


def _heir(deadline: Deadline, started: Sequence[Deadline]) -> Deadline | None:
    """The deadline that takes its place: of the same rule on the same activity, whatever that is called now."""
    here = [d for d in started if d.attached_to == deadline.attached_to]
    same = next((d for d in here if d.rule == deadline.rule), None)
    if same is not None or not is_own(deadline.rule):
        return same
    return next((d for d in here if is_own(d.rule)), None)


def _said(deadline: Deadline, effect: str, before: datetime | None, then: datetime | None) -> Data:
    words = {"rule": deadline.rule, "name": deadline.name, "name_en": deadline.name_en}
    return {**words, "effect": effect, "before": before, "after": then}


def deadline_of(timer_id: str) -> str:
    """A deadline's id comes from the timer that began it (`engine.cases.project_deadlines`)."""
    return str(uuid5(NAMESPACE_OID, timer_id))
