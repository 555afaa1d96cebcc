"""What the timer ledger shows: its rows, what comes next, and how late firings were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.deadlines.fire import last_heartbeat
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.time import Timer, TimerState

READERS = ("process_admin", "supervisor", "auditor")
"""Roles that may read the whole ledger; everybody else sees the timers of the cases that they may see."""


@dataclass(frozen=True)
class Lateness:
    """How long after their due instants timers fired; spans are zero where none fired."""

    fired: int
    by_outage: int
    median: timedelta
    worst: timedelta


@dataclass(frozen=True)
class Ledger:
    """`timers` as asked for; `overdue` counts those that could fire now; `heartbeat_at` is the last sweep."""

    timers: tuple[Timer, ...]
    next_due_at: datetime | None
    overdue: int
    lateness: Lateness
    heartbeat_at: datetime | None


def list_timers(engine: Engine, actor: Actor, *, state: str | None = None, limit: int = 200) -> Ledger:
    """The ledger, oldest due first, without cases that accuse a unit of the actor's.

    Raises Forbidden for who is no admin, supervisor or auditor.
    """
    if not any(actor.holds(role) for role in READERS):
        raise Forbidden(
            Message(
                "只有流程管理员、督查人员和审计人员可以查看定时器总表。请在案件页查看本案的期限。",
                "Only process admins, supervisors and auditors read the timer ledger. See a case's page instead.",
            )
        )
    now = engine.clock.now()
    with engine.store.read() as work:
        timers = work.timers.list(state=state, limit=limit, reader=actor)
        fired = work.timers.list(state=TimerState.FIRED.value, limit=limit, reader=actor)
        next_due_at = work.timers.next_due_at(reader=actor)
        overdue = len(work.timers.due(now, limit, reader=actor))
    return Ledger(timers, next_due_at, overdue, lateness_of(fired), last_heartbeat(engine))


def lateness_of(timers: Sequence[Timer]) -> Lateness:
    """Figures over those of `timers` that fired."""
    late = sorted(timer.late_seconds for timer in timers if timer.late_seconds is not None)
    return Lateness(
        fired=len(late),
        by_outage=sum(1 for timer in timers if timer.by_outage),
        median=timedelta(seconds=late[len(late) // 2] if late else 0),
        worst=timedelta(seconds=late[-1] if late else 0),
    )
