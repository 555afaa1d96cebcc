"""What the timer ledger shows: its rows, what comes next, who looks, how late firings were, what outages did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.deadlines.office_tables import load_tables
from engine.deadlines.outage import HEARTBEAT, WorkerMark, workers_of
from engine.errors import Forbidden, Message, NotFound
from engine.ports.engine import Engine
from engine.records.ledger import LateFiring, LedgerCounts, LedgerQuery, LedgerRow, Place, TouchedTimer
from engine.records.org import Actor
from engine.records.time import DutyState, Outage

READERS = ("process_admin", "supervisor", "auditor")
"""Roles that may read the whole ledger; everybody else sees the timers of the cases that they may see."""
LATEST: Final = 10_000
"""Firings that the figures are made of, at most."""
COUNTED: Final = 1_000
"""The page counts so far: beyond, it says "more than"."""
SPANS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
OUTAGES: Final = 10


@dataclass(frozen=True)
class Lateness:
    """How long after their due instants timers fired; spans are zero where none fired."""

    fired: int
    by_outage: int
    median: timedelta
    p99: timedelta
    worst: timedelta


@dataclass(frozen=True)
class DutyLine:
    """A periodic duty with its next occurrence; `name` is None where the table has the row no more."""

    state: DutyState
    name: Message | None


@dataclass(frozen=True)
class Ledger:
    """`rows` as asked for; `following` is where the next page begins, None on the last one.

    `counts` are of the whole ledger, `lateness` of the firings of the last hour and day. `heartbeat_at` is when
    anybody last looked, `workers` who.
    """

    rows: tuple[LedgerRow, ...]
    following: Place | None
    counts: LedgerCounts
    next_due_at: datetime | None
    lateness: dict[str, Lateness]
    heartbeat_at: datetime | None
    workers: tuple[WorkerMark, ...]
    duties: tuple[DutyLine, ...]
    outages: tuple[Outage, ...]


@dataclass(frozen=True)
class OutageReport:
    """`timers` that the outage made late, the first due first; `following` as in `Ledger`."""

    outage: Outage
    timers: tuple[TouchedTimer, ...]
    following: Place | None


def read_ledger(engine: Engine, actor: Actor, query: LedgerQuery) -> Ledger:
    """A page of the ledger, without cases that accuse a unit of the actor's.

    Raises Forbidden for who is no admin, supervisor or auditor.
    """
    _only_readers(actor)
    now = engine.clock.now()
    with engine.store.read() as work:
        found = work.ledger.page(query, actor)
        mark = work.registers.mark(HEARTBEAT)
        rows = found[: query.size]
        duties = load_tables(engine, work).duties
        return Ledger(
            rows=rows,
            following=Place(rows[-1].at, rows[-1].timer.timer_id) if len(found) > query.size else None,
            counts=work.ledger.counts(now, COUNTED + 1),
            next_due_at=work.timers.next_due_at(),
            lateness={span: lateness_of(work.ledger.lateness(now - back, LATEST)) for span, back in SPANS.items()},
            heartbeat_at=mark["at"] if mark else None,
            workers=workers_of(work),
            duties=tuple(
                DutyLine(state, duty.name if (duty := duties.get(state.duty_id)) else None)
                for state in sorted(work.duties.all(), key=lambda state: state.next_at)
            ),
            outages=work.outages.newest(OUTAGES),
        )


def read_outage(
    engine: Engine, actor: Actor, outage_id: str, *, after: Place | None = None, size: int = 100
) -> OutageReport:
    """What an outage made late, by how much and whom that touches. Deadlines have not moved.

    Raises Forbidden for who may not read the ledger, NotFound.
    """
    _only_readers(actor)
    with engine.store.read() as work:
        outage = work.outages.get(outage_id)
        if outage is None:
            raise NotFound(Message("停机记录", "outage"), outage_id)
        found = work.outages.touched(outage, actor, after=after, limit=size + 1)
    timers = found[:size]
    following = Place(timers[-1].timer.due_at, timers[-1].timer.timer_id) if len(found) > size else None
    return OutageReport(outage, timers, following)


def lateness_of(firings: Sequence[LateFiring]) -> Lateness:
    """Figures over firings."""
    late = sorted(firing.late_seconds for firing in firings)
    return Lateness(
        fired=len(late),
        by_outage=sum(1 for firing in firings if firing.by_outage),
        median=_share(late, 50),
        p99=_share(late, 99),
        worst=_share(late, 100),
    )


def _share(late: Sequence[float], percent: int) -> timedelta:
    """The lateness that so many in a hundred do not exceed."""
    return timedelta(seconds=late[max(0, -(-len(late) * percent // 100) - 1)] if late else 0)


def _only_readers(actor: Actor) -> None:
    if not any(actor.holds(role) for role in READERS):
        raise Forbidden(
            Message(
                "只有流程管理员、督查人员和审计人员可以查看定时器总表。请在案件页查看本案的期限。",
                "Only process admins, supervisors and auditors read the timer ledger. See a case's page instead.",
            )
        )
