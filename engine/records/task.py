"""Tasks in the inbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from engine.values import Data


class TaskKind(Enum):
    """A step of the diagram, or the opinion of a signer who was added to one."""

    STEP = "step"
    SIGN = "sign"


class SignMode(Enum):
    """When a signer is asked: before the owner may complete, beside the owner, or after the owner has."""

    BEFORE = "before"
    PARALLEL = "parallel"
    AFTER = "after"


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

    `kind`, `parent_id`, `sign_mode`: a signer's task belongs to the step's task and is no token of the diagram.
    `owner`: who delegated it and gets it back (person id). `asked_by`, `note`: who delegated, added, or returned
    it, and why. `returns_to`: id of the element that gets it straight back once it is completed. `suspended`,
    `suspended_until`: set aside by its handler; clocks go on. `begun_at`: when somebody claimed or typed into it.
    `held_result`: what the owner has submitted and signers are still to see. `closed_for`: whom the closer stood in
    for; `claimed_for`: whom the assignee stood in for when it claimed the task. `urged`: how often it was urged.
    `opened_by`: id of the task whose end opened it. `came_by` says what `asked_by` and `note` mean: delegated,
    given_back, recalled, transferred or disagreed; "" of a task that was returned. `category` … `accused_units` are
    the case's, kept equal by the store.
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
    kind: TaskKind = TaskKind.STEP
    parent_id: str | None = None
    sign_mode: SignMode | None = None
    owner: str | None = None
    asked_by: str | None = None
    note: str = ""
    returns_to: str | None = None
    suspended: bool = False
    suspended_until: datetime | None = None
    begun_at: datetime | None = None
    held_result: Data | None = None
    closed_for: str | None = None
    claimed_for: str | None = None
    opened_by: str | None = None
    urged: int = 0
    urged_at: datetime | None = None
    came_by: str = ""
    suspended_why: str = ""
    category: str | None = None
    purpose: str | None = None
    channel: str | None = None
    confidential: bool = False
    accused_units: tuple[str, ...] = ()


CASE_COLUMNS = ("category", "purpose", "channel", "confidential", "accused_units")
"""Fields of a task that repeat its case's."""


@dataclass(frozen=True)
class TaskClosure:
    """How a task ended. `result` is what was submitted, None where it was cancelled.

    `closed_for` is the person for whom `closed_by` stood in, None where nobody.
    """

    task_id: str
    state: TaskState
    closed_at: datetime
    closed_by: str | None
    result: Data | None = None
    closed_for: str | None = None


@dataclass(frozen=True)
class Draft:
    """What a person typed and has not submitted. `base` are the case's values that it began from.

    `party` are the fields about the parties.
    """

    task_id: str
    person_id: str
    data: Data
    saved_at: datetime
    base: Data | None = None
    # never in a log by way of a repr
    party: Data = field(default_factory=dict, repr=False)
