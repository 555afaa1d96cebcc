"""What operators see and do, as the use cases see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.records.operating import ElementLoad, ElementPace, Halt, ListedIncident, StandingTask
from engine.records.org import Actor
from engine.records.step import Incident
from engine.values import Data


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

    def standing(
        self,
        reader: Actor,
        procedure: str,
        element_id: str,
        now: datetime,
        *,
        light: str | None,
        unit: str | None,
        limit: int,
        offset: int,
    ) -> tuple[StandingTask, ...]:
        """The open tasks of an element, the first due first; `light` red or soon as `loads` counts them."""
        ...

    def incidents_listed(self, reader: Actor, *, state: str | None, limit: int) -> tuple[ListedIncident, ...]:
        """The newest first, without cases that the reader may not know of. One statement."""
        ...

    def halts(self) -> tuple[Halt, ...]:
        """Those in force. One statement."""
        ...

    def halt(self, halt_id: str) -> Halt | None: ...
    def locked_halt(self, halt_id: str) -> Halt | None:
        """Whoever lifts it waits until this transaction ends."""
        ...

    def halt_of_instance(self, instance_id: str) -> str | None:
        """The id of the halt that stops an instance, the widest first. No statement where it has been locked."""
        ...

    def halted_among(self, instance_ids: Sequence[str]) -> frozenset[str]:
        """Which of these are halted. One statement, none without ids."""
        ...

    def halt_of_procedure(self, key: str) -> str | None:
        """The id of the halt under which no instance of the procedure starts. One statement."""
        ...

    def add_halt(self, halt: Halt) -> None:
        """Raises Conflict where one with that scope and target is in force already."""
        ...

    def lift_halt(self, halt_id: str, by: str, at: datetime) -> bool:
        """Ends it, and lets go of timers and messages that waited for the end of a halt; False where it is over."""
        ...

    def past_halts(self, limit: int) -> Sequence[Halt]:
        """Those that are over, the latest begun first."""
        ...

    def set_task_data(self, data: Mapping[str, Data]) -> None:
        """What open tasks see of the variables, by task id. One statement."""
        ...

    def incidents_of(self, case_id: str, instance_id: str) -> tuple[Incident, ...]:
        """The newest first (ix_incident_of_case). One statement."""
        ...

    def save_incident(self, incident: Incident) -> None:
        """Writes what is to be done again."""
        ...

    def park_timers(self, timer_ids: Sequence[str]) -> int:
        """Puts those whose instances are halted off until a halt ends; returns how many. At most two statements."""
        ...
