"""What is to be said about one deadline: plain records, in no language but for texts that carry both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from engine.deadlines.why_days import Hour, Span
from engine.errors import Message
from engine.records.time import Deadline, Timer
from engine.values import Data


class Light(NamedTuple):
    """`threshold` says in words when it comes on, `moment` as the table writes it ("" for red).

    `is_on`: it is the one that shows now. `has_come`: its instant has passed while the clock ran. `words` are the
    rule's own, `icon` its own; None and "": the usual ones.
    """

    light: str
    at: datetime
    moment: str
    threshold: Message
    words: Message | None
    icon: str
    has_come: bool
    is_on: bool


class Audience(NamedTuple):
    """Whom a rung reaches: who holds `role` `at` a place (unit, keeping, any, a unit's code); or the `holder`."""

    role: str
    at: str


class Event(NamedTuple):
    """What will happen or has happened. `kind` is light, due, rung or timer; `action` what a rung does.

    `to` is whom it reaches; `late_seconds` how long after its instant a timer fired.
    """

    at: datetime
    kind: str
    name: Message
    to: tuple[Audience, ...] = ()
    action: str = ""
    late_seconds: float | None = None


class Pause(NamedTuple):
    """The clock stood; `by` is the person's name, None: the system. `words` says the reason."""

    since: datetime
    until: datetime | None
    reason: str
    words: Message
    note: str
    by: str | None


class Change(NamedTuple):
    """A line of the history. `by` is the person's name, None: the system; `detail` what it changed."""

    at: datetime
    event: str
    by: str | None
    detail: Data


@dataclass(frozen=True)
class Extension:
    """The deadline continues an earlier one: `from_due` is that one's due instant, where it is known.

    `granted_days` are calendar days. Who asked and approved (names), the reason, the legal basis and the notice to
    the petitioner (its number, and when it was served) are None where the case did not say.
    """

    from_due: datetime | None
    granted_days: int
    follows: str | None
    asked_by: str | None
    approved_by: str | None
    reason: str | None
    basis: str | None
    notice: str | None
    served_at: datetime | None


@dataclass(frozen=True)
class Explanation:
    """Everything that the card says. `deadline` holds rule, source, dates, states and versions.

    `limit` and `start_event` are words; `started_by` is a person's name, None: the system. `provisional_years` are
    years without an announced calendar that the dates rest on. `fired` is what has happened on this deadline,
    `next` what is still to come, both in order. `case_number` is None for a case without a number.
    """

    deadline: Deadline
    case_number: str | None
    limit: Message
    started_by: str | None
    start_event: Message
    span: Span
    hours: tuple[Hour, ...]
    pauses: tuple[Pause, ...]
    extension: Extension | None
    provisional_years: tuple[int, ...]
    lights: tuple[Light, ...]
    fired: tuple[Event, ...]
    next: tuple[Event, ...]
    history: tuple[Change, ...]
    now: datetime

    @property
    def is_rolled(self) -> bool:
        """Whether the due day moved on from the last counted day."""
        return self.deadline.legal_due != self.deadline.raw_due

    @property
    def light(self) -> str:
        """The light that is on: red, yellow, blue or normal."""
        return next((light.light for light in self.lights if light.is_on), "normal")

    @property
    def due_on(self) -> date | None:
        return self.span.due_on


@dataclass(frozen=True)
class LightWords:
    """A rule's own words and icons of its lights, by the light's name."""

    words: Mapping[str, Message] = field(default_factory=dict)
    icons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RungWords:
    """A rung of a ladder: its name, whom it reaches, and what it does (`notify`, `task`, `paper`, …)."""

    name: Message
    to: tuple[Audience, ...] = ()
    action: str = ""


@dataclass(frozen=True)
class Around:
    """What stands around a deadline: everything that `explanation_of` can do without.

    `notes` are holidays and remarks by day, `names` people by person id, `timers` the ledger's rows that hang or
    hung on the deadline, `rungs` the words of their ladder's rungs by rung, `followed` the deadline that this one
    extends.
    """

    case_number: str | None = None
    notes: Mapping[date, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    lights: LightWords = field(default_factory=LightWords)
    timers: Sequence[Timer] = ()
    rungs: Mapping[str, RungWords] = field(default_factory=dict)
    followed: Deadline | None = None
