"""Tasks in the inbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from engine.values import Data


class TaskState(Enum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class UserTask:
    """A step that a person owes. Candidates hold `role` in `unit`; `assignee` (person id) has claimed it.

    `due_at`, `blue_at`, `yellow_at`, `red_at` come from the most urgent running deadline that the task
    stands under, None where there is none; `rule` is that deadline's rule. `paused`: its clock stands, and no
    light comes on. `form` is the path of its form in the definition.
    """

    task_id: str
    instance_id: str
    case_id: str
    definition_id: str
    procedure: str
    element_id: str
    name: str
    role: str | None
    unit: str | None
    assignee: str | None
    state: TaskState
    form: str | None
    opened_at: datetime
    scopes: tuple[str, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    data: Data = field(default_factory=dict)
    due_at: datetime | None = None
    blue_at: datetime | None = None
    yellow_at: datetime | None = None
    red_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    result: Data | None = None
    paused: bool = False
    rule: str | None = None


@dataclass(frozen=True)
class TaskClosure:
    """How a task ended. `result` is what was submitted, None where it was cancelled."""

    task_id: str
    state: TaskState
    closed_at: datetime
    closed_by: str | None
    result: Data | None = None


@dataclass(frozen=True)
class Draft:
    """What a person typed and has not submitted."""

    task_id: str
    person_id: str
    data: Data
    saved_at: datetime
