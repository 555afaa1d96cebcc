"""What a person reads who was away: what was done meanwhile, and what lies there."""

from __future__ import annotations

from dataclasses import dataclass

from engine.records.task import UserTask


@dataclass(frozen=True)
class HandedTask:
    """A task on a hand-over list. `by_name` is who did or has it; `doing` what became of it.

    `doing` is done (by a deputy, for the person), taken (a deputy has it still), or lying (the person has it).
    """

    doing: str
    task: UserTask
    case_number: str | None
    case_title: str
    by_name: str
    unit_name: str
