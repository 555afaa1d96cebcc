"""Deadlines, timers and calendar days as stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class DeadlineState(Enum):
    RUNNING = "running"
    MET = "met"
    MET_LATE = "met_late"
    VOIDED = "voided"


@dataclass(frozen=True)
class Deadline:
    """A duty's due date. `attached_to` is the task, subprocess or call task whose end meets it.

    24:00 of a day is stored as 00:00 of the next. `source` names law or seed article. `clock` is H, D, W,
    P or `fixed`. `provisional` says that a year without an announced calendar was used.
    """

    deadline_id: str
    instance_id: str
    case_id: str
    attached_to: str
    rule: str
    name: str
    name_en: str
    source: str
    clock: str
    amount: int | None
    started_at: datetime
    raw_due: datetime
    legal_due: datetime
    target_due: datetime
    blue_at: datetime
    yellow_at: datetime
    red_at: datetime
    calendar_version: int
    provisional: bool
    state: DeadlineState = DeadlineState.RUNNING
    ended_at: datetime | None = None


@dataclass(frozen=True)
class DeadlineEnd:
    """`before` is the record as it stood, where the step knows it: all are then saved by one statement."""

    deadline_id: str
    state: DeadlineState
    ended_at: datetime
    before: Deadline | None = None


class TimerState(Enum):
    WAITING = "waiting"
    FIRED = "fired"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class Timer:
    """A row of the ledger. `timer_id` is the kernel's firing key.

    `late_seconds` is how long after `due_at` it fired; `by_outage` whether the system was down then.
    A failed firing backs off: `attempts`, `retry_at`.
    """

    timer_id: str
    instance_id: str
    case_id: str
    element_id: str
    name: str
    attached_to: str | None
    interrupting: bool
    due_at: datetime
    state: TimerState = TimerState.WAITING
    fired_at: datetime | None = None
    late_seconds: float | None = None
    by_outage: bool = False
    worker: str | None = None
    attempts: int = 0
    retry_at: datetime | None = None


@dataclass(frozen=True)
class TimerSettlement:
    timer_id: str
    state: TimerState
    fired_at: datetime | None
    late_seconds: float | None
    by_outage: bool
    worker: str | None


@dataclass(frozen=True)
class CalendarDay:
    """A day that differs from its weekday: `kind` is `rest` or `work`."""

    day: date
    kind: str
    note: str = ""
