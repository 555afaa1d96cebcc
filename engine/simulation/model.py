"""A simulation: what is answered when, and the timeline that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.errors import Message


@dataclass(frozen=True)
class Delay:
    """How long a task is left lying: `amount` of W (working days), D, H or M. Days keep the hour of the day."""

    amount: int = 0
    unit: str = "M"


@dataclass(frozen=True)
class Answer:
    """How a task is answered when it opens. `never` leaves it open; `at` is an instant, else `after` its opening.

    `username` None: the first who may. `data` is the form; `line` and `lines` are where it and its fields stand.
    """

    line: int = 0
    username: str | None = None
    after: Delay = Delay()
    at: datetime | None = None
    never: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """`start` answers the start form; `tasks`, by element id, one for each opening, the last one again."""

    path: str = ""
    start: Answer = Answer()
    tasks: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)

    def of(self, element_id: str, nth: int) -> Answer | None:
        """For the `nth` opening, from 0."""
        found = self.tasks.get(element_id, ())
        return found[min(nth, len(found) - 1)] if found else None


@dataclass(frozen=True)
class Recipient:
    """Whom something concerns: a role in a unit ("" for a person alone), and the names of its holders."""

    role: str
    unit: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `kind` is one of KINDS; `element` names what of the diagram or table it comes from.

    `rule` is the deadline's rule. `due_at` is when what began is due. `case` is the case's number, or its title.
    `ends_day`: midnight is the 24:00 of the day before.
    """

    at: datetime
    kind: str
    message: Message
    element: str = ""
    rule: str = ""
    case: str = ""
    to: tuple[Recipient, ...] = ()
    due_at: datetime | None = None
    ends_day: bool = False


KINDS = (
    "started",
    "due",
    "light",
    "fired",
    "escalated",
    "answered",
    "met",
    "closed",
    "paper",
    "notified",
    "opened",
    "deadline",
    "blocked",
    "note",
    "ended",
)
"""In the order in which things of one instant are told."""


@dataclass(frozen=True)
class DayNote:
    """What the calendar says of a day: is it worked, and what it is called ("" where nothing is)."""

    is_workday: bool
    note: str


@dataclass(frozen=True)
class Simulation:
    """`entries` in order; `days` by ISO date, of every day on which something happens.

    `is_sample`: there is no office yet, and the sample office played. `blocked` are tasks left open at the end, by
    element id. `filled` are fields of the start form that nobody answered and that got a value. `until` is the last
    instant played; `reached_limit` says that more was still waiting.
    """

    procedure: str
    name: str
    start: datetime
    until: datetime
    entries: tuple[Entry, ...]
    days: Mapping[str, DayNote]
    blocked: tuple[str, ...]
    filled: tuple[str, ...]
    is_sample: bool
    reached_limit: bool
