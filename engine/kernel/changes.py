"""What one step of an instance did: plain values, in the order in which things happened.

The kernel returns these; the step projects them into tables. Nothing here knows a database or
SpiffWorkflow. Ids of tasks and timers are the kernel's own (UUID text), stable across save and reload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from engine.values import Data


@dataclass(frozen=True)
class TaskOpened:
    """A user or manual task is ready for people.

    `properties` are the element's spiffworkflow properties as text; `role` and `unit` come from the
    task's own properties or else from its lane, `unit` and `assignee` already evaluated (FEEL) to text or
    None. `scopes` are the ids of the enclosing subprocess, call-activity, loop and multi-instance tasks, outermost
    first. `data` are the variables that the task sees.
    """

    task_id: str
    element_id: str
    name: str
    process_id: str
    lane: str | None
    role: str | None
    unit: str | None
    assignee: str | None
    form: str | None
    properties: Mapping[str, str]
    scopes: tuple[str, ...]
    data: Data


class Closure(Enum):
    """How an open task or an element ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class TaskClosed:
    task_id: str
    closure: Closure


@dataclass(frozen=True)
class Passed:
    """An element was entered and left (or cancelled), for the history on the diagram."""

    task_id: str
    element_id: str
    name: str
    process_id: str
    closure: Closure


@dataclass(frozen=True)
class ResolvedTime:
    """A timer's instant (aware), and the deadline behind it: of a plain `deadline(…)`, or of a span on an activity.

    `deadline` is opaque to the kernel: whatever the injected time port put there. So is `basis`: how the instant
    follows from a rule or from the calendar, None where it never moves.
    """

    at: datetime
    deadline: object | None = None
    basis: Data | None = None


@dataclass(frozen=True)
class TimerArmed:
    """`timer_id` is the firing key: unique for each firing, also of a cycle.

    `attached_to` is the id of the user task, subprocess or call-activity task that a boundary timer
    watches, None for a timer in the flow.
    """

    timer_id: str
    element_id: str
    name: str
    process_id: str
    attached_to: str | None
    interrupting: bool
    resolved: ResolvedTime


@dataclass(frozen=True)
class TimerDisarmed:
    """The timer is over; `fired` is False where it was cancelled."""

    timer_id: str
    fired: bool


@dataclass(frozen=True)
class MessageAwaited:
    """A receive task, message catch or message boundary waits. `key` is the correlation value or None."""

    task_id: str
    element_id: str
    message: str
    key: str | None


@dataclass(frozen=True)
class MessageUnawaited:
    task_id: str


@dataclass(frozen=True)
class MessageThrown:
    """A message leaves the instance (`message` is its name; `payload` its variables)."""

    element_id: str
    message: str
    payload: Data


@dataclass(frozen=True)
class Ended:
    """The instance is complete. `outcome` is the id of the last end event reached, `name` its name.

    `cancelled`: an operator ended it.
    """

    outcome: str
    name: str
    cancelled: bool = False


@dataclass(frozen=True)
class Changes:
    """Everything that one step did. Empty tuples where nothing of the kind happened."""

    opened: tuple[TaskOpened, ...] = ()
    closed: tuple[TaskClosed, ...] = ()
    passed: tuple[Passed, ...] = ()
    armed: tuple[TimerArmed, ...] = ()
    disarmed: tuple[TimerDisarmed, ...] = ()
    awaited: tuple[MessageAwaited, ...] = ()
    unawaited: tuple[MessageUnawaited, ...] = ()
    thrown: tuple[MessageThrown, ...] = ()
    ended: Ended | None = None
    data: Data = field(default_factory=dict)
    """The instance's variables after the step (of the top process; the last branch's where several run)."""
