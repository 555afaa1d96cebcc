"""Worker processes on any number of hosts share the sweeps of one database. The only importer of Procrastinate.

The ledger decides what is due; the queue only carries the beat to whoever is free. A job holds nothing, so one that
is lost with its worker loses nothing: the next beat brings another. Every worker beats; a beat counts once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import psycopg.sql
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from procrastinate.tasks import Task
from procrastinate.worker import Worker

from engine.clock.port import Clock

_SCHEMA = "duban_queue_"
_SCHEMA_LOCK = 0x_D0BA_A0D4
_OBSOLETE = "1 hour"
"""A queue of another version whose workers have all been silent for so long is dropped."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
"""Seconds between attempts to get back to the database."""
_POOL_TIMEOUT = 5.0
_LOCK_TIMEOUT = "SET lock_timeout = '5s'"
AnyTask = Task[Any, Any, Any]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sweep:
    """Something that every beat asks for. `run` is called in a plain thread and answers for its own errors.

    `name` is also the queue's. At most `concurrency` run at once in one process; sweeps never wait for each other.
    """

    name: str
    run: Callable[[], None]
    concurrency: int = 1


@dataclass(frozen=True)
class Pace:
    """How fast a worker beats, and after which silence it counts as dead (seconds)."""

    heartbeat: float
    stall: float


