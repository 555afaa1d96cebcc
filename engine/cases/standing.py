"""What a projection is made from, beside the kernel's changes: plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.records.case import CaseFile, Instance
from engine.records.step import CaseUpdate, OutboxEntry, Paper, ScoreEvent
from engine.records.time import Deadline, Timer
from engine.values import Data

SYSTEM = "system"
"""The actor of what no person did."""


@dataclass(frozen=True)
class Standing:
    """What stands before the step. `deadlines` are the running ones of the instance.

    `homes` maps every process id that the instance can run to the version that holds it. `audit_head` is the
    hash of the newest entry of the case's chain, "" where there is none. `earlier` are all deadlines, ended ones
    too, by the rules that begin anew, the newest first.
    """

    instance: Instance
    case: CaseFile
    homes: Mapping[str, str]
    deadlines: tuple[Deadline, ...] = ()
    audit_head: str = ""
    earlier: tuple[Deadline, ...] = ()


@dataclass(frozen=True)
class ClockOrder:
    """The clocks of a rule, or of one deadline, are to stop or to go on. `element_*` name the action that asks.

    `set_aside`: instead, a deadline of the rule that ends in this step in time does not count as met.
    """

    stop: bool
    rule: str | None = None
    deadline_id: str | None = None
    reason: str = ""
    note: str = ""
    element_id: str = ""
    element_name: str = ""
    set_aside: bool = False


@dataclass(frozen=True)
class Firing:
    """The timer whose firing is the step. `by_outage`: the system was down when it fell due."""

    timer: Timer
    worker: str
    by_outage: bool = False


@dataclass(frozen=True)
class Event:
    """One line of the audit trail before it is sealed. `name` is past tense; `detail` holds no personal data."""

    name: str
    detail: Data = field(default_factory=dict)


SILENT = Event("")
"""A step that adds no line of its own: what follows from it says all."""


@dataclass(frozen=True)
class Stamp:
    """Who does the step, when, and what it is. `result` is what the completed task was given.

    `acted_for` is whom the actor stands in for; `done_by` has submitted the task that the actor's step completes.
    `goes_back` says why clocks are voided where the case goes back: returned or withdrawn.
    """

    now: datetime
    actor: str
    event: Event
    task_id: str | None = None
    result: Data | None = None
    firing: Firing | None = None
    acted_for: str | None = None
    done_by: str | None = None
    done_for: str | None = None
    goes_back: str | None = None

    @property
    def person(self) -> str | None:
        """Whose the completed task is."""
        return self.done_by or (None if self.actor == SYSTEM else self.actor)

    @property
    def person_for(self) -> str | None:
        """For whom that person stood in."""
        return self.done_for if self.done_by else self.acted_for


@dataclass(frozen=True)
class Collected:
    """What server actions and forms added to the step, in the order in which it happened.

    `undone` are deadlines that had ended, and whose duties stand again because the case goes back.
    """

    papers: tuple[Paper, ...] = ()
    outbox: tuple[OutboxEntry, ...] = ()
    scores: tuple[ScoreEvent, ...] = ()
    update: CaseUpdate | None = None
    events: tuple[Event, ...] = ()
    clocks: tuple[ClockOrder, ...] = ()
    undone: tuple[Deadline, ...] = ()
