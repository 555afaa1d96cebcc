"""Read models: what lists and pages show, already joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.records.case import CaseFile, Instance
from engine.records.operating import Halt
from engine.records.step import AuditEntry, Incident, Paper, PathEntry
from engine.records.task import UserTask
from engine.records.time import Deadline, Timer


@dataclass(frozen=True)
class InboxQuery:
    """What a person asks of the inbox. `page` counts from 1; None and "" narrow nothing.

    Boxes of tasks: `mine`, `claimable`, `done`, `deputised` (what lies with those whom the actor stands in for, or
    could be claimed by them), `delegated` (given to somebody else, who gives it back). Boxes of cases: `started`,
    `copied`, `followed`; they show a case with its most urgent open task.

    `light` is red, yellow, blue or normal; `element` a step's id; `unit` whose step it is, of a case who keeps it
    or has it now. `received_*`: the days on which the task was opened (`done`: completed; `started`: the case
    registered; `copied`: the copy sent; `followed`: since when); `due_*`: on which it is due. Days of the office's
    calendar, both inclusive. `text`: every word is in the case's number, title or facts, in the step's name, in its
    unit's name, or is the pinyin initials of title or unit.

    `order` is due (`done`: newest), light, newest or oldest.
    """

    box: str = "mine"
    text: str = ""
    light: str | None = None
    procedure: str | None = None
    element: str | None = None
    unit: str | None = None
    purpose: str | None = None
    category: str | None = None
    channel: str | None = None
    received_from: date | None = None
    received_until: date | None = None
    due_from: date | None = None
    due_until: date | None = None
    order: str = "due"
    page: int = 1
    page_size: int = 20


@dataclass(frozen=True)
class InboxRow:
    """A line of the inbox. `task` is None where nothing is open in the case (boxes of cases only).

    `at` is the box's moment of receiving, as in `InboxQuery`. `copy_id`, `copied_by` (a name), `note`, `is_unread`:
    of a copy. `stands_in_for`: the name of the person away whose task it is (`deputised`).
    """

    task: UserTask | None
    case_id: str
    case_number: str | None
    case_title: str
    category: str | None
    channel: str | None
    unit_name: str | None
    assignee_name: str | None
    confidential: bool
    at: datetime
    copy_id: str | None = None
    copied_by: str | None = None
    note: str = ""
    is_unread: bool = False
    stands_in_for: str | None = None

    @property
    def key(self) -> str:
        """Tells the line from the others of its page."""
        return self.copy_id or (self.task.task_id if self.task else self.case_id)


@dataclass(frozen=True)
class InboxPage:
    """`counts` maps every box to its tasks (`copied`: unread ones), `lights` the colours of this box to theirs.

    Numbers are bounded: a count of `cap_of` its box says “as many or more”; with `is_capped`, `total` is what was
    found before the bound. `is_partial`: the box is too big for this search, filter or order to have looked at all
    of it.

    `halts` are those in force of procedures and of everything, `halted` the instances of the rows that one stops.
    """

    rows: tuple[InboxRow, ...]
    total: int
    counts: Mapping[str, int]
    lights: Mapping[str, int]
    is_capped: bool = False
    is_partial: bool = False
    halts: tuple[Halt, ...] = ()
    halted: frozenset[str] = frozenset()


COUNT_CAP = 1000
"""What is counted no further; shown as 999+."""
CASES_CAP = 300
"""Cases of a box of cases that are counted, lit and put in order: each is looked up. Shown as 299+."""
CASE_BOXES = frozenset({"started", "copied", "followed"})


def cap_of(box: str) -> int:
    """How far a box is counted."""
    return CASES_CAP if box in CASE_BOXES else COUNT_CAP


@dataclass(frozen=True)
class RegisterQuery:
    """What a person asks of the register of cases, newest first. `page` counts from 1; None and "" narrow nothing.

    `unit` keeps the case or has or had a step of it. `light` is that of the most urgent running deadline: red,
    yellow, blue or normal. `registered_*`: days of the office's calendar, both inclusive. `text` as in
    `InboxQuery`.
    """

    procedure: str | None = None
    state: str | None = None
    unit: str | None = None
    purpose: str | None = None
    category: str | None = None
    channel: str | None = None
    light: str | None = None
    registered_from: date | None = None
    registered_until: date | None = None
    text: str = ""
    page: int = 1
    page_size: int = 20


@dataclass(frozen=True)
class TaskView:
    """A task with what its page needs. `values` prefill the form: what the case holds now, then the draft.

    `form` is as the task has it (`fields`, `shows`); `context` what its formulas know. `shared` are the case's
    values of its fields now, `seen` those that the draft began from. `may_complete` says whether this actor may;
    `next_hint` what happens after, as (zh, en) or None. `halt` is what stops an open task's instance for now.
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
    context: Mapping[str, object] = field(default_factory=dict)
    shared: Mapping[str, object] = field(default_factory=dict)
    seen: Mapping[str, object] = field(default_factory=dict)
    halt: Halt | None = None


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
    """`is_capped` and `is_partial` as in `InboxPage`."""

    rows: tuple[CaseRow, ...]
    total: int
    is_capped: bool = False
    is_partial: bool = False


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