class ClusterWorker:
    """One worker process, from `run` until SIGTERM, SIGINT or `stop`. A lost database is waited for."""

    def __init__(self, conninfo: str, clock: Clock, sweeps: Sequence[Sweep], pace: Pace, *, name: str) -> None:
        self._conninfo = conninfo
        self._clock = clock
        self._sweeps = tuple(sweeps)
        self._pace = pace
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def run(self, *, handle_signals: bool = True) -> None:
        """Returns once it was told to stop and everything it held is finished."""
        asyncio.run(self._live(handle_signals))

    def stop(self) -> None:
        """From any thread, at any time."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def _live(self, handle_signals: bool) -> None:
        self._loop = asyncio.get_running_loop()
        # it reports each lost connection with pages of its own stack; below it is one line
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        threads = sum(sweep.concurrency for sweep in self._sweeps)
        self._loop.set_default_executor(ThreadPoolExecutor(threads + 1, thread_name_prefix="sweep"))
        if handle_signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                self._loop.add_signal_handler(number, self._stopping.set)
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            began = self._loop.time()
            try:
                await self._attend()
            except (psycopg.OperationalError, ConnectorException) as error:
                log.warning("queue_away", worker=self._name, reason=_reason(error))
            except Exception:
                log.exception("worker_failed", worker=self._name)
            if self._loop.time() - began > self._pace.stall:
                pause = _FIRST_PAUSE
            await self._pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        log.info("worker_stopped", worker=self._name)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _attend(self) -> None:
        """Takes part until told to stop, or until something fails: then raises it."""
        schema = await asyncio.to_thread(prepare_queue, self._conninfo)
        lost = asyncio.Event()
        app = App(connector=_connector(self._conninfo, schema, len(self._sweeps) + 3, lost))
        tasks = {sweep.name: _task(app, sweep) for sweep in self._sweeps}
        async with app.open_async():
            workers = [self._worker(app, sweep) for sweep in self._sweeps]
            log.info("worker_ready", worker=self._name)
            running: list[asyncio.Task[None]] = [asyncio.create_task(_run(worker)) for worker in workers]
            running += [asyncio.create_task(self._beat(app, tasks)), asyncio.create_task(self._tidy(app))]
            waiting = [asyncio.create_task(event.wait()) for event in (self._stopping, lost)]
            await asyncio.wait([*running, *waiting], return_when=asyncio.FIRST_COMPLETED)
            # what is held is finished, whatever the reason to end
            for worker in workers:
                worker.stop()  # type: ignore[no-untyped-call]
            for task in (*running[len(workers) :], *waiting):
                task.cancel()
            outcomes = await asyncio.gather(*running, *waiting, return_exceptions=True)
        if not self._stopping.is_set():
            failures = [o for o in outcomes if isinstance(o, Exception)]
            raise failures[0] if failures else psycopg.OperationalError("a connection of the queue was lost")

    def _worker(self, app: App, sweep: Sweep) -> Worker:
        return Worker(
            app=app,
            queues=[sweep.name],
            name=self._name,
            concurrency=sweep.concurrency,
            fetch_job_polling_interval=self._pace.heartbeat,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self._pace.stall / 3,
            stalled_worker_timeout=self._pace.stall,
        )

    async def _beat(self, app: App, tasks: Mapping[str, AnyTask]) -> None:
        """At every tick of the clock each sweep is asked for, unless it is waiting in the queue still."""
        while True:
            now = self._clock.now().timestamp()
            tick = int(now / self._pace.heartbeat)
            for sweep in self._sweeps:
                if not list(await app.job_manager.list_jobs_async(queue=sweep.name, status=Status.TODO.value)):
                    # hosts whose clocks differ beat more often than needed, never less
                    job = tasks[sweep.name].configure(task_kwargs={"timestamp": tick}).job
                    await app.job_manager.defer_periodic_job(job, periodic_id="", defer_timestamp=tick)
            await asyncio.sleep((tick + 1) * self._pace.heartbeat - now)

    async def _tidy(self, app: App) -> None:
        """Drops dead workers and the jobs that they held: any worker does it for all."""
        while True:
            await app.job_manager.prune_stalled_workers(self._pace.stall)
            stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._pace.stall))
            for job in stalled:
                await _drop(app, job.id)
            if stalled:
                log.warning("stalled_jobs_dropped", worker=self._name, jobs=len(stalled))
            await asyncio.sleep(self._pace.stall / 2)


def prepare_queue(conninfo: str) -> str:
    """Makes the queue's own schema where it is missing, and returns its name: one for each version of the queue.

    Old and new workers work side by side during an upgrade, each through the queue that it knows. Any number of
    processes may start at once. Raises psycopg.OperationalError.
    """
    definition = SchemaManager.get_schema()
    name = _SCHEMA + hashlib.sha256(definition.encode()).hexdigest()[:8]
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_SCHEMA_LOCK])
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [f"{_SCHEMA}%"])
        existing = {row[0] for row in found}
        if name not in existing:
            schema = psycopg.sql.Identifier(name)
            connection.execute(psycopg.sql.SQL("CREATE SCHEMA {}").format(schema))
            connection.execute(psycopg.sql.SQL("SET LOCAL search_path TO {}").format(schema))
            connection.execute(definition)
        for other in existing - {name}:
            _drop_obsolete(connection, psycopg.sql.Identifier(other))
    return name


def _drop_obsolete(connection: psycopg.Connection[Any], schema: psycopg.sql.Identifier) -> None:
    alive = connection.execute(
        psycopg.sql.SQL(
            "SELECT EXISTS (SELECT FROM {}.procrastinate_workers WHERE last_heartbeat > now() - {}::interval)"
        ).format(schema, _OBSOLETE)
    ).fetchone()
    if alive == (False,):
        connection.execute(psycopg.sql.SQL("DROP SCHEMA {} CASCADE").format(schema))


def _task(app: App, sweep: Sweep) -> AnyTask:
    @app.task(name=sweep.name, queue=sweep.name)
    def carry(**_beat: Any) -> None:
        sweep.run()

    return carry


async def _run(worker: Worker) -> None:
    await worker.run()  # type: ignore[no-untyped-call]


def _connector(conninfo: str, schema: str, connections: int, lost: asyncio.Event) -> PsycopgConnector:
    search_path = psycopg.sql.SQL("SET search_path TO {}").format(psycopg.sql.Identifier(schema))

    async def configure(connection: psycopg.AsyncConnection[Any]) -> None:
        # a transaction for each statement: a host that loses its network between one and its commit would hold up
        # every other worker's beat for as long as the server believes in it
        await connection.set_autocommit(True)
        await connection.execute(search_path)
        await connection.execute(_LOCK_TIMEOUT)

    return _Watched(
        lost,
        conninfo=conninfo,
        configure=configure,
        min_size=1,
        max_size=connections,
        timeout=_POOL_TIMEOUT,
    )


class _Watched(PsycopgConnector):
    """Says when the database was not there for a statement: a worker then starts over, as a new one.

    Without that, a job whose end could not be written would stay with a worker that is alive, for ever.
    """

    def __init__(self, lost: asyncio.Event, **options: Any) -> None:
        super().__init__(**options)
        self._lost = lost

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        with self._watching():
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        with self._watching():
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        return row

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        with self._watching():
            rows: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
        return rows

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.OperationalError):
                self._lost.set()
            raise


async def _drop(app: App, job_id: int | None) -> None:
    if job_id is None:
        return
    try:
        await app.job_manager.finish_job_by_id_async(job_id, Status.FAILED, delete_job=True)
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.OperationalError):
            raise
        # another worker dropped it first


def _reason(error: Exception) -> str:
    return " ".join(str(error.__cause__ or error).split())
