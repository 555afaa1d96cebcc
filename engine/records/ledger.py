"""What is read of the timer ledger: pages of its rows, figures, and what an outage made late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.records.time import Timer, TimerKind, TimerState


@dataclass(frozen=True)
class Place:
    """Where a page of the ledger begins: after the row with these. `at` is what the page is ordered by."""

    at: datetime
    timer_id: str


@dataclass(frozen=True)
class LedgerQuery:
    """Rows of one state, of one kind, made late by an outage; None and False: all of them.

    Waiting ones come the next first, fired ones the latest firing first, others the latest due first.
    """

    state: TimerState | None = None
    kind: TimerKind | None = None
    by_outage: bool = False
    after: Place | None = None
    size: int = 25


@dataclass(frozen=True)
class LedgerRow:
    """A timer with its case's number; None where the reader may not see the case. `at` is what it is ordered by."""

    timer: Timer
    at: datetime
    case_number: str | None
    is_visible: bool


@dataclass(frozen=True)
class LedgerCounts:
    """How many rows there are, each counted up to `up_to` only: as many may mean more."""

    up_to: int
    waiting: int
    due: int
    retrying: int
    incidents: int


@dataclass(frozen=True)
class LateFiring:
    """How late one firing was."""

    late_seconds: float
    by_outage: bool


@dataclass(frozen=True)
class TouchedTimer:
    """A timer that an outage made late, and whom it touches.

    `told` are the names of those whom its firing told, `holders` of those who hold open tasks of the case, `posts`
    roles and units of tasks that nobody holds. All is empty where the reader may not see the case.
    """

    timer: Timer
    is_visible: bool
    case_number: str | None
    case_title: str | None
    told: tuple[str, ...]
    holders: tuple[str, ...]
    posts: tuple[tuple[str, str], ...]
