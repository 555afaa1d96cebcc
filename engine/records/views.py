"""Read models: what lists and pages show, already joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.records.case import CaseFile, Instance
from engine.records.step import AuditEntry, Incident, Paper, PathEntry
from engine.records.task import UserTask
from engine.records.time import Deadline, Timer


@dataclass(frozen=True)
class InboxQuery:
    """What a person asks of the inbox. `box` is mine, claimable or done; `light` red, yellow, blue or normal.

    `text` searches number, title and facts. `page` counts from 1.
    """

    box: str = "mine"
    text: str = ""
    light: str | None = None
    procedure: str | None = None
    element: str | None = None
    category: str | None = None
    order: str = "due"
    page: int = 1
    page_size: int = 20


@dataclass(frozen=True)
class InboxRow:
    task: UserTask
    case_number: str | None
    case_title: str
    category: str | None
    channel: str | None
    unit_name: str | None
    assignee_name: str | None
    confidential: bool


@dataclass(frozen=True)
class InboxPage:
    """`counts` maps mine, claimable, done; `lights` maps red, yellow, blue, normal of this box."""

    rows: tuple[InboxRow, ...]
    total: int
    counts: Mapping[str, int]
    lights: Mapping[str, int]


@dataclass(frozen=True)
class TaskView:
    """A task with what its page needs. `values` prefill the form: the case's variables, then the draft.

    `may_complete` says whether this actor may; `next_hint` what happens after, as (zh, en) or None.
    """

    task: UserTask
    case: CaseFile
    form: Mapping[str, object]
    values: Mapping[str, object]
    draft_saved_at: datetime | None
    deadlines: tuple[Deadline, ...]
    unit_name: str | None
    assignee_name: str | None
    instance_version: int
    may_complete: bool
    may_claim: bool
    next_hint: tuple[str, str] | None = None


@dataclass(frozen=True)
class CaseRow:
    """A line of a register. `paused`: only clocks that stand are left."""

    case: CaseFile
    due_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None
    blue_at: datetime | None
    current_steps: tuple[str, ...]
    paused: bool = False


@dataclass(frozen=True)
class CasePage:
    rows: tuple[CaseRow, ...]
    total: int


@dataclass(frozen=True)
class CaseView:
    """A case file as its page shows it. `people` maps person ids to names, `units` codes to names.

    `diagrams` maps process ids to the definition that holds the drawing.
    """

    case: CaseFile
    instances: tuple[Instance, ...]
    tasks: tuple[UserTask, ...]
    deadlines: tuple[Deadline, ...]
    timers: tuple[Timer, ...]
    papers: tuple[Paper, ...]
    path: tuple[PathEntry, ...]
    audit: tuple[AuditEntry, ...]
    incidents: tuple[Incident, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    diagrams: Mapping[str, str] = field(default_factory=dict)
