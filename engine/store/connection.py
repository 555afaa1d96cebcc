"""Engines for the two databases: what each needs so that a transaction means the same on both."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa

from engine.store.failures import unstorable_of

BUSY_MILLISECONDS = 15_000
WRITING = "duban_writing"
"""Execution option: the transaction writes (BEGIN IMMEDIATE on SQLite)."""


def make_engine(url: str) -> sa.Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://…`; its errors never show a statement's values.

    Raises ValueError for any other database."""
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            engine = _sqlite_engine(parsed)
        case "postgresql":
            engine = sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
            )
        case other:
            raise ValueError(f"DUBAN_DATABASE_URL: {other} is not supported; use sqlite or postgresql")

    @sa.event.listens_for(engine, "handle_error")
    def refuse_unstorable(context: sa.ExceptionContext) -> BaseException | None:
        return unstorable_of(context.original_exception)

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
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
