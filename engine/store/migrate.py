"""Brings a database's schema to the version of this code."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store.connection import WRITING

_UPGRADE_LOCK = 0x_D0BA_A0D2
"""Key of the PostgreSQL advisory lock that lets one process upgrade at a time."""


def upgrade(engine: sa.Engine) -> None:
    """Runs the missing revisions in one transaction: a failed upgrade leaves the old schema."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            # whoever starts meanwhile waits for this upgrade however long it takes
            connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK))).all()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
