"""Brings a database's schema to the version of this code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.errors import InvalidState, Message
from engine.store.connection import WRITING

_UPGRADE_LOCK = 0x_D0BA_A0D2
"""Key of the PostgreSQL advisory lock that lets one process upgrade at a time."""


def upgrade(engine: sa.Engine) -> None:
    """Runs the missing revisions in one transaction: a failed upgrade leaves the old schema.

    Raises InvalidState where the database is that of a newer version.
    """
    head, known = _revisions()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        return
    if current is not None and current not in known:
        raise _newer()
    config = _config()
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            # whoever starts meanwhile waits for this upgrade however long it takes
            connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK))).all()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision of this code, and all of them. Read once: that compiles every script."""
    scripts = ScriptDirectory.from_config(_config())
    return scripts.get_current_head(), frozenset(script.revision for script in scripts.walk_revisions())


def _newer() -> InvalidState:
    return InvalidState(
        Message(
            "数据库已由更新版本的督办升级，本版本不能使用。请在这台主机上也安装新版本后再启动。",
            "The database was upgraded by a newer version of Duban, which this one cannot use. Install the newer "
            "version on this host too, then start again.",
        )
    )
