"""Units, persons, and the roles they hold."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import metadata
from engine.store.types import UtcDateTime

unit = sa.Table(
    "unit",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("parent", sa.ForeignKey("unit.code")),
    sa.Column("kind", sa.Text, nullable=False),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit", sa.ForeignKey("unit.code"), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("failed_logins", sa.Integer, nullable=False),
    sa.Column("locked_until", UtcDateTime),
    sa.Column("must_change_password", sa.Boolean, nullable=False),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
)

role_grant = sa.Table(
    "role_grant",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("unit", sa.ForeignKey("unit.code"), primary_key=True),
    # holders of a role (in a unit)
    sa.Index("ix_role_grant_holders", "role", "unit"),
)
