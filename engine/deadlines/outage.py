"""Outages: times in which nothing looked at the ledger.

Every sweep leaves a mark, whichever process does it: a gap between marks means that no worker at all looked. What
fell due in the gap fires late by it, and deadlines do not move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from engine.config import Settings
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.time import Outage, Timer
from engine.values import Data

HEARTBEAT: Final = "heartbeat"
OF_WORKER: Final = f"{HEARTBEAT}:"
LATEST: Final = 20
"""Outages that a late timer may belong to; what is older has long fired."""
FORGET_AFTER: Final = timedelta(days=2)
"""A worker that has not looked for so long is gone."""


@dataclass(frozen=True)
class Outages:
    """The latest outages, the newest first."""

    latest: Sequence[Outage] = ()

    def of(self, timer: Timer) -> Outage | None:
        """The outage in which the timer fell due and was not fired. None once it has been tried."""
        if timer.attempts:
            return None
        return next((o for o in self.latest if o.down_from < timer.due_at <= o.up_at), None)


@dataclass(frozen=True)
class WorkerMark:
    """What a worker says of itself: when it last looked, and what it has done since `since`."""

    worker: str
    at: datetime
    since: datetime
    fired: int
    failed: int


def longest_gap(settings: Settings) -> timedelta:
    """How long nobody may look before it is an outage."""
    return max(timedelta(seconds=60), timedelta(seconds=10 * settings.heartbeat_seconds))


def look(engine: Engine, *, watched: bool) -> Outages:
    """The latest outages, with the one that ends with this look, where nothing had looked for too long.

    `watched`: this process knows that it has looked lately, whatever the marks say; then only the clock was moved.
    A mark from the future is no gap either.
    """
    now = engine.clock.now()
    with engine.store.read() as work:
        mark = work.registers.mark(HEARTBEAT)
        latest = work.outages.newest(LATEST)
    if watched or mark is None or now - mark["at"] <= longest_gap(engine.settings):
        return Outages(latest)
    noticed = Outage(_outage_id(mark["at"]), mark["at"], now, fired=0, failed=0, worst_seconds=0.0)
    with engine.store.write() as work:
        work.outages.add(noticed)
        work.registers.set_mark(HEARTBEAT, {**mark, "at": now})
        return Outages(work.outages.newest(LATEST))


def leave_mark(work: UnitOfWork, worker: str, now: datetime, *, fired: int, failed: int) -> None:
    """Says that the ledger was looked at, and by whom."""
    known = work.registers.mark(OF_WORKER + worker) or {"since": now, "fired": 0, "failed": 0}
    work.registers.set_mark(HEARTBEAT, {"at": now, "worker": worker})
    mine = {"at": now, "since": known["since"], "fired": known["fired"] + fired, "failed": known["failed"] + failed}
    work.registers.set_mark(OF_WORKER + worker, mine)


def forget_workers(engine: Engine) -> None:
    """Drops the marks of workers that are long gone."""
    now = engine.clock.now()
    with engine.store.write() as work:
        marks: Mapping[str, Data] = work.registers.marks(OF_WORKER)
        gone = [name for name, mark in marks.items() if abs(now - mark["at"]) > FORGET_AFTER]
        if gone:
            work.registers.drop_marks(gone)


def last_heartbeat(engine: Engine) -> datetime | None:
    """When timers were last looked for, None before the first time."""
    with engine.store.read() as work:
        mark = work.registers.mark(HEARTBEAT)
    return mark["at"] if mark else None


def workers_of(work: UnitOfWork) -> tuple[WorkerMark, ...]:
    """By name."""
    marks = work.registers.marks(OF_WORKER)
    return tuple(
        WorkerMark(name.removeprefix(OF_WORKER), mark["at"], mark["since"], mark["fired"], mark["failed"])
        for name, mark in sorted(marks.items())
    )


def _outage_id(down_from: datetime) -> str:
    """The same for all who notice it."""
    return str(uuid5(NAMESPACE_OID, f"outage:{down_from.isoformat()}"))
