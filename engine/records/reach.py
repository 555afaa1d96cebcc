"""How a person wants to be reached, and who stands in while one is away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time

from engine.records.org import Person

ABSENCE = "absence"
"""The topic of what a deputy and the person who is away are told of an absence."""
ABSENCE_OVER = "absence_over"
"""The topic of the notice that an absence has ended; its key ends in the absence's id."""


@dataclass(frozen=True)
class Preference:
    """What a person has chosen. `muted` are names of channels; `quiet_*` local times, both or neither.

    Quiet hours whose end is not after their beginning span midnight. `robot` is a normal address of
    `engine.notifications.robots`: a secret, "" where there is none.
    """

    person_id: str
    muted: tuple[str, ...] = ()
    quiet_from: time | None = None
    quiet_until: time | None = None
    robot: str = field(default="", repr=False)


@dataclass(frozen=True)
class Recipient:
    """A person with what decides how, and whether, it is told. `units` are those that the person acts for."""

    person: Person
    preference: Preference
    units: frozenset[str]


@dataclass(frozen=True)
class Absence:
    """From `starts_at` until just before `ends_at`, the deputy is told and may do what the person may.

    `procedures` are process ids; none means all.
    """

    absence_id: str
    person_id: str
    deputy_id: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""
    procedures: tuple[str, ...] = ()
