"""Number series and the system's own named values."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import metadata
from engine.store.types import Tagged

number_series = sa.Table(
    "number_series",
    metadata,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    # the last number given; the row is the lock that keeps the series without gaps and doubles
    sa.Column("last", sa.Integer, nullable=False),
)

system_mark = sa.Table(
    "system_mark",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", Tagged, nullable=False),
)
