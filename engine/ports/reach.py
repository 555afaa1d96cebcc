"""How people are reached: notifications on their way, preferences, feeds, absences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.records.delivery import ClaimedDelivery, Delivery, DeliveryState, Letter
from engine.records.org import Actor, Person
from engine.records.reach import Absence, Preference, Recipient
from engine.records.step import OutboxEntry
from engine.records.task import UserTask
from engine.records.time import Deadline


class DeliveryRepository(Protocol):
    """The outbox on its way out: which entries the channels were told of, and how far each delivery is."""

    def add(self, entries: Sequence[OutboxEntry]) -> None:
        """Entries that no step writes; one whose idempotency key is known already is left out."""
        ...

    def has_ripe(self, cutoff: datetime) -> bool:
        """Whether `ripe` would find anything. At most one look-up a level, whatever lies in the outbox."""
        ...

    def begin_dispatch(self) -> bool:
        """Inside a writing transaction: nobody else dispatches until it ends. False where somebody does already."""
        ...

    def ripe(self, cutoff: datetime, limit: int) -> tuple[OutboxEntry, ...]:
        """Undispatched entries: those AT_ONCE, and others from before `cutoff`; the most pressing first."""
        ...

    def gathered(self, recipients: Sequence[str], limit: int) -> tuple[OutboxEntry, ...]:
        """All undispatched entries for these persons, oldest first for each. One statement."""
        ...

    def recipients(self, person_ids: Sequence[str]) -> Mapping[str, Recipient]:
        """By person id; persons without their password hashes. Two statements."""
        ...

    def accused(self, case_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The accused units of those of the cases that accuse any. At most one statement."""
        ...

    def dispatch(
        self,
        entry_ids: Sequence[str],
        deliveries: Sequence[Delivery],
        at: datetime,
        *,
        digests: Mapping[OutboxEntry, Sequence[str]] | None = None,
    ) -> None:
        """Marks the entries, enters the deliveries, and adds each digest with its members.

        At most four statements, whatever their numbers.
        """
        ...

    def members(self, digest_ids: Sequence[str], *, reader: Actor | None = None) -> tuple[OutboxEntry, ...]:
        """What the digests bundle, newest first; without what belongs to cases that accuse the reader's units."""
        ...

    def due(self, channel: str, now: datetime, limit: int) -> tuple[str, ...]:
        """Entry ids of a channel's waiting deliveries that are due, the longest due first."""
        ...

    def claim(self, entry_id: str, channel: str, now: datetime, lease_until: datetime) -> ClaimedDelivery | None:
        """Begins an attempt: nobody else gets the delivery before `lease_until`. None if it is not due any more."""
        ...

    def settle(self, delivery: Delivery) -> None:
        """Saves how the attempt numbered `delivery.attempts` went.

        What was sent is sent, whoever has claimed it since; any other outcome counts only while no later attempt
        has begun.
        """
        ...

    def hold(self, delivery: Delivery, until: datetime) -> None:
        """Takes back the attempt just claimed: it is due again at `until`, as if it had not begun."""
        ...

    def of_own_entry(self, entry_id: str, recipient: str, topic: str) -> tuple[Delivery, ...] | None:
        """The deliveries of the recipient's entry, by channel; None where it is not dispatched, or is another's."""
        ...

    def letters(self, state: DeliveryState, *, limit: int, offset: int, reader: Actor) -> tuple[Letter, ...]:
        """DEAD: the latest first; WAITING: by channel, the longest due first."""
        ...

    def count_dead(self, *, most: int, reader: Actor) -> int:
        """How many are dead, counting no further than `most`."""
        ...

    def revive(self, now: datetime, *, entry_id: str | None, channel: str | None, reader: Actor) -> int:
        """Dead deliveries wait again, from the first attempt: one, or all where both are None. Returns how many."""
        ...

    def discard(self, now: datetime, *, entry_id: str, channel: str, reader: Actor) -> bool:
        """A dead delivery that nobody needs to look at any more; says whether there was one."""
        ...


class ReachRepository(Protocol):
    """What a person has chosen, who stands in, and what is due."""

    def deputies(self, person_ids: Sequence[str], now: datetime) -> tuple[Person, ...]:
        """Who stands in at `now` for those of the persons who are away from everything, and for such stand-ins too.

        Active persons only, without password hashes, by user name. One statement.
        """
        ...

    def preference(self, person_id: str) -> Preference:
        """The defaults where the person has chosen nothing."""
        ...

    def save_preference(self, preference: Preference) -> None: ...
    def absences(self, person_id: str, now: datetime) -> tuple[Absence, ...]:
        """Those not over at `now`, the earliest first."""
        ...

    def absence(self, absence_id: str) -> Absence | None: ...
    def add_absence(self, absence: Absence) -> None: ...
    def end_absence(self, absence_id: str, at: datetime) -> None: ...
    def colleagues(self, unit: str) -> tuple[Person, ...]:
        """Active persons of the unit, by user name, without password hashes."""
        ...

    def save_feed(self, person_id: str, secret_hash: str, at: datetime) -> None:
        """A person's one feed; the secret before is worth nothing any more."""
        ...

    def drop_feed(self, person_id: str) -> None: ...
    def feed_made_at(self, person_id: str) -> datetime | None: ...
    def feed_owner(self, secret_hash: str) -> tuple[str, str] | None:
        """The person id, and the hash as stored."""
        ...

    def own_deadlines(self, actor: Actor, *, limit: int) -> tuple[tuple[Deadline, UserTask, str | None], ...]:
        """Open deadlines over tasks that the actor holds or may claim, each with one such task and the case number.

        The most urgent tasks first, at most `limit` of them; never of a case that accuses the actor's units.
        """
        ...
