"""From the outbox to the channels: what is ripe is bundled, and a delivery is entered for each channel.

What is urgent or overdue is ripe at once; the rest waits a minute, so that what fires together goes out together.
Everything happens in one transaction, and only one process does it at a time: an entry is dispatched once, alone or
in one digest. The work is bounded by what is ripe, never by what lies in the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from engine.notifications.digest import DIGEST_FROM, bundles, digest_of
from engine.notifications.quiet import send_at, wants
from engine.ports.channel import Channel
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.delivery import Delivery
from engine.records.reach import Recipient
from engine.records.step import AT_ONCE, OutboxEntry

WINDOW = timedelta(seconds=60)
"""How long what is neither urgent nor overdue waits for others to go out with."""
FAN_OUT = 200
"""Ripe entries dispatched by one transaction."""
MOST_GATHERED = 2000
"""Entries that one transaction bundles at most: what is over goes into the next digest."""


def dispatch(engine: Engine, channels: Sequence[Channel]) -> int:
    """Dispatches what is ripe. Returns how many entries of the outbox that were."""
    cutoff = engine.clock.now() - WINDOW
    with engine.store.read() as work:
        if not work.deliveries.has_ripe(cutoff):
            return 0
    with engine.store.write() as work:
        if not work.deliveries.begin_dispatch():
            return 0
        now = engine.clock.now()
        ready = _ready(work, now)
        recipients = work.deliveries.recipients(sorted({entry.recipient for entry in ready}))
        digests = _digests(work, ready, recipients, now)
        bundled = set(chain.from_iterable(digests.values()))
        alone = [entry for entry in ready if entry.entry_id not in bundled and entry.read_at is None]
        zone = engine.settings.timezone
        deliveries = [
            Delivery(entry.entry_id, channel.name, retry_at=send_at(to.preference, entry.level, now, zone))
            for entry in (*alone, *digests)
            if (to := recipients.get(entry.recipient)) is not None and to.person.active
            for channel in channels
            if channel.address_of(to.person, to.preference) and wants(to.preference, entry.level, channel.name)
        ]
        work.deliveries.dispatch([entry.entry_id for entry in ready], deliveries, now, digests=digests)
    return len(ready)


def _ready(work: UnitOfWork, now: datetime) -> list[OutboxEntry]:
    """What is ripe, and what its recipients would be told within the minute anyway."""
    ripe = work.deliveries.ripe(now - WINDOW, FAN_OUT)
    ready = {entry.entry_id: entry for entry in ripe}
    calm = {entry.recipient for entry in ripe if entry.level not in AT_ONCE}
    for entry in work.deliveries.gathered(sorted({entry.recipient for entry in ripe}), MOST_GATHERED):
        if entry.level in AT_ONCE or entry.recipient in calm:
            ready.setdefault(entry.entry_id, entry)
    return list(ready.values())


def _digests(
    work: UnitOfWork, ready: Sequence[OutboxEntry], recipients: Mapping[str, Recipient], now: datetime
) -> dict[OutboxEntry, tuple[str, ...]]:
    """Digests and the ids of their members. Of a case that accuses the recipient's units, nothing is counted."""
    groups = [group for group in bundles(ready) if (to := recipients.get(group[0].recipient)) and to.person.active]
    case_ids = {entry.case_id for group in groups for entry in group if entry.case_id is not None}
    accused = work.deliveries.accused(sorted(case_ids))
    digests = {}
    for group in groups:
        units = recipients[group[0].recipient].units
        known = [e for e in group if e.case_id is None or units.isdisjoint(accused.get(e.case_id, ()))]
        if len(known) >= DIGEST_FROM:
            digests[digest_of(known, now)] = tuple(entry.entry_id for entry in known)
    return digests
