"""A notification on its way through one channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from engine.records.org import Person
from engine.records.step import OutboxEntry


class DeliveryState(Enum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True)
class Delivery:
    """One entry of the outbox through one channel, by the channel's name.

    `attempts` counts those begun, so a crash counts too. `retry_at` is when it is due (again), None once settled;
    while it is being sent, it is the end of the lease. `error` is why the last attempt failed, in both languages.
    """

    entry_id: str
    channel: str
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    retry_at: datetime | None = None
    error: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True)
class ClaimedDelivery:
    """A delivery that this process may send until its lease ends, and what it needs for that.

    `person` is without the password hash, None where the recipient is unknown.
    """

    delivery: Delivery
    entry: OutboxEntry
    person: Person | None
