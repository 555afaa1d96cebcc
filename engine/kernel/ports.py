"""What the kernel needs from outside: the meaning of time requests, and named server actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from engine.errors import Message
from engine.kernel.changes import ResolvedTime
from engine.values import Data, Value


class TimeKind(Enum):
    """The project's own FEEL time functions; HOURS is a duration of ISO 8601 or FEEL that is whole hours."""

    WORKING_DAYS = "working days"
    CALENDAR_DAYS = "calendar days"
    DEADLINE = "deadline"
    END_OF_MONTH = "end of month"
    HOURS = "hours"


@dataclass(frozen=True)
class Duty:
    """The activity of people that a timer stands on: a span that the timer gives is what the activity has.

    `key` is the activity's element id; of a further span on the same one `ACTIVITY/EVENT`. `name` is the timer's
    label, or else what the activity is called.
    """

    key: str
    name: str


@dataclass(frozen=True)
class TimeRequest:
    """What a timer's FEEL expression asked for; computed outside the kernel, on the real calendar.

    FEEL: `working days(n)`, `calendar days(n)`, `deadline("RULE")`, `end of month()`, each with an optional
    last argument, the start (date, or date and time; default: now). `share of(request, 0.5)` gives `share`:
    the instant at that part of the span. `amount` is days (hours of HOURS), `rule` the rule's id. `duty` is given
    by the kernel, never by FEEL.
    """

    kind: TimeKind
    amount: int | None = None
    rule: str | None = None
    start: Value = None
    share: float = 1.0
    duty: Duty | None = None


class TimePort(Protocol):
    """Turns a request into an instant."""

    def resolve(self, request: TimeRequest, data: Data, now: datetime) -> ResolvedTime:
        """Raises `engine.errors.EngineError` for an unknown rule or an impossible start."""
        ...


@dataclass(frozen=True)
class ActionCall:
    """A service task's call: `name` of the server action, evaluated `params`, and where it stands."""

    name: str
    params: Data
    data: Data
    element_id: str
    element_name: str
    process_id: str
    task_id: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionSignature:
    """What a diagram may call: `params` maps each parameter's name to whether it is required."""

    name: str
    params: Mapping[str, bool]
    title: Message


@dataclass(frozen=True)
class ActionResult:
    """What an action gives back: `value` for the result variable, `variables` that are set as they are."""

    value: Value = None
    variables: Data = field(default_factory=dict)


class ActionPort(Protocol):
    """Runs server actions, inside the step's transaction."""

    def run(self, call: ActionCall) -> ActionResult:
        """The result's value goes to the service task's `resultVariable`, its variables into the task's data.

        Raises EngineError where it cannot.
        """
        ...
