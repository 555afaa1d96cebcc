"""What one step writes: everything in one value, so that the store can save it set by set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.records.case import Instance
from engine.records.task import TaskClosure, UserTask
from engine.records.time import Deadline, TaskClocks, Timer, TimerMove, TimerSettlement
from engine.values import Data


@dataclass(frozen=True)
class MessageSubscription:
    """A waiting task's message. `key` is the correlation value, None where any message of that name fits."""

    task_id: str
    instance_id: str
    case_id: str
    element_id: str
    message: str
    key: str | None


@dataclass(frozen=True)
class OutgoingMessage:
    """A message that an instance sent, delivered after the step's commit, exactly once.

    `key` is matched with subscriptions. `state` is pending, delivered, unawaited or failed.
    """

    message_id: str
    instance_id: str
    case_id: str
    element_id: str
    message: str
    key: str | None
    payload: Data
    created_at: datetime
    state: str = "pending"
    settled_at: datetime | None = None


LEVELS = ("info", "warning", "overdue", "urgent")
"""Of notifications, the least pressing first."""
AT_ONCE = frozenset({"urgent", "overdue"})
"""Levels that do not wait for others to go out with."""
DIGEST = "digest"
"""The topic of an entry that bundles others."""


@dataclass(frozen=True)
class OutboxEntry:
    """A notification to deliver. `text_*` are neutral: no petitioner's name, no content of the matter.

    `recipient` is a person id. `idempotency_key` is unique: a repeated step cannot send twice. `level` is info,
    warning, overdue or urgent (urgent: on-site duties, which know no quiet hours). `digest_id` is the entry that
    bundles this one.
    """

    entry_id: str
    idempotency_key: str
    recipient: str
    case_id: str | None
    task_id: str | None
    topic: str
    text_zh: str
    text_en: str
    created_at: datetime
    read_at: datetime | None = None
    level: str = "info"
    digest_id: str | None = None


@dataclass(frozen=True)
class Paper:
    """An issued document.

    `state` is drafted, signed, issued, served, receipted or void; `number` is whole, e.g. 督办令〔2025〕37 号, made
    of `series`, `year` and `sequence`, None for a draft. `issued_at` is when it was drafted, until it is issued.
    `context` is what its file says of the case beside `fields`, as it was then; `template_id` the office's own
    template of then, None where the procedure's version gives it. `file_sha256` names the sealed Word file once it
    has been made, `file_hash` is the SHA-256 of the file itself. `receipt` says who received it, how and when.
    `issued_for` is whom the issuer stood in for.
    """

    paper_id: str
    case_id: str
    instance_id: str
    kind: str
    title: str
    number: str | None
    fields: Data
    state: str
    issued_at: datetime
    issued_by: str | None
    served_at: datetime | None = None
    series: str | None = None
    year: int | None = None
    sequence: int | None = None
    template_id: str | None = None
    file_sha256: str | None = None
    signed_at: datetime | None = None
    signed_by: str | None = None
    receipt: Data | None = None
    voided_at: datetime | None = None
    voided_by: str | None = None
    void_reason: str = ""
    issued_for: str | None = None
    context: Data | None = None
    file_hash: str | None = None


@dataclass(frozen=True)
class PathEntry:
    """An element that a step passed, for the history on the diagram. `acted_for` is whom `by` stood in for."""

    instance_id: str
    task_id: str
    element_id: str
    process_id: str
    name: str
    closure: str
    at: datetime
    by: str | None
    acted_for: str | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One link of a case's append-only chain. `hash` is SM3 over `previous` and the canonical content.

    `actor` is a person id or `system`; `event` a past-tense name (`TaskCompleted`).
    """

    entry_id: str
    case_id: str | None
    at: datetime
    actor: str
    event: str
    detail: Data
    previous: str
    hash: str


@dataclass(frozen=True)
class ScoreEvent:
    """An office's confirmed delay or merit (a row of a score table), never a petitioner's act."""

    event_id: str
    case_id: str
    unit: str | None
    code: str
    points: float
    at: datetime
    reason: str


@dataclass(frozen=True)
class Incident:
    """A step that failed inside the diagram. `state` is open, retried or closed."""

    incident_id: str
    instance_id: str
    case_id: str
    element_id: str
    element_name: str
    expression: str | None
    reason_zh: str
    reason_en: str
    operation: Data
    at: datetime
    state: str = "open"


@dataclass(frozen=True)
class CaseUpdate:
    """Columns of the case file to set; None leaves a column as it is."""

    case_id: str
    number: str | None = None
    query_code: str | None = None
    state: str | None = None
    unit: str | None = None
    title: str | None = None
    category: str | None = None
    purpose: str | None = None
    channel: str | None = None
    persons_count: int | None = None
    occurred_place: str | None = None
    confidential: bool | None = None
    accused_units: tuple[str, ...] | None = None
    facts: Data | None = None
    closed_at: datetime | None = None
    merged_into: str | None = None


@dataclass(frozen=True)
class StepBatch:
    """All rows of one step. `instance.version` is the new version; the store checks that the old one stands.

    `is_new` says that the instance is to be inserted. `deadlines` are new ones and changed ones, whole;
    `ladders_ended` names deadlines whose rungs that still wait are cancelled. `tasks_changed` are tasks that stay
    open, whole: the store writes what a person can change about an open task, and leaves its clocks alone.
    """

    instance: Instance
    is_new: bool = False
    case_update: CaseUpdate | None = None
    tasks_opened: tuple[UserTask, ...] = ()
    tasks_closed: tuple[TaskClosure, ...] = ()
    tasks_changed: tuple[UserTask, ...] = ()
    timers_armed: tuple[Timer, ...] = ()
    timers_settled: tuple[TimerSettlement, ...] = ()
    timers_moved: tuple[TimerMove, ...] = ()
    ladders_ended: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    tasks_relit: tuple[TaskClocks, ...] = ()
    awaited: tuple[MessageSubscription, ...] = ()
    unawaited: tuple[str, ...] = ()
    messages: tuple[OutgoingMessage, ...] = ()
    path: tuple[PathEntry, ...] = ()
    papers: tuple[Paper, ...] = ()
    outbox: tuple[OutboxEntry, ...] = ()
    scores: tuple[ScoreEvent, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
