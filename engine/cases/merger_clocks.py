"""What merging two cases makes of each running clock of both. Pure: a preview says what the merger writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256

from engine.deadlines.recompute import Reckoning
from engine.records.time import Deadline, DeadlineState

KEPT, ADVANCED, CARRIED, CLOSED = "kept", "advanced", "carried", "closed"


@dataclass(frozen=True)
class MergerClock:
    """One clock before and after. `due_after` is None where it closes.

    `effect`: of the main case kept or advanced to the merged case's earlier date; of the merged case carried (the
    main case's of the same rule goes on, due at `due_after`) or closed (nothing of the main case takes its place).
    """

    deadline_id: str
    name: str
    name_en: str
    effect: str
    due_before: datetime
    due_after: datetime | None

    @property
    def is_later(self) -> bool:
        """The main case's does not take the earlier date: its clock stands, or counts hours."""
        return self.effect == CARRIED and self.due_after is not None and self.due_after > self.due_before


@dataclass(frozen=True)
class MergerClocks:
    """`sooner` are the main case's deadlines as they are to be, with what they were."""

    main: tuple[MergerClock, ...]
    merged: tuple[MergerClock, ...]
    sooner: tuple[tuple[Deadline, Deadline], ...]

    @property
    def fingerprint(self) -> str:
        """Equal where every clock becomes the same."""
        told = repr([(c.deadline_id, c.effect, c.due_before, c.due_after) for c in (*self.main, *self.merged)])
        return sha256(told.encode()).hexdigest()[:32]


def merger_clocks(
    mine: Sequence[Deadline], theirs: Sequence[Deadline], reckoner: Reckoning, zone: tzinfo
) -> MergerClocks:
    """`mine` are the main case's deadlines, `theirs` those of the case that is merged into it."""
    sooner = tuple(
        (deadline, _due_on(deadline, other.legal_due, reckoner, zone))
        for deadline, other in advanced_by_merging(mine, theirs)
    )
    after = {was.deadline_id: will.legal_due for was, will in sooner}
    goes_on: dict[str, datetime] = {}
    main = []
    for deadline in _by_due(mine):
        due = after.get(deadline.deadline_id, deadline.legal_due)
        goes_on.setdefault(deadline.rule, due)
        main.append(_told(deadline, ADVANCED if deadline.deadline_id in after else KEPT, due))
    merged = [
        _told(deadline, CARRIED if deadline.rule in goes_on else CLOSED, goes_on.get(deadline.rule))
        for deadline in _by_due(theirs)
    ]
    return MergerClocks(tuple(main), tuple(merged), sooner)


def advanced_by_merging(
    mine: Sequence[Deadline], theirs: Sequence[Deadline]
) -> tuple[tuple[Deadline, Deadline], ...]:
    """Of two cases' deadlines, (the main case's, the merged case's) where the latter is due earlier."""
    earliest: dict[str, Deadline] = {}
    for deadline in sorted(theirs, key=lambda d: d.legal_due, reverse=True):
        if deadline.is_open:
            earliest[deadline.rule] = deadline
    pairs = ((d, earliest.get(d.rule)) for d in mine if d.state is DeadlineState.RUNNING and d.clock != "H")
    return tuple((d, other) for d, other in pairs if other is not None and other.legal_due < d.legal_due)


def _by_due(deadlines: Sequence[Deadline]) -> list[Deadline]:
    return sorted((d for d in deadlines if d.is_open), key=lambda d: (d.legal_due, d.deadline_id))


def _told(deadline: Deadline, effect: str, due_after: datetime | None) -> MergerClock:
    return MergerClock(deadline.deadline_id, deadline.name, deadline.name_en, effect, deadline.legal_due, due_after)


def _due_on(deadline: Deadline, due: datetime, reckoner: Reckoning, zone: tzinfo) -> Deadline:
    """The deadline on a fixed day from now on, so that a changed calendar or a pause counts from there."""
    day = (due.astimezone(zone) - timedelta(microseconds=1)).date()
    term = {**deadline.term, "clock": "fixed", "amount": None, "rollover": False, "grace": 0}
    fixed = reckoner.deadline(replace(deadline, term={**term, "fixed_on": day.isoformat()}))
    # pauses that are over moved the later date already: the earlier one has its own behind it
    stood = (fixed.legal_due - due).days
    earlier = day - timedelta(days=stood)
    return reckoner.deadline(replace(deadline, term={**term, "fixed_on": earlier.isoformat()}))
