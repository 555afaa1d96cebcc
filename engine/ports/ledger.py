"""Repositories behind the ledger's page: its rows and figures, and outages."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from engine.records.ledger import LateFiring, LedgerCounts, LedgerQuery, LedgerRow, Place, TouchedTimer
from engine.records.org import Actor
from engine.records.time import Outage


class LedgerRepository(Protocol):
    """The ledger as read by people and by monitors."""

    def page(self, query: LedgerQuery, reader: Actor) -> tuple[LedgerRow, ...]:
        """One row more than `query.size` where there are more. Without cases that accuse the reader's units."""
        ...

    def counts(self, now: datetime, up_to: int) -> LedgerCounts:
        """Of the whole ledger. Reads at most `up_to` rows of each kind."""
        ...

    def lateness(self, since: datetime, limit: int) -> tuple[LateFiring, ...]:
        """Of the latest firings, at most `limit`. One statement (ix_timer_fired)."""
        ...

    def dead_letters(self, up_to: int) -> int:
        """Notifications that were given up. Counts up to `up_to`."""
        ...

    def waiting_deliveries(self, up_to: int) -> int:
        """Deliveries on their way. Counts up to `up_to`."""
        ...


class OutageRepository(Protocol):
    """Times in which nothing looked at the ledger."""

    def add(self, outage: Outage) -> None:
        """Does nothing where it is there: several workers may notice the same one."""
        ...

    def count(self, outage_id: str, *, fired: int, failed: int, worst_seconds: float) -> None:
        """Adds to what stands, and keeps the worse of the two latenesses."""
        ...

    def newest(self, limit: int) -> tuple[Outage, ...]: ...
    def get(self, outage_id: str) -> Outage | None: ...
    def touched(
        self, outage: Outage, reader: Actor, *, after: Place | None, limit: int
    ) -> tuple[TouchedTimer, ...]:
        """The first due first, those that failed among them. Without cases that accuse the reader's units."""
        ...
