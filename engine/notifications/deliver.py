"""Sends the outbox through the channels: first a delivery is entered for each channel that reaches the recipient,
then each due delivery is claimed, sent outside any transaction, and settled.

At least once is the promise. A crash between sending and settling sends again once the lease is over, under the
same idempotency key; nothing is lost. With no channel, entries are marked and stay messages on the pages, so that
a channel that is set up later does not begin with old news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from engine.deadlines.back_off import retry_after
from engine.errors import DeliveryFailed, Message
from engine.notifications.notice import notice_of
from engine.ports.channel import Channel
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.delivery import ClaimedDelivery, Delivery, DeliveryState
from engine.records.step import OutboxEntry

MOST_ATTEMPTS = 8
"""After these a delivery is dead: with the waits between them, half a day."""
LEASE = timedelta(minutes=10)
"""How long one attempt has a delivery to itself: longer than any channel needs."""
FAN_OUT = 200
"""Entries of the outbox dispatched by one transaction."""
LONGEST_ERROR = 500
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DeliveryReport:
    """What one sweep did: how many deliveries went out, wait for another attempt, or are given up."""

    sent: int = 0
    put_off: int = 0
    dead: int = 0

    def __add__(self, other: DeliveryReport) -> DeliveryReport:
        return DeliveryReport(self.sent + other.sent, self.put_off + other.put_off, self.dead + other.dead)


def deliver_notices(engine: Engine, channels: Sequence[Channel], *, limit: int = 50) -> DeliveryReport:
    """Dispatches what is new, then sends what is due, at most `limit` through each channel.

    A channel that refuses for now is left alone until the next sweep: a server that is down costs one attempt.
    """
    _dispatch(engine, channels)
    report = DeliveryReport()
    for channel in channels:
        report += _sweep(engine, channel, limit)
    return report


def after_failure(delivery: Delivery, now: datetime, error: str, *, retryable: bool) -> Delivery:
    """The delivery after its attempt failed: waiting for the next one, or dead."""
    text = "".join(char if char.isprintable() else " " for char in error)[:LONGEST_ERROR]
    if retryable and delivery.attempts < MOST_ATTEMPTS:
        return replace(delivery, error=text, retry_at=now + retry_after(delivery.attempts - 1))
    return replace(delivery, state=DeliveryState.DEAD, error=text, retry_at=None, settled_at=now)


def _dispatch(engine: Engine, channels: Sequence[Channel]) -> None:
    with engine.store.read() as work:
        if not work.deliveries.has_undispatched():
            return
    with engine.store.write() as work:
        now = engine.clock.now()
        found = work.deliveries.undispatched(FAN_OUT)
        deliveries = [
            Delivery(entry.entry_id, channel.name, retry_at=now)
            for entry, person in found
            for channel in channels
            if person is not None and person.active and channel.address_of(person)
        ]
        work.deliveries.dispatch([entry.entry_id for entry, _ in found], deliveries, now)


def _sweep(engine: Engine, channel: Channel, limit: int) -> DeliveryReport:
    with engine.store.read() as work:
        due = work.deliveries.due(channel.name, engine.clock.now(), limit)
    report = DeliveryReport()
    for entry_id in due:
        report += _deliver(engine, channel, entry_id)
        if report.put_off:
            break
    return report


def _deliver(engine: Engine, channel: Channel, entry_id: str) -> DeliveryReport:
    with engine.store.write() as work:
        now = engine.clock.now()
        claimed = work.deliveries.claim(entry_id, channel.name, now, now + LEASE)
        may_be_told = claimed is not None and _may_be_told(work, claimed.entry)
    if claimed is None:
        return DeliveryReport()
    address = channel.address_of(claimed.person) if claimed.person is not None and may_be_told else None
    outcome = _attempt(engine, channel, claimed, address)
    with engine.store.write() as work:
        work.deliveries.settle(outcome)
    match outcome.state:
        case DeliveryState.SENT:
            return DeliveryReport(sent=1)
        case DeliveryState.DEAD:
            return DeliveryReport(dead=1)
        case DeliveryState.WAITING:
            return DeliveryReport(put_off=1)


def _may_be_told(work: UnitOfWork, entry: OutboxEntry) -> bool:
    """As on the pages: whoever is still active, but nothing of a case that has come to accuse one's unit since."""
    actor = work.org.actor(entry.recipient)
    case = work.cases.get(entry.case_id) if entry.case_id else None
    return actor is not None and (case is None or actor.acting_units.isdisjoint(case.accused_units))


def _attempt(engine: Engine, channel: Channel, claimed: ClaimedDelivery, address: str | None) -> Delivery:
    delivery, person = claimed.delivery, claimed.person
    if person is None or address is None:
        gone = Message(
            "收件人已无地址、已停用或须回避", "the recipient has no address any more, is inactive or recused"
        )
        return after_failure(delivery, engine.clock.now(), str(gone), retryable=False)
    try:
        channel.send(notice_of(claimed.entry, person, address))
    except DeliveryFailed as error:
        return after_failure(delivery, engine.clock.now(), str(error.message), retryable=error.retryable)
    except Exception as error:  # the boundary of one item: the delivery keeps the reason, the others still go out
        log.exception("delivery_failed", entry_id=delivery.entry_id, channel=delivery.channel)
        reason = f"{type(error).__name__}: {error}"
        return after_failure(delivery, engine.clock.now(), reason, retryable=True)
    return replace(delivery, state=DeliveryState.SENT, retry_at=None, error=None, settled_at=engine.clock.now())
