"""Engines for the two databases: what each needs so that a transaction means the same on both."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import psycopg.conninfo
import sqlalchemy as sa

from engine.store.failures import away_of, unstorable_of

BUSY_MILLISECONDS = 15_000
"""How long a statement waits for somebody else's lock, on either database."""
STALL_SECONDS = 30.0
WRITING = "duban_writing"
"""Execution option: the transaction writes (BEGIN IMMEDIATE on SQLite)."""
PLANNED_EACH_TIME = "duban_planned_each_time"
"""Execution option of a statement that PostgreSQL must plan for the values it is given.

No plan suits both a word that all cases say and one that two do; a connection would keep that of what it met most.
"""


_PATIENCE = {
    # a host that is gone without a word is given up, or a page would hang for the kernel's quarter of an hour
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 35_000,
}
"""Of connections to PostgreSQL; the URL may say otherwise."""


def make_engine(url: str, *, stall_seconds: float = STALL_SECONDS) -> sa.Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://…`; its errors never show a statement's values.

    On PostgreSQL a transaction whose process is silent for `stall_seconds` is ended: one that hangs must not keep a
    case locked. Raises ValueError for any other database."""
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            engine = _sqlite_engine(parsed)
        case "postgresql":
            engine = _postgresql_engine(parsed.set(drivername="postgresql+psycopg"), stall_seconds)
        case other:
            raise ValueError(f"DUBAN_DATABASE_URL: {other} is not supported; use sqlite or postgresql")

    @sa.event.listens_for(engine, "handle_error")
    def explain(context: sa.ExceptionContext) -> BaseException | None:
        if context.is_pre_ping:
            # a connection that went stale while idle is replaced, and nobody hears of it
            return None
        error = context.original_exception
        return unstorable_of(error) or away_of(error)

    return engine


def conninfo_of(url: str) -> str:
    """The URL of a PostgreSQL database as libpq reads it, for connections beside the store's own.

    Raises ValueError for any other database.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"{parsed.get_backend_name()} is not PostgreSQL")
    _, options = parsed.set(drivername="postgresql+psycopg").get_dialect()().create_connect_args(parsed)
    options.pop("context", None)
    return psycopg.conninfo.make_conninfo(**{**_PATIENCE, **options})


def _postgresql_engine(url: sa.URL, stall_seconds: float) -> sa.Engine:
    patience = {name: value for name, value in _PATIENCE.items() if name not in url.query}
    engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=patience)
    limits = (
        f"SET idle_in_transaction_session_timeout = {int(stall_seconds * 1000)};"
        f" SET lock_timeout = {BUSY_MILLISECONDS};"
        # compiling a list's statement takes longer than running it
        " SET jit = off"
    )

    @sa.event.listens_for(engine, "connect")
    def configure(connection: psycopg.Connection[Any], _record: Any) -> None:
        connection.autocommit = True
        connection.execute(limits.encode())
        connection.autocommit = False

    @sa.event.listens_for(engine, "do_execute")
    def execute(
        cursor: psycopg.Cursor[Any], statement: Any, parameters: Any, context: sa.ExecutionContext | None
    ) -> bool | None:
        if context is None or not context.execution_options.get(PLANNED_EACH_TIME):
            return None
        cursor.execute(statement, parameters, prepare=False)
        return True

    return engine


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # the driver must not begin transactions by itself: `begin` below does
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=NORMAL",
            # a list's index stays at hand: the usual two megabytes are read anew for every page of a large office
            "cache_size=-32768",
            "mmap_size=1073741824",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
