"""What one statement locks together, as repositories give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.records.case import CaseFile, Instance
from engine.records.task import UserTask
from engine.records.time import Deadline, Timer


@dataclass(frozen=True)
class LockedTask:
    """A task, its instance and its case, locked together by one statement.

    `deadlines` are the running ones of the instance; `next_timer_at` is when its next waiting timer is due.
    `has_signers`: signers of the task have still to give their opinions. `halt_id` is what halts the instance.
    """

    task: UserTask
    instance: Instance
    case: CaseFile
    deadlines: tuple[Deadline, ...] = ()
    next_timer_at: datetime | None = None
    has_signers: bool = False
    halt_id: str | None = None


@dataclass(frozen=True)
class DueTimer:
    """A due timer of the ledger with its instance and its case, locked together; `halt_id` is what halts them."""

    timer: Timer
    instance: Instance
    case: CaseFile
    halt_id: str | None = None
