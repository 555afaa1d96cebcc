"""The timer ledger as people and monitors read it: pages by key, bounded counts, how late firings were."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.records.ledger import LateFiring, LedgerCounts, LedgerQuery, LedgerRow
from engine.records.org import Actor
from engine.records.time import Timer, TimerState
from engine.store.repositories.searching import is_not_accused, may_see
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import case_file
from engine.store.tables.exchange import IS_DEAD, delivery
from engine.store.tables.exchange import IS_WAITING as IS_ON_ITS_WAY
from engine.store.tables.journal import incident
from engine.store.tables.time import IS_WAITING, timer

_TIMER = columns_of(Timer, timer)
_IS_WAITING = sa.text("timer.state = 'waiting'")


class Ledger:
    """Implements `LedgerRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(self, query: LedgerQuery, reader: Actor) -> tuple[LedgerRow, ...]:
        statement = (
            sa.select(
                *_TIMER,
                _ordered_by(query.state).label("at"),
                case_file.c.number,
                may_see(reader).label("is_visible"),
            )
            .select_from(timer.join(case_file, case_file.c.case_id == timer.c.case_id))
            .where(is_not_accused(reader), *_chosen(query))
            .order_by(*_order(query))
            .limit(query.size + 1)
        )
        return tuple(
            LedgerRow(
                record_of(Timer, row, timer),
                row.at,
                row.number if row.is_visible else None,
                bool(row.is_visible),
            )
            for row in self._connection.execute(statement)
        )

    def counts(self, now: datetime, up_to: int) -> LedgerCounts:
        waiting = sa.select(timer.c.timer_id).where(IS_WAITING)  # ix_timer_next
        due = waiting.where(timer.c.next_at <= now)
        retrying = due.where(timer.c.attempts > 0)
        open_ones = sa.select(incident.c.incident_id).where(incident.c.state == "open")  # ix_incident_by_state
        each = (waiting, due, retrying, open_ones)
        counted = self._connection.execute(sa.select(*(_count(one, up_to) for one in each))).one()
        return LedgerCounts(up_to, counted[0], counted[1], counted[2], counted[3])

    def lateness(self, since: datetime, limit: int) -> tuple[LateFiring, ...]:
        latest = (
            sa.select(timer.c.late_seconds, timer.c.by_outage)
            .where(timer.c.fired_at >= since)  # ix_timer_fired
            .order_by(timer.c.fired_at.desc())
            .limit(limit)
        )
        rows = self._connection.execute(latest)
        return tuple(LateFiring(r.late_seconds, r.by_outage) for r in rows if r.late_seconds is not None)

    def dead_letters(self, up_to: int) -> int:
        return self._bounded(sa.select(delivery.c.entry_id).where(IS_DEAD), up_to)  # ix_delivery_dead

    def waiting_deliveries(self, up_to: int) -> int:
        return self._bounded(sa.select(delivery.c.entry_id).where(IS_ON_ITS_WAY), up_to)  # ix_delivery_due

    def _bounded(self, rows: sa.Select[Any], up_to: int) -> int:
        return self._connection.scalar(sa.select(_count(rows, up_to))) or 0


def _count(rows: sa.Select[Any], up_to: int) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(rows.limit(up_to).subquery()).scalar_subquery()


def _chosen(query: LedgerQuery) -> list[sa.ColumnElement[bool]]:
    chosen: list[Any] = []
    if query.state is TimerState.WAITING:
        chosen.append(_IS_WAITING)
    elif query.state is not None:
        chosen.append(timer.c.state == query.state)
    if query.state is TimerState.FIRED:
        chosen.append(timer.c.fired_at.is_not(None))
    if query.kind is not None:
        chosen.append(timer.c.kind == query.kind)
    if query.by_outage:
        chosen.append(timer.c.by_outage)
    after = query.after
    if after is not None:
        at = _ordered_by(query.state)
        here = sa.tuple_(at, timer.c.timer_id)
        there = sa.tuple_(sa.literal(after.at, at.type), sa.literal(after.timer_id))
        # the first half is for the index
        ascending = query.state is TimerState.WAITING
        chosen += [at >= after.at, here > there] if ascending else [at <= after.at, here < there]
    return chosen


def _order(query: LedgerQuery) -> tuple[sa.ColumnElement[Any], ...]:
    at = _ordered_by(query.state)
    if query.state is TimerState.WAITING:
        return at, timer.c.timer_id
    return at.desc(), timer.c.timer_id.desc()


def _ordered_by(state: TimerState | None) -> sa.Column[Any]:
    """next_at by ix_timer_next, fired_at by ix_timer_fired, due_at by ix_timer_ledger."""
    match state:
        case TimerState.WAITING:
            return timer.c.next_at
        case TimerState.FIRED:
            return timer.c.fired_at
        case _:
            return timer.c.due_at
