"""Deadlines, timers and calendar days as stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from engine.values import Data


class DeadlineState(Enum):
    """RUNNING and PAUSED are open; the others are ends.

    EXTENDED: another deadline continues it (`follows`). SUPERSEDED: the same rule began anew in the same step.
    VOIDED: the duty fell away.
    """

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MET_LATE = "met_late"
    EXTENDED = "extended"
    VOIDED = "voided"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Deadline:
    """A duty's due date. `attached_to` is the task, subprocess or call task whose end meets it.

    24:00 of a day is stored as 00:00 of the next. `source` names law or seed article. `clock` is H, D, W,
    P or `fixed`. `provisional` says that a year without an announced calendar was used.

    `term` is what the dates are computed from, so that they can be computed again (`engine.deadlines.terms`).
    `pauses` are spans (`{"from", "until" or None, "reason", "by"}`), oldest first. `history` is every change, in
    order, each with `at`, `by`, `event` and what it changed; it is only ever added to. `follows` is the deadline
    that this one extends. `stale`: the calendar has changed and the dates are to be computed again.
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
    rule_version: int = 0
    triggered_by: str = "system"
    term: Data = field(default_factory=dict)
    pauses: tuple[Data, ...] = ()
    history: tuple[Data, ...] = ()
    follows: str | None = None
    stale: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the duty still stands."""
        return self.ended_at is None


@dataclass(frozen=True)
class TaskClocks:
    """What a task shows of its most urgent open deadline, after that changed."""

    task_id: str
    due_at: datetime | None
    blue_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None
    paused: bool
    rule: str | None


class TimerKind(Enum):
    """BPMN: an event of the diagram. RUNG: a row of an escalation ladder, on a deadline."""

    BPMN = "bpmn"
    RUNG = "rung"


class TimerState(Enum):
    """HELD: the clock of its deadline stands; it neither fires nor counts as waiting until that goes on."""

    WAITING = "waiting"
    HELD = "held"
    FIRED = "fired"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class Timer:
    """A row of the ledger. `timer_id` is the unique firing key: the kernel's, or `DEADLINE:RUNG:N` of a ladder.

    `deadline_id` is the deadline that the instant hangs on, `basis` how the instant follows from it or from the
    calendar (None: it never moves), `rung` the ladder's row. `stale`: the calendar has changed; until
    `due_at` is computed again it does not fire.

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
    kind: TimerKind = TimerKind.BPMN
    deadline_id: str | None = None
    rung: str | None = None
    basis: Data | None = None
    stale: bool = False


@dataclass(frozen=True)
class TimerMove:
    """A waiting or held timer's new instant, and which of the two it is from now on."""

    timer_id: str
    due_at: datetime
    state: TimerState = TimerState.WAITING


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
    """A day unlike its weekday: `kind` is `rest` (holiday), `work` (make-up day) or `local` (local holiday)."""

    day: date
    kind: str
    note: str = ""


@dataclass(frozen=True)
class CalendarVersion:
    """One change of the calendar. `changes` maps ISO days to `[before, after]`, each `{kind, note}` or None.

    A year that it announced stands there too, by its four digits: `[None, {}]`.
    """

    version: int
    at: datetime
    by: str
    note: str
    changes: Data = field(default_factory=dict)


@dataclass(frozen=True)
class DutyState:
    """Where a periodic duty stands: when it falls due next, and which of its occurrences that is (an ISO day).

    `attempts` counts failures of that occurrence; `next_at` is then when it is tried again.
    """

    duty_id: str
    next_at: datetime
    occurrence: str
    last_fired_at: datetime | None = None
    late_seconds: float | None = None
    worker: str | None = None
    attempts: int = 0


@dataclass(frozen=True)
class Outage:
    """A time in which nothing looked at the ledger, and what fired late because of it."""

    outage_id: str
    down_from: datetime
    up_at: datetime
    fired: int
    failed: int
    worst_seconds: float
