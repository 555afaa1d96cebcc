"""Who stands in for whom, who stands aside, and what is handed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.records.org import Actor, Person
from engine.records.reach import Absence
from engine.records.standing_in import HandedTask
from engine.records.task import UserTask
from engine.records.work import Recusal


class StandInsRepository(Protocol):
    """Every list goes by an index; persons come without password hashes."""

    def told(
        self, person_ids: Collection[str], case_id: str, procedures: Collection[str], now: datetime
    ) -> tuple[tuple[Person, ...], frozenset[str]]:
        """The deputies of those of the persons who are away from one of the procedures, and who stands aside.

        Deputies of deputies too; nobody on account of a person who stands aside from the case. The second are the
        ids of all who do. One statement, asked once in a transaction.
        """
        ...

    def deputies_of(
        self, person_ids: Collection[str], procedures: Collection[str], now: datetime
    ) -> Mapping[str, tuple[str, ...]]:
        """Names of those who stand in, by the person who is away. One statement; direct deputies only."""
        ...

    def absences_of(self, person_id: str, ends_after: datetime) -> tuple[Absence, ...]:
        """The earliest first, over those not over then."""
        ...

    def absences_by(self, deputy_id: str, now: datetime) -> tuple[Absence, ...]:
        """Those that the deputy stands in for, now or later; the earliest first."""
        ...

    def all_absences(self, now: datetime, limit: int) -> tuple[Absence, ...]:
        """Everybody's that are not over, the first to end first."""
        ...

    def ended_untold(self, since: datetime, until: datetime, limit: int) -> tuple[Absence, ...]:
        """Those of active persons that ended in the span, and of whose end nobody was told.

        Of several that touch each other the last; none that ended before it began. One statement.
        """
        ...

    def unread_ends(self, person_id: str) -> tuple[tuple[str, str], ...]:
        """Entry id and absence id of the person's unread notices that an absence is over, the newest first."""
        ...

    def chain_from(self, person_id: str, starts_at: datetime, ends_at: datetime) -> tuple[Absence, ...]:
        """The absences of the person, of its deputies, of theirs …, that touch the span. One statement."""
        ...

    def done_for(self, reader: Actor, since: datetime, until: datetime, limit: int) -> tuple[HandedTask, ...]:
        """What deputies did for the reader, the newest first."""
        ...

    def taken_for(self, reader: Actor, limit: int) -> tuple[HandedTask, ...]:
        """What deputies have claimed for the reader and not done yet, the most urgent first."""
        ...

    def lying_with(self, reader: Actor, since: datetime, limit: int) -> tuple[HandedTask, ...]:
        """The reader's open tasks that came since then, the most urgent first."""
        ...

    def count_held(self, person_id: str) -> Mapping[tuple[str, str], int]:
        """How many open tasks a person has or has delegated, by procedure and role ("" without one)."""
        ...

    def held_by(self, person_id: str, limit: int, *, but: Collection[str] = ()) -> tuple[UserTask, ...]:
        """A person's open tasks and those it has delegated, the most urgent first, without those in `but`."""
        ...

    def add_recusal(self, recusal: Recusal) -> bool:
        """False where the person stands aside already."""
        ...

    def drop_recusal(self, case_id: str, person_id: str) -> bool: ...
    def recusals(self, case_id: str) -> Sequence[Recusal]:
        """Who stands aside from the case, the first first."""
        ...
