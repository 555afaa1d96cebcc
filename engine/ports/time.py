"""Repositories of time: the calendar, shared tables, deadlines outside a step, periodic duties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.tables import TableSummary, TableVersion
from engine.records.task import UserTask
from engine.records.time import CalendarDay, CalendarVersion, Deadline, DutyState, Timer


class CalendarRepository(Protocol):
    """The working calendar."""

    def days(self) -> tuple[CalendarDay, ...]: ...
    def announced_years(self) -> frozenset[int]: ...
    def version(self) -> int: ...
    def versions(self, *, after: int = 0) -> tuple[CalendarVersion, ...]:
        """The newest first."""
        ...

    def hold(self) -> None:
        """Inside a writing transaction, before anything else: no step runs until it ends.

        So that no deadline is counted on the old calendar and written after the new one. At most one statement.
        """
        ...

    def add_version(
        self,
        version: CalendarVersion,
        *,
        changed: Sequence[CalendarDay],
        removed: Sequence[date],
        announced: Sequence[int],
    ) -> None:
        """Writes the days and marks the years as announced. Raises Conflict where that version stands already."""
        ...


class TableRepository(Protocol):
    """The office's versions of shared decision tables."""

    def revision(self) -> int:
        """Grows with every version of any table; what was read at one revision stays true at it."""
        ...

    def newest(self) -> tuple[TableVersion, ...]:
        """The newest version of each table of which the office has one. One statement."""
        ...

    def get(self, table_id: str, version: int | None = None) -> TableVersion | None:
        """The newest where `version` is None."""
        ...

    def versions(self, table_id: str) -> tuple[TableSummary, ...]:
        """The newest first."""
        ...

    def add(self, table: TableVersion) -> TableVersion:
        """Adds a version, with the next revision. Raises Conflict where that version stands already."""
        ...


@dataclass(frozen=True)
class SeenCase:
    """A case as it concerns one reader: may the reader see it, does it accuse the reader's units."""

    case: CaseFile
    is_visible: bool
    is_accused: bool


@dataclass(frozen=True)
class Around:
    """Open deadlines that days of the calendar may move.

    Those that have begun before `until`, and are due after `since` or keep a waiting timer after it.
    """

    since: datetime
    until: datetime


class DeadlineRepository(Protocol):
    """Deadlines outside a step."""

    def get(self, deadline_id: str) -> Deadline | None: ...
    def of_rules(self, case_id: str, instance_id: str, rules: Sequence[str]) -> tuple[Deadline, ...]:
        """All deadlines of an instance by these rules, ended ones too, the newest first. One statement."""
        ...

    def ended_since(self, case_id: str, instance_id: str, since: datetime) -> tuple[Deadline, ...]:
        """An instance's deadlines that were met, in time or late, at `since` or later. One statement."""
        ...

    def timers_of(self, case_id: str, deadline_ids: Sequence[str]) -> tuple[Timer, ...]:
        """The case's timers that hang or hung on these deadlines, the first due first. One statement."""
        ...

    def around(self, span: Around) -> tuple[Deadline, ...]:
        """The first due first. One statement."""
        ...

    def tasks_around(self, span: Around) -> tuple[UserTask, ...]:
        """Open tasks of the instances of those deadlines, oldest first. One statement."""
        ...

    def cases_around(self, span: Around, reader: Actor) -> tuple[SeenCase, ...]:
        """The cases of those deadlines. One statement."""
        ...

    def mark_stale(self, span: Around) -> None:
        """Those deadlines, and the waiting timers that hang on them or on the calendar itself, from `since` on.

        Three statements, however many there are.
        """
        ...

    def stale_instances(self, limit: int, *, after: str = "") -> tuple[str, ...]:
        """Instances with anything stale, in the order of their ids, from the one after `after` on."""
        ...

    def stale_count(self) -> int:
        """How many instances have anything stale."""
        ...

    def stale_timers(self, instance_id: str) -> tuple[Timer, ...]:
        """Those that hang on no deadline."""
        ...

    def freshen(self, instance_id: str) -> None:
        """Nothing of the instance is stale any more. Two statements."""
        ...


class DutyRepository(Protocol):
    """Periodic duties of the office."""

    def all(self) -> tuple[DutyState, ...]: ...
    def due(self, now: datetime, limit: int) -> tuple[DutyState, ...]:
        """The longest due first."""
        ...

    def claim(self, duty_id: str, now: datetime) -> DutyState | None:
        """Inside a writing transaction: the row locked (SKIP LOCKED); None if gone, taken or not due any more."""
        ...

    def save(self, states: Sequence[DutyState]) -> None: ...
    def remove(self, duty_ids: Sequence[str]) -> None: ...
