"""Sends the outbox through the channels: first a delivery is entered for each channel that reaches the recipient
(`engine.notifications.dispatch`), then each due one is claimed, sent outside any transaction, and settled.

A delivery that comes due in its recipient's quiet hours is put back to their end: also a retry, and also where the
hours were chosen later.

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
from engine.notifications.digest import digest_text
from engine.notifications.dispatch import dispatch
from engine.notifications.notice import notice_of
from engine.notifications.quiet import send_at, wants
from engine.ports.channel import Channel
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.delivery import ClaimedDelivery, Delivery, DeliveryState
from engine.records.step import DIGEST, OutboxEntry
from engine.tasks.rights import is_accused

MOST_ATTEMPTS = 8
"""After these a delivery is dead: with the waits between them, half a day."""
MOST_PUT_OFF = 5
"""Attempts in vain that one sweep makes through a channel at most: each may take seconds."""
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

    A channel that refuses for now is left alone until the next sweep: a server that is down costs one attempt, and
    some people's robots that are down cost a few.
    """
    dispatch(engine, channels)
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


def _sweep(engine: Engine, channel: Channel, limit: int) -> DeliveryReport:
    with engine.store.read() as work:
        due = work.deliveries.due(channel.name, engine.clock.now(), limit)
    report = DeliveryReport()
    for entry_id in due:
        outcome, goes_on = _deliver(engine, channel, entry_id)
        report += outcome
        if not goes_on or report.put_off >= MOST_PUT_OFF:
            break
    return report


def _deliver(engine: Engine, channel: Channel, entry_id: str) -> tuple[DeliveryReport, bool]:
    """What came of it, and whether the channel is fit for others meanwhile."""
    zone = engine.settings.timezone
    with engine.store.write() as work:
        now = engine.clock.now()
        claimed = work.deliveries.claim(
            entry_id, channel.name, now, now + timedelta(seconds=engine.settings.lease_seconds)
        )
        if claimed is None:
            return DeliveryReport(), True
        to = claimed.recipient
        if to is not None and (later := send_at(to.preference, claimed.entry.level, now, zone)) > now:
            work.deliveries.hold(claimed.delivery, later)
            return DeliveryReport(), True
        if to is not None and (
            claimed.entry.read_at is not None or not wants(to.preference, claimed.entry.level, channel.name)
        ):
            needless = replace(claimed.delivery, state=DeliveryState.DISCARDED, retry_at=None, settled_at=now)
            work.deliveries.settle(needless)
            return DeliveryReport(), True
        entry = _tellable(work, claimed.entry, now)
    outcome, goes_on = _attempt(engine, channel, claimed, entry)
    with engine.store.write() as work:
        work.deliveries.settle(outcome)
    match outcome.state:
        case DeliveryState.SENT:
            return DeliveryReport(sent=1), True
        case DeliveryState.DEAD:
            return DeliveryReport(dead=1), True
        case _:
            return DeliveryReport(put_off=1), goes_on


def _tellable(work: UnitOfWork, entry: OutboxEntry, now: datetime) -> OutboxEntry | None:
    """As on the pages: whoever is still active, but nothing of a case that has come to accuse one's unit since.

    A digest counts what may still be told.
    """
    actor = work.org.actor(entry.recipient, now)
    if actor is None:
        return None
    if entry.topic == DIGEST:
        members = work.deliveries.members([entry.entry_id], reader=actor)
        text = digest_text(members)
        return replace(entry, text_zh=text.zh, text_en=text.en) if members else None
    case = work.cases.get(entry.case_id) if entry.case_id else None
    return entry if case is None or not is_accused(actor, case) else None


def _attempt(
    engine: Engine, channel: Channel, claimed: ClaimedDelivery, entry: OutboxEntry | None
) -> tuple[Delivery, bool]:
    """The delivery after the attempt, and whether the channel is fit for others meanwhile."""
    delivery, to = claimed.delivery, claimed.recipient
    address = channel.address_of(to.person, to.preference) if to is not None else None
    if to is None or entry is None or address is None:
        gone = Message(
            "收件人已无地址、已停用或须回避", "the recipient has no address any more, is inactive or recused"
        )
        return after_failure(delivery, engine.clock.now(), str(gone), retryable=False), True
    try:
        channel.send(notice_of(entry, to.person, address, public_url=engine.settings.public_url))
    except DeliveryFailed as error:
        now = engine.clock.now()
        return after_failure(delivery, now, str(error.message), retryable=error.retryable), error.only_here
    except Exception as error:  # the boundary of one item: the delivery keeps the reason, the others still go out
        log.exception("delivery_failed", entry_id=delivery.entry_id, channel=delivery.channel)
        reason = f"{type(error).__name__}: {error}"
        return after_failure(delivery, engine.clock.now(), reason, retryable=True), False
    now = engine.clock.now()
    return replace(delivery, state=DeliveryState.SENT, retry_at=None, error=None, settled_at=now), True
