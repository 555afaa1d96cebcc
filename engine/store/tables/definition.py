"""Deployed procedures and their files."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import metadata
from engine.store.types import Tagged, UtcDateTime

definition = sa.Table(
    "definition",
    metadata,
    sa.Column("definition_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("calls", Tagged, nullable=False),
    sa.Column("deployed_at", UtcDateTime, nullable=False),
    sa.Column("deployed_by", sa.Text, nullable=False),
    # in force from then on, until a newer one is; a version that is retired never is
    sa.Column("effective_at", UtcDateTime),
    sa.Column("retired_at", UtcDateTime),
    sa.Column("retired_by", sa.Text),
    sa.Column("reviewed_by", sa.Text),
    sa.Column("changelog", sa.Text, nullable=False, server_default=""),
    sa.Column("waivers", Tagged, nullable=False, server_default="{}"),
    # the newest version of a key: the last of this index
    sa.UniqueConstraint("key", "version"),
)

definition_file = sa.Table(
    "definition_file",
    metadata,
    sa.Column("definition_id", sa.ForeignKey("definition.definition_id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
