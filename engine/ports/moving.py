"""Dry runs and migrations of running instances, as the use cases see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.records.case import CaseFile, Instance
from engine.records.moving import (
    MessagePlace,
    MoveItem,
    MoveLine,
    MoveRun,
    Outcome,
    RunState,
    TaskPlace,
    TimerPlace,
)
from engine.records.org import Actor
from engine.records.step import MessageSubscription
from engine.records.time import Timer, TimerState


class MovingRepository(Protocol):
    def add(
        self,
        run: MoveRun,
        instance_ids: Sequence[str] | None,
        at_most: int,
        *,
        like: tuple[str, Sequence[Outcome]] | None = None,
    ) -> int:
        """Stores the run with its items, `waiting`, oldest instance first; returns how many.

        `like`: only those that another run found to be so. `instance_ids` None: all running instances of the key on
        `source_id` (None: on any version but the target).
        """
        ...

    def get(self, run_id: str) -> MoveRun | None: ...
    def runs_of(self, key: str, limit: int) -> tuple[MoveRun, ...]: ...
    def runs_of_draft(self, draft_id: str, limit: int) -> tuple[MoveRun, ...]: ...
    def next_running(self) -> MoveRun | None:
        """The oldest run that is being worked on (ix_move_run_running)."""
        ...

    def set_state(self, run_id: str, state: RunState, at: datetime, *, undoing: bool | None = None) -> None: ...
    def stop(self, run_id: str, reason: str, at: datetime) -> None:
        """The run ends before its end; the reason is added to it."""
        ...

    def state_of(self, run_id: str) -> RunState | None:
        """Inside a writing transaction: locked, so that who pauses or stops a run waits for the step under way."""
        ...

    def waiting(self, run_id: str, limit: int) -> tuple[MoveItem, ...]: ...
    def movable_back(self, run_id: str, limit: int) -> tuple[MoveItem, ...]:
        """Items that were moved, and that nobody has tried to move back in vain."""
        ...

    def item(self, run_id: str, instance_id: str) -> MoveItem | None: ...
    def claim(self, run_id: str, instance_id: str) -> MoveItem | None:
        """Inside a writing transaction: the item locked (SKIP LOCKED), None if taken."""
        ...

    def save_items(self, items: Sequence[MoveItem]) -> None: ...
    def counts(self, run_id: str) -> Mapping[Outcome, int]: ...
    def groups(self, run_id: str, limit: int) -> tuple[tuple[Outcome, str, int], ...]:
        """What came of the items looked at, by what they have in common, the largest group first."""
        ...

    def items(
        self, run_id: str, outcome: Outcome | None, *, limit: int, offset: int = 0
    ) -> tuple[MoveItem, ...]: ...
    def lines(
        self,
        run_id: str,
        outcome: Outcome | None,
        reader: Actor,
        *,
        gist: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> tuple[MoveLine, ...]:
        """As `items`, of one group where `gist` is given; without cases that accuse a unit of the reader's."""
        ...

    def running(self, key: str) -> Mapping[str, int]:
        """How many instances run on each version of the key that has any. One statement."""
        ...

    def running_of_cases(self, key: str, numbers: Sequence[str], reader: Actor) -> Mapping[str, str]:
        """Ids of the running instances of the key by their cases' numbers, of those that the reader may know of."""
        ...

    def standing(self, instance_ids: Sequence[str]) -> Mapping[str, tuple[Instance, CaseFile]]:
        """By instance id, without a lock. One statement."""
        ...

    def pending_timers(self, case_id: str, instance_id: str) -> tuple[Timer, ...]:
        """The waiting and the held timers of the diagram. One statement."""
        ...

    def awaited(self, task_ids: Sequence[str]) -> tuple[MessageSubscription, ...]:
        """What is waited for by these tasks."""
        ...

    def place(
        self, tasks: Sequence[TaskPlace], timers: Sequence[TimerPlace], messages: Sequence[MessagePlace]
    ) -> None:
        """Writes where these stand: at most one statement for each kind."""
        ...

    def hang(self, case_id: str, deadlines: Mapping[str, str], timers: Mapping[str, str]) -> None:
        """Writes which activity those of a case hang on, by their ids; the escalation of a deadline goes along.

        No statement where there are none.
        """
        ...

    def wait_again(self, timer_ids: Sequence[str], state: TimerState) -> None:
        """Timers that had been cancelled wait, or are held, as before."""
        ...

    def await_again(self, subscriptions: Sequence[MessageSubscription]) -> None: ...
