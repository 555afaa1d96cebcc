"""A simulation: what is answered when, and the timeline that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.errors import Message
from engine.simulation.form_fields import FormField


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
    """`start` answers the start form; `tasks`, by element id, one for each opening, the last one again.

    `otherwise`: how long a task is left lying that nothing is said of, before it is done with what its form needs
    filled in; None leaves it open. `tolerant`: an answer that a form refuses leaves the task open and is told,
    instead of ending the play, and what its form does not ask is left out. A key of `tasks` is an element id, or
    `process/element` where the element of one drawing is meant.
    """

    path: str = ""
    start: Answer = Answer()
    tasks: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    otherwise: Delay | None = None
    tolerant: bool = False

    def of(self, element_id: str, nth: int, process: str = "") -> Answer | None:
        """For the `nth` opening, from 0."""
        found = self.given(element_id, process)
        if found:
            return found[min(nth, len(found) - 1)]
        return Answer(after=self.otherwise) if self.otherwise is not None else None

    def given(self, element_id: str, process: str = "") -> tuple[Answer, ...]:
        """What is said of a task, nothing where nothing is."""
        return self.tasks.get(f"{process}/{element_id}") or self.tasks.get(element_id, ())


@dataclass(frozen=True)
class Away:
    """A person who is not there from `starts_at` until just before `ends_at`. `deputy` stands in, "" for nobody.

    Both are user names.
    """

    username: str
    starts_at: datetime
    ends_at: datetime
    deputy: str = ""


@dataclass(frozen=True)
class Standing:
    """A task that is open at some instant: whose it is, and when it is due."""

    element: str
    role: str
    unit: str
    due_at: datetime | None


@dataclass(frozen=True)
class Act:
    """A form that was filled in, or was to be. `element` is "start" for the start form; `nth` counts its openings.

    `fields` are those that the person sees, `data` what was entered, `filled` the paths that nobody had answered.
    `username` is empty where nobody did it; `refused` says why then.
    `written` is `data` with the placeholders that the answer had. `standing` are the tasks that are open in the
    case afterwards; `case_procedure` is the key that the case was started with.
    """

    at: datetime
    opened_at: datetime
    element: str
    name: str
    nth: int
    case: str
    case_id: str
    procedure: str
    username: str
    fields: tuple[FormField, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    case_procedure: str = ""
    filled: tuple[str, ...] = ()
    refused: Message | None = None
    standing: tuple[Standing, ...] = ()


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
    `process` is the id of the process on whose drawing the element is, "" where that is not known.
    `ends_day`: midnight is the 24:00 of the day before. `is_late`: a deadline was met after it was due.
    """

    at: datetime
    kind: str
    message: Message
    element: str = ""
    rule: str = ""
    case: str = ""
    process: str = ""
    to: tuple[Recipient, ...] = ()
    due_at: datetime | None = None
    ends_day: bool = False
    is_late: bool = False


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
    instant played; `reached_limit` says that more was still waiting. `acts` are the forms that were filled in, the
    start first; `calendar` are all days from `start` to `until`; `outcome` is the id of the end that the started
    case came to, "" while it runs.
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
    acts: tuple[Act, ...] = ()
    outcome: str = ""
    calendar: Mapping[str, DayNote] = field(default_factory=dict)
