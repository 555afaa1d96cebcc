"""One heartbeat with a million waiting timers against one with a thousand, taken in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta

import sqlalchemy as sa

from bench.backlog import FAR_OFF, STARTED_AT, Office, office_on
from bench.drain import DATABASES
from bench.report import Row, progress, share, timed
from engine.deadlines.fire import fire_due_timers
from engine.store.tables.time import timer
from engine.store.types import UtcDateTime

FEW, MANY = 1_000, 1_000_000
REPETITIONS = 400
CASES = 100
CHUNK = 100_000
_OWN = ("timer_id", "due_at", "next_at")


def rows(
    many: int = MANY, few: int = FEW, repetitions: int = REPETITIONS, *, databases: Sequence[str] = DATABASES
) -> Iterator[Row]:
    for database in databases:
        with ExitStack() as stack:
            offices = [stack.enter_context(office_on(database)) for _ in range(2)]
            for office, count in zip(offices, (many, few), strict=True):
                wait(office, count, f"heartbeat, {database}")
            beats = [lambda office=office: fire_due_timers(office.engine, worker="w1") for office in offices]
            taken = timed(f"heartbeat, {database}", beats, repetitions)
            yield share(f"heartbeat, {database}, {many} waiting", "ms", taken, f"{few} waiting", 1.3)


def wait(office: Office, count: int, name: str) -> None:
    """So many waiting timers, spread over years and over a hundred cases."""
    office.backlog(min(count, CASES), first_due=FAR_OFF, apart=timedelta(days=1), name=name)
    base = UtcDateTime().process_bind_param(STARTED_AT + timedelta(days=1), office.database.dialect)
    for first in progress(f"{name}: waiting timers, {CHUNK} each", range(0, count, CHUNK)):
        with office.database.begin() as connection:
            connection.execute(_more(office, min(count - first, CHUNK)), {"first": first, "base": base})
    with office.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _more(office: Office, count: int) -> sa.TextClause:
    """Copies of the timers that are there, a minute apart."""
    names = ", ".join(f"t.{column.name}" for column in timer.columns if column.name not in _OWN)
    if office.database.dialect.name == "sqlite":
        series = "WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < {last})"
        due_at = ":base + (s.i + :first) * 60000000"
    else:
        series = "WITH s AS (SELECT generate_series(0, {last}) AS i)"
        due_at = "CAST(:base AS timestamptz) + (s.i + :first) * interval '1 minute'"
    source = (
        f"(SELECT *, row_number() OVER (ORDER BY timer_id) - 1 AS n FROM timer WHERE due_at >= :base LIMIT {CASES})"
    )
    return sa.text(
        f"{series.format(last=count - 1)} INSERT INTO timer ({names.replace('t.', '')}, {', '.join(_OWN)})"
        f" SELECT {names}, 'waiting-' || (s.i + :first), {due_at}, {due_at} FROM s JOIN {source} t"
        f" ON t.n = s.i % (SELECT count(*) FROM {source} c)"
    )
