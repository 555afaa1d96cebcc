"""What becomes of running instances when a procedure changes: tried (a dry run), then done (a migration)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.values import Data


class RunKind(StrEnum):
    DRY = "dry"
    REAL = "real"


class RunState(StrEnum):
    """`running` is worked on by the heartbeat; `paused` waits for somebody; `done` and `stopped` are ends."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


class Outcome(StrEnum):
    """Of one instance. `waiting`: not looked at yet. The next four are forecasts, the last three are facts.

    `unchanged`: stands at elements that are the same in the new version. `moves`: somewhere else, as mapped.
    `choice`: stands at an element that is gone, and nobody has said where to. `cannot`: its reason says why.
    """

    WAITING = "waiting"
    UNCHANGED = "unchanged"
    MOVES = "moves"
    CHOICE = "choice"
    CANNOT = "cannot"
    MOVED = "moved"
    REFUSED = "refused"
    UNDONE = "undone"


@dataclass(frozen=True)
class MoveRun:
    """A dry run of a draft or a version, or a migration to a version, over running instances of `key`.

    `source_id` is the version that the instances run on, None: any older one. `draft_id` (dry runs only) or
    `target_id` is what they would run on. `mapping` maps elements that are gone to those that take their place.
    `rearm`: deadlines follow the new version (those whose timer reads differently begin anew, those that it does
    not have end); else they are kept. `revision` is the draft's, of which a dry run tells. `undoing`: what was
    moved is being moved back.
    """

    run_id: str
    kind: RunKind
    key: str
    source_id: str | None
    target_id: str | None
    draft_id: str | None
    state: RunState
    created_by: str
    created_at: datetime
    changed_at: datetime
    total: int
    mapping: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    rearm: bool = False
    revision: int | None = None
    undoing: bool = False


@dataclass(frozen=True)
class MoveItem:
    """One instance of a run. `detail` is what would move, what each deadline does, and why it cannot be.

    `gist` says what instances of one group have in common (`engine.cases.moving.told`).
    `definition_before`, `snapshot_before` and `version_after` (the instance's, then) are what undoing needs.
    """

    run_id: str
    instance_id: str
    case_id: str
    position: int
    outcome: Outcome
    detail: Data = field(default_factory=dict)
    gist: str = ""
    at: datetime | None = None
    definition_before: str | None = None
    snapshot_before: bytes | None = field(default=None, repr=False)
    version_after: int | None = None


@dataclass(frozen=True)
class MoveLine:
    """An item with its case's number and title; None where the reader may not see the case."""

    item: MoveItem
    case_number: str | None
    title: str | None
    is_visible: bool


@dataclass(frozen=True)
class TaskPlace:
    """What of a task tells where in the procedure it stands, and whose it therefore is."""

    task_id: str
    definition_id: str
    procedure: str
    element_id: str
    name: str
    role: str | None
    unit: str | None
    assignee: str | None
    claimed_for: str | None
    form: str | None
    properties: dict[str, str]
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class TimerPlace:
    timer_id: str
    element_id: str
    name: str
    interrupting: bool


@dataclass(frozen=True)
class MessagePlace:
    task_id: str
    element_id: str
    message: str
