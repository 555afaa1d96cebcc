"""Repositories of time: the calendar, shared tables, deadlines outside a step, periodic duties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from engine.records.time import CalendarDay, CalendarVersion, Deadline


class CalendarRepository(Protocol):
    """The working calendar."""

    def days(self) -> tuple[CalendarDay, ...]: ...
    def announced_years(self) -> frozenset[int]: ...
    def version(self) -> int: ...
    def versions(self, *, after: int = 0) -> tuple[CalendarVersion, ...]:
        """The newest first."""
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


class DeadlineRepository(Protocol):
    """Deadlines outside a step."""

    def get(self, deadline_id: str) -> Deadline | None: ...


class DutyRepository(Protocol):
    """Periodic duties of the office."""
