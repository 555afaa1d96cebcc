"""The queue between worker processes: it carries every beat, drops what the dead left, and comes back by itself."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import psycopg.sql
import pytest

from engine.clock.system import SystemClock
from engine.edge.cluster import ClusterWorker, Pace, Sweep, prepare_queue
from engine.store.connection import conninfo_of
from tests.postgres import administer

PACE = Pace(heartbeat=0.05, stall=1.0)


@pytest.fixture
def conninfo(postgres_url: str) -> Iterator[str]:
    info = conninfo_of(postgres_url)
    yield info
    with psycopg.connect(info, autocommit=True) as connection:
        for (schema,) in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'duban_queue_%'"):
            drop = psycopg.sql.SQL("DROP SCHEMA {} CASCADE").format(psycopg.sql.Identifier(schema))
            connection.execute(drop)


class Tally:
    """Counts what ran, and wakes whoever waits for a number."""

    def __init__(self) -> None:
        self.ran: Counter[str] = Counter()
        self._changed = threading.Condition()

    def sweep(self, name: str, then: Callable[[], object] = lambda: None) -> Sweep:
        def run() -> None:
            with self._changed:
                self.ran[name] += 1
                self._changed.notify_all()
            then()

        return Sweep(name, run)

    def wait(self, name: str, times: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.ran[name] >= times, timeout=30), self.ran


class Working:
    """Workers in threads, as processes would be; `stop` waits for all of them."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._pool = ThreadPoolExecutor(8)
        self._workers: list[ClusterWorker] = []

    def start(self, name: str, *sweeps: Sweep) -> ClusterWorker:
        worker = ClusterWorker(self._conninfo, SystemClock(), sweeps, PACE, name=name)
        self._workers.append(worker)
        self._pool.submit(worker.run, handle_signals=False)
        return worker

    def stop(self) -> None:
        for worker in self._workers:
            worker.stop()
        self._pool.shutdown()


@pytest.fixture
def working(conninfo: str) -> Iterator[Working]:
    working = Working(conninfo)
    yield working
    working.stop()


def jobs(conninfo: str) -> list[tuple[str, str]]:
    return rows(conninfo, "SELECT task_name, status::text FROM {}.procrastinate_jobs ORDER BY id")


def rows(conninfo: str, query: str) -> list[tuple[str, str]]:
    schema = psycopg.sql.Identifier(prepare_queue(conninfo))
    with psycopg.connect(conninfo) as connection:
        found: list[tuple[str, str]] = connection.execute(psycopg.sql.SQL(query).format(schema)).fetchall()
    return found


def test_every_beat_asks_for_every_sweep(conninfo: str, working: Working) -> None:
    tally = Tally()
    working.start("w", tally.sweep("timers"), tally.sweep("notices"))
    tally.wait("timers", 3)
    tally.wait("notices", 3)


def test_several_workers_beat_as_one(conninfo: str, working: Working) -> None:
    """Ticks are unique: five workers do not sweep five times as often."""
    tally = Tally()
    for n in range(3):
        working.start(f"w{n}", tally.sweep("timers"))
    began = SystemClock().now()
    tally.wait("timers", 20)
    assert (SystemClock().now() - began).total_seconds() >= 18 * PACE.heartbeat


def test_a_sweep_that_hangs_holds_up_neither_the_other_nor_the_queue(conninfo: str, working: Working) -> None:
    tally, go_on = Tally(), threading.Event()
    working.start("w", tally.sweep("timers"), tally.sweep("notices", go_on.wait))
    tally.wait("notices", 1)
    tally.wait("timers", 10)
    waiting = [status for name, status in jobs(conninfo) if name == "notices"]
    assert sorted(waiting) in (["doing"], ["doing", "todo"])
    go_on.set()


def test_what_is_done_leaves_no_row(conninfo: str, working: Working) -> None:
    tally = Tally()
    worker = working.start("w", tally.sweep("timers"))
    tally.wait("timers", 10)
    worker.stop()
    working.stop()
    assert [status for _, status in jobs(conninfo) if status != "todo"] == []
    assert rows(conninfo, "SELECT id::text, '' FROM {}.procrastinate_workers") == []
    assert len(rows(conninfo, "SELECT id::text, '' FROM {}.procrastinate_events")) <= 2


def test_jobs_of_the_dead_are_dropped(conninfo: str, working: Working) -> None:
    schema = psycopg.sql.Identifier(prepare_queue(conninfo))
    with psycopg.connect(conninfo) as connection:
        connection.execute(psycopg.sql.SQL("SET search_path TO {}").format(schema))
        connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour');"
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
            "SELECT 'elsewhere', 'elsewhere', 'doing', id FROM procrastinate_workers"
        )
    assert jobs(conninfo) == [("elsewhere", "doing")]
    tally = Tally()
    working.start("w", tally.sweep("timers"))
    tally.wait("timers", 2)
    for _ in range(100):
        if "elsewhere" not in {name for name, _ in jobs(conninfo)}:
            break
        threading.Event().wait(0.05)
    assert "elsewhere" not in {name for name, _ in jobs(conninfo)}


def test_a_worker_whose_connections_are_cut_comes_back(
    conninfo: str, postgres_cluster: str, working: Working
) -> None:
    tally = Tally()
    working.start("w", tally.sweep("timers"))
    tally.wait("timers", 2)
    for _ in range(2):
        administer(
            postgres_cluster,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = 'duban' AND pid <> pg_backend_pid()",
        )
        tally.wait("timers", tally.ran["timers"] + 3)


def test_any_number_may_start_at_once(conninfo: str) -> None:
    with ThreadPoolExecutor(5) as pool:
        names = set(pool.map(prepare_queue, [conninfo] * 5))
    assert len(names) == 1


def test_a_queue_that_nobody_uses_any_more_is_dropped(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for name, age in (("duban_queue_old", "2 hours"), ("duban_queue_rolling", "1 minute")):
            schema = psycopg.sql.Identifier(name)
            connection.execute(psycopg.sql.SQL("CREATE SCHEMA {}").format(schema))
            connection.execute(
                psycopg.sql.SQL(
                    "CREATE TABLE {}.procrastinate_workers AS SELECT now() - {}::interval AS last_heartbeat"
                ).format(schema, age)
            )
        current = prepare_queue(conninfo)
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'duban_queue_%'").fetchall()
    assert {name for (name,) in found} == {current, "duban_queue_rolling"}
