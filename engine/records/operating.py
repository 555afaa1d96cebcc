"""Running procedures as their operators see them: what stands where, how long it takes, what is halted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
