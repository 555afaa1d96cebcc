"""Deliveries of notifications through channels, and people's e-mail addresses.

What the outbox holds already counts as dispatched: a first channel must not send old news.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

from engine.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"

IS_UNDISPATCHED = sa.text("dispatched_at IS NULL")
IS_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.add_column("person", sa.Column("email", sa.Text(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("dispatched_at", UtcDateTime()))
    op.execute("UPDATE outbox SET dispatched_at = created_at")
    op.create_index(
        "ix_outbox_undispatched",
        "outbox",
        ["seq"],
        sqlite_where=IS_UNDISPATCHED,
        postgresql_where=IS_UNDISPATCHED,
    )
    op.create_table(
        "delivery",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", UtcDateTime()),
        sa.Column("error", sa.Text()),
        sa.Column("settled_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["entry_id"], ["outbox.entry_id"], name="fk_delivery_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", "channel", name="pk_delivery"),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["channel", "retry_at"],
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    )
