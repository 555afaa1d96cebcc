"""Running procedures as their operators see them: what stands where, how long it takes, what is halted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.records.step import Incident


class HaltScope(StrEnum):
    INSTANCE = "instance"
    PROCEDURE = "procedure"
    EVERYTHING = "everything"


@dataclass(frozen=True)
class Halt:
    """Work that is stopped for a technical reason, until lifted. Deadlines of the law run on.

    `target` is an instance's id, a procedure's key, or "" for everything.
    """

    halt_id: str
    scope: HaltScope
    target: str
    reason: str
    by: str
    at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True)
class ElementLoad:
    """What stands at an element now: `open` tasks, of which `due_soon` (yellow or blue) and `overdue`."""

    element_id: str
    open: int
    due_soon: int
    overdue: int


@dataclass(frozen=True)
class ElementPace:
    """How long the tasks of an element took, of those `counted`: seconds between opening and completion."""

    element_id: str
    counted: int
    median_seconds: float
    p90_seconds: float
    late: int


@dataclass(frozen=True)
class ListedIncident:
    """`procedure` is the name of the running version; `number` is None of a case out of sight."""

    incident: Incident
    procedure: str
    number: str | None
    is_visible: bool


@dataclass(frozen=True)
class StandingTask:
    """An open task at an element. `number` and `title` are None of a case that the reader may not see."""

    task_id: str
    instance_id: str
    case_id: str
    element_id: str
    name: str
    number: str | None
    title: str | None
    is_visible: bool
    unit: str | None
    assignee_name: str | None
    opened_at: datetime
    due_at: datetime | None
    blue_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None
    paused: bool
    rule: str | None
    version: int
