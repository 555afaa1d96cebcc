"""Whether the system keeps time: for monitors, which know nobody and may know nothing of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from engine.deadlines.ledger import LATEST, SPANS, Lateness, lateness_of
from engine.deadlines.outage import HEARTBEAT, WorkerMark, longest_gap, workers_of
from engine.errors import StoreAway
from engine.ports.engine import Engine
from engine.records.ledger import LedgerCounts
from engine.records.time import Outage

BEHIND: Final = timedelta(minutes=2)
"""A timer that is due and has not been tried for so long: the ledger is behind."""
UP_TO: Final = 10_000
"""Rows of one kind that are counted, at most."""


class Part(Enum):
    """What can be unwell."""

    DATABASE = "database"
    HEARTBEAT = "heartbeat"
    LEDGER = "ledger"


@dataclass(frozen=True)
class Health:
    """`unwell` is empty where all is well. Spans and counts are None where the database cannot be asked.

    `heartbeat_age` is None where nobody has looked yet; `oldest_due_age` is zero where nothing is due.
    """

    unwell: tuple[Part, ...]
    heartbeat_age: timedelta | None = None
    oldest_due_age: timedelta | None = None
    incidents: int | None = None
    dead_letters: int | None = None

    @property
    def is_well(self) -> bool:
        return not self.unwell


@dataclass(frozen=True)
class Figures:
    """What is measured, for graphs. Counts stop at `UP_TO`."""

    counts: LedgerCounts
    lateness: dict[str, Lateness]
    heartbeat_age: timedelta | None
    oldest_due_age: timedelta
    next_due_at: datetime | None
    workers: tuple[WorkerMark, ...]
    waiting_deliveries: int
    dead_letters: int
    latest_outage: Outage | None


def health(engine: Engine) -> Health:
    """Asks little of the database; never raises where that is away."""
    now = engine.clock.now()
    try:
        with engine.store.read() as work:
            mark = work.registers.mark(HEARTBEAT)
            next_due_at = work.timers.next_due_at()
            counts = work.ledger.counts(now, UP_TO)
            dead = work.ledger.dead_letters(UP_TO)
    except StoreAway:
        return Health((Part.DATABASE,))
    beat = now - mark["at"] if mark else None
    behind = _age(next_due_at, now)
    # a mark from the future was left by a clock that was ahead: the next beat sets it right
    is_beating = beat is not None and abs(beat) <= longest_gap(engine.settings)
    unwell = (*(() if is_beating else (Part.HEARTBEAT,)), *(() if behind <= BEHIND else (Part.LEDGER,)))
    return Health(unwell, beat, behind, counts.incidents, dead)


def figures(engine: Engine) -> Figures:
    """Raises StoreAway."""
    now = engine.clock.now()
    with engine.store.read() as work:
        mark = work.registers.mark(HEARTBEAT)
        next_due_at = work.timers.next_due_at()
        return Figures(
            counts=work.ledger.counts(now, UP_TO),
            lateness={span: lateness_of(work.ledger.lateness(now - back, LATEST)) for span, back in SPANS.items()},
            heartbeat_age=now - mark["at"] if mark else None,
            oldest_due_age=_age(next_due_at, now),
            next_due_at=next_due_at,
            workers=workers_of(work),
            waiting_deliveries=work.ledger.waiting_deliveries(UP_TO),
            dead_letters=work.ledger.dead_letters(UP_TO),
            latest_outage=next(iter(work.outages.newest(1)), None),
        )


def _age(due_at: datetime | None, now: datetime) -> timedelta:
    return max(timedelta(0), now - due_at) if due_at is not None else timedelta(0)
