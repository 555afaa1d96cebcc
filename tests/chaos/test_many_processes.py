"""PostgreSQL, two web processes and four workers, two of one name: killed, frozen, and the database restarted."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from time import perf_counter

import psycopg
import pytest

from engine.config import Settings
from tests.chaos.processes import Member, duban, free_port, gunicorn, pause
from tests.chaos.storm import LEASE_SECONDS, STALL_SECONDS, Storm, log_of, storm, wait_for_one
from tests.postgres import Server, administer, url_of
from tests.smtp_server import running_mailbox

SEED = int(os.environ.get("DUBAN_CHAOS_SEED", "20260102"))
KILLS = 30
WORKERS = ("w1", "w2", "w3", "w3")
"""The name of the last two is the same: somebody copied a unit file."""
SWEEPS = 3
"""Of each worker, known to the queue one by one: timers, notices, migrations."""
RESTARTS = {8: signal.SIGQUIT, 16: signal.SIGINT, 24: signal.SIGQUIT}
"""After so many kills the database is restarted: by a crash, in order, by a crash."""
FREEZES = (4, 19)
FROZEN_SECONDS = max(LEASE_SECONDS, STALL_SECONDS) + 2
"""Longer than any lease, and than the silence after which a worker counts as dead."""


@pytest.fixture
def server() -> Iterator[Server]:
    """Commits are flushed, so that a crash of the server loses none."""
    made = Server({"synchronous_commit": "on", "max_connections": "100"})
    try:
        made.start()
        administer(made.directory, "CREATE DATABASE duban")
        yield made
    finally:
        made.remove()


def test_many_processes_are_killed_frozen_and_cut_off(tmp_path: Path, server: Server) -> None:
    ports = free_port(), free_port()
    web = [
        duban("waitress", log_of(tmp_path, "waitress"), "serve", f"--port={ports[0]}", ready="Ctrl+C"),
        gunicorn("gunicorn", log_of(tmp_path, "gunicorn"), ports[1]),
    ]
    workers = [
        duban(f"worker {n}", log_of(tmp_path, f"worker-{n}"), "worker", f"--name={name}", ready="worker_ready")
        for n, name in enumerate(WORKERS)
    ]
    settings = Settings(
        home=tmp_path / "home",
        database_url=url_of(server.directory, "duban"),
        cluster=True,
        heartbeat_seconds=0.5,
    )
    print(f"\nseed {SEED}")
    with (
        running_mailbox() as mailbox,
        storm(
            settings,
            [*web, *workers],
            [f"http://127.0.0.1:{port}" for port in ports],
            mailbox,
            seed=SEED,
            clerks=3,
            per_second=2.0,
        ) as it,
    ):
        it.begin()
        restarts = _rage(it, web, workers, server)
        it.settle()
        findings = it.account()
        _wait_until_the_dead_are_forgotten(server)
        assert [member.terminate() for member in (*workers, *web)] == [0] * len(it.members)
        assert _left_in_the_queue(server) == ([], 0)
    print(f"  restarts of the database {restarts}, freezes {sum(member.stops for member in workers)}")
    assert it.kills == KILLS
    assert restarts == len(RESTARTS)
    assert findings.counts["timers fired"] > 50
    assert findings.counts["mails"] > 10


def _rage(it: Storm, web: list[Member], workers: list[Member], server: Server) -> int:
    restarts = 0
    struck: list[Member] = []
    frozen: dict[Member, Timer] = {}
    while it.kills < KILLS:
        # at most two are on their way up, so that there is always somebody to hit at work
        victim = it.chance.choice([*web, *workers, *workers])
        struck = [member for member in struck if not member.is_ready]
        frozen = {member: thaw for member, thaw in frozen.items() if thaw.is_alive()}
        if victim in frozen or (victim in struck and it.chance.random() < 0.8):
            pause(0.1)
            continue
        if len(struck) >= 2:
            wait_for_one(struck)
        it.strike(victim)
        struck.append(victim)
        if it.kills in FREEZES:
            worker = it.chance.choice([w for w in workers if w not in struck and w not in frozen])
            frozen[worker] = _freeze(worker)
        if it.kills in RESTARTS:
            _restart(server, RESTARTS[it.kills])
            restarts += 1
        pause(it.chance.uniform(0.1, 1.2))
    for thaw in frozen.values():
        thaw.join()
    return restarts


def _freeze(worker: Member) -> Timer:
    """The others go on, and are killed, meanwhile."""
    worker.freeze()
    thaw = Timer(FROZEN_SECONDS, worker.thaw)
    thaw.start()
    return thaw


def _restart(server: Server, how: signal.Signals) -> None:
    server.stop(how)
    pause(1.0)
    server.start()


def _wait_until_the_dead_are_forgotten(server: Server) -> None:
    """By whoever is left: their silence has to be long enough."""
    deadline = perf_counter() + 2 * STALL_SECONDS
    while _left_in_the_queue(server)[1] > SWEEPS * len(WORKERS) and perf_counter() < deadline:
        pause(0.5)


def _left_in_the_queue(server: Server) -> tuple[list[tuple[object, ...]], int]:
    """Jobs that somebody holds though nobody is left, and how many workers are still known."""
    with psycopg.connect(host=server.directory, user="postgres", dbname="duban") as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'duban_queue_%'").fetchall()
        ((schema,),) = found
        identifier = psycopg.sql.Identifier(schema)
        held = connection.execute(
            psycopg.sql.SQL(
                "SELECT id, task_name, status FROM {}.procrastinate_jobs WHERE status <> 'todo'"
            ).format(identifier)
        ).fetchall()
        known = connection.execute(
            psycopg.sql.SQL("SELECT count(*) FROM {}.procrastinate_workers").format(identifier)
        ).fetchall()
    return held, known[0][0]
