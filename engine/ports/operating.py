"""What operators see and do, as the use cases see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.records.operating import ElementLoad, ElementPace, Halt
from engine.records.org import Actor


class OperatingRepository(Protocol):
    def loads(
        self, reader: Actor, procedure: str, now: datetime, *, unit: str | None, definition_id: str | None
    ) -> tuple[ElementLoad, ...]:
        """What stands at each element; nothing of cases that accuse the reader's units (ix_user_task_standing)."""
        ...

    def paces(
        self, reader: Actor, procedure: str, first: datetime, last: datetime, *, unit: str | None
    ) -> tuple[ElementPace, ...]:
        """Of the tasks closed between the two instants (ix_user_task_paced)."""
        ...

    def halts(self) -> tuple[Halt, ...]:
        """Those in force. One statement."""
        ...

    def add_halt(self, halt: Halt) -> None: ...
    def lift_halt(self, halt_id: str, by: str, at: datetime) -> None: ...
    def past_halts(self, limit: int) -> Sequence[Halt]: ...
