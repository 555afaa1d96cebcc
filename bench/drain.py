"""Draining a backlog of due timers with one worker process and with two; nothing lost, nothing done twice.

Four of five are timer events whose branch tells the holders of a role, the fifth is a row of the shipped ladder of
rule T5 that tells whoever has the task. Effects are counted afterwards, in the audit trails and in the outbox.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from time import perf_counter

import sqlalchemy as sa

from bench.backlog import Office, office_on
from bench.report import SAY_EVERY, Row, Unmeasured, at_least, none_of, say
from engine.store.tables.exchange import outbox
from engine.store.tables.journal import audit_entry
from engine.store.tables.time import timer

SCALE = 100_000
DATABASES = ("SQLite", "PostgreSQL")
WORKERS = (1, 2)
LEAST_PER_SECOND = 100.0
"""What a slow machine must reach, so that a day's backlog of a province is gone within the hour."""
PAST = datetime(2025, 10, 1, tzinfo=UTC)


def rows(
    scale: int = SCALE, *, databases: Sequence[str] = DATABASES, workers: Sequence[int] = WORKERS
) -> Iterator[Row]:
    for database in databases:
        for count in workers:
            with office_on(database) as office:
                name = f"drain, {database}, {count} worker{'s' if count > 1 else ''}"
                office.backlog(scale, first_due=PAST, apart=timedelta(milliseconds=1), name=name)
                seconds = drained(office, count, scale, name)
                lost, doubled = miscounted(office, scale)
                yield at_least(f"{name}: {scale} timers", "/s", scale / seconds, LEAST_PER_SECOND)
                yield none_of("  lost", lost)
                yield none_of("  fired or told twice", doubled)


def drained(office: Office, workers: int, scale: int, name: str) -> float:
    """Seconds from the word to begin until the last of the processes has found nothing more."""
    command = [sys.executable, "-m", "bench.sweeper", str(office.settings.home), office.settings.database_url]
    with ExitStack() as stack:
        sweepers = [
            stack.enter_context(
                subprocess.Popen([*command, f"w{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for n in range(workers)
        ]
        for sweeper in sweepers:
            if line_of(sweeper) != "ready":
                raise Unmeasured(f"{name}: a worker did not start")
        begun = perf_counter()
        for sweeper in sweepers:
            begin(sweeper)
        while any(sweeper.poll() is None for sweeper in sweepers):
            wait_for(sweepers)
            say(f"{name}: {fired_of(office)} of {scale} after {perf_counter() - begun:.0f} s")
        seconds = perf_counter() - begun
        fired = [int(line_of(sweeper)) for sweeper in sweepers]
    say(f"{name}: fired by each {fired}")
    return seconds


def fired_of(office: Office) -> int:
    with office.database.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).where(timer.c.fired_at.is_not(None))) or 0


def miscounted(office: Office, scale: int) -> tuple[int, int]:
    """Timers that left no trace, and traces or notifications beyond the first, by what the cases themselves say."""
    c = audit_entry.c
    firings = (
        sa.select(c.case_id, sa.func.count().label("n"))
        .where(c.event.in_(("TimerFired", "RungClimbed")))
        .group_by(c.case_id)
        .subquery()
    )
    told = (
        sa.select(outbox.c.case_id, outbox.c.recipient, sa.func.count().label("n"))
        .group_by(outbox.c.case_id, outbox.c.recipient)
        .subquery()
    )
    with office.database.connect() as connection:
        traced = connection.scalar(sa.select(sa.func.count()).select_from(firings)) or 0
        reached = connection.scalar(sa.select(sa.func.count(sa.distinct(told.c.case_id)))) or 0
        twice = connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(firings.c.n - 1), 0))) or 0
        twice_told = connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(told.c.n - 1), 0))) or 0
    return scale - min(traced, reached, fired_of(office)), int(twice) + int(twice_told)


def line_of(sweeper: subprocess.Popen[str]) -> str:
    assert sweeper.stdout is not None
    return sweeper.stdout.readline().strip()


def begin(sweeper: subprocess.Popen[str]) -> None:
    assert sweeper.stdin is not None
    sweeper.stdin.write("\n")
    sweeper.stdin.flush()


def wait_for(sweepers: list[subprocess.Popen[str]]) -> None:
    """Until all have ended, at most as long as nothing may be said."""
    until = perf_counter() + SAY_EVERY
    for sweeper in sweepers:
        try:
            sweeper.wait(timeout=max(0.01, until - perf_counter()))
        except subprocess.TimeoutExpired:
            return
