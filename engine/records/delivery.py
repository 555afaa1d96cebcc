"""A notification on its way through one channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from engine.records.reach import Recipient
from engine.records.step import OutboxEntry


class DeliveryState(Enum):
    """DEAD: given up, for somebody to look at. DISCARDED: nobody needs to.

    An admin said so, the channel was muted, or the message was read on the pages first.
    """

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Delivery:
    """One entry of the outbox through one channel, by the channel's name.

    `attempts` counts those begun, so a crash counts too. `retry_at` is when it is due (again), None once settled;
    while it is being sent, it is the end of the lease; in quiet hours, their end. `error` is why the last attempt
    failed, in both languages.
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

    `recipient` is None where the person is unknown.
    """

    delivery: Delivery
    entry: OutboxEntry
    recipient: Recipient | None


@dataclass(frozen=True)
class Letter:
    """A delivery in a list: what was to be told to whom. `name` is the recipient's, "" where unknown."""

    delivery: Delivery
    entry: OutboxEntry
    name: str
