"""Deadlines that can be computed again, ladders in the ledger, versions of the calendar and of shared tables, duties,
outages, levels and digests of notifications, preferences, feeds and absences.

A deadline of an earlier release keeps its dates: its term is what can be told from its columns. Where that is not
certain (periods, extensions, dates set by a person) the term is the day as it was counted.

Revision ID: 0004
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from engine.store.types import Codes, Listed, Tagged, UtcDateTime

revision = "0004"
down_revision = "0003"

IS_OPEN = sa.text("ended_at IS NULL")
IS_STALE = sa.text("stale")
IS_ON_CALENDAR = sa.text("state = 'waiting' AND deadline_id IS NULL AND basis IS NOT NULL")
IS_WAITING = sa.text("state = 'waiting'")
IS_ON_DEADLINE = sa.text("deadline_id IS NOT NULL")
IS_DEAD = sa.text("state = 'dead'")
IS_BUNDLED = sa.text("digest_id IS NOT NULL")
IS_UNDISPATCHED = sa.text("dispatched_at IS NULL")
ZONE = ZoneInfo("Asia/Shanghai")


def upgrade() -> None:
    _deadlines()
    _timers()
    _calendar()
    _tables()
    _notifications()
    _people()


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _deadlines() -> None:
    op.add_column("deadline", sa.Column("rule_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("deadline", sa.Column("triggered_by", sa.Text(), nullable=False, server_default="system"))
    op.add_column("deadline", sa.Column("term", Tagged(), nullable=False, server_default="{}"))
    op.add_column("deadline", sa.Column("pauses", Listed(), nullable=False, server_default="[]"))
    op.add_column("deadline", sa.Column("history", Listed(), nullable=False, server_default="[]"))
    op.add_column("deadline", sa.Column("follows", sa.Text()))
    op.add_column("deadline", sa.Column("stale", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("user_task", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("user_task", sa.Column("rule", sa.Text()))
    op.drop_index("ix_deadline_running", "deadline")
    _partial("ix_deadline_running", "deadline", ["instance_id", "legal_due"], IS_OPEN)
    _partial("ix_deadline_open", "deadline", ["legal_due", "started_at"], IS_OPEN)
    _partial("ix_deadline_stale", "deadline", ["instance_id"], IS_STALE)
    _fill_terms()


def _fill_terms() -> None:
    table = sa.table(
        "deadline",
        sa.column("deadline_id", sa.Text),
        sa.column("clock", sa.Text),
        sa.column("amount", sa.Integer),
        sa.column("started_at", UtcDateTime),
        sa.column("raw_due", UtcDateTime),
        sa.column("term", Tagged),
        sa.column("history", Listed),
    )
    connection = op.get_bind()
    found = connection.execute(sa.select(table).where(sa.text("term = '{}'"))).all()
    change = (
        sa.update(table)
        .where(table.c.deadline_id == sa.bindparam("key"))
        .values(term=sa.bindparam("new_term", type_=Tagged()), history=sa.bindparam("new_history", type_=Listed()))
    )
    rows = [
        {"key": row.deadline_id, "new_term": _term(row), "new_history": (_started(row.started_at),)} for row in found
    ]
    if rows:
        connection.execute(change, rows)


def _term(row: Any) -> dict[str, Any]:
    if row.clock in ("H", "W") and row.amount is not None:
        return {"clock": row.clock, "amount": row.amount, "rollover": False}
    counted_on = (row.raw_due.astimezone(ZONE) - timedelta(microseconds=1)).date()
    return {"clock": "fixed", "fixed_on": counted_on, "rollover": True}


def _started(at: datetime) -> dict[str, Any]:
    return {"at": at.astimezone(UTC), "by": "system", "event": "started"}


def _timers() -> None:
    op.add_column("timer", sa.Column("kind", sa.Text(), nullable=False, server_default="bpmn"))
    op.add_column("timer", sa.Column("deadline_id", sa.Text()))
    op.add_column("timer", sa.Column("rung", sa.Text()))
    op.add_column("timer", sa.Column("basis", Tagged()))
    op.add_column("timer", sa.Column("stale", sa.Boolean(), nullable=False, server_default=sa.false()))
    _partial("ix_timer_of_deadline", "timer", ["deadline_id", "state"], IS_ON_DEADLINE)
    _partial("ix_timer_on_calendar", "timer", ["due_at"], IS_ON_CALENDAR)
    _partial("ix_timer_stale", "timer", ["instance_id"], IS_STALE)
    op.create_index("ix_timer_fired", "timer", ["fired_at"])
    op.create_table(
        "outage",
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("down_from", UtcDateTime(), nullable=False),
        sa.Column("up_at", UtcDateTime(), nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("worst_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("outage_id", name="pk_outage"),
    )
    op.create_index("ix_outage_newest", "outage", ["up_at"])
    op.create_table(
        "duty",
        sa.Column("duty_id", sa.Text(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("last_fired_at", UtcDateTime()),
        sa.Column("late_seconds", sa.Double()),
        sa.Column("worker", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("duty_id", name="pk_duty"),
    )
    op.create_index("ix_duty_next", "duty", ["next_at"])


def _calendar() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changes", Tagged(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_calendar_version"),
    )
    connection = op.get_bind()
    version = connection.scalar(sa.text("SELECT max(version) FROM calendar_year"))
    if version is not None:
        at = sa.bindparam("at", datetime(1970, 1, 1, tzinfo=UTC), type_=UtcDateTime())
        statement = "INSERT INTO calendar_version (version, at, by, note, changes) VALUES (:v, :at, 'system', '', '{}')"
        connection.execute(sa.text(statement).bindparams(at), {"v": version})


def _tables() -> None:
    op.create_table(
        "decision_table",
        sa.Column("table_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_id", "version", name="pk_decision_table"),
        sa.UniqueConstraint("revision", name="uq_decision_table_revision"),
    )


def _notifications() -> None:
    op.add_column("outbox", sa.Column("level", sa.Text(), nullable=False, server_default="info"))
    op.add_column("outbox", sa.Column("digest_id", sa.Text()))
    _partial("ix_outbox_of_digest", "outbox", ["digest_id"], IS_BUNDLED)
    op.drop_index("ix_outbox_undispatched", "outbox")
    _partial("ix_outbox_ripe", "outbox", ["level", "created_at"], IS_UNDISPATCHED)
    _partial("ix_outbox_gathering", "outbox", ["recipient", "seq"], IS_UNDISPATCHED)
    _partial("ix_delivery_dead", "delivery", ["settled_at"], IS_DEAD)


def _people() -> None:
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("muted", Codes(), nullable=False),
        sa.Column("quiet_from", sa.Text()),
        sa.Column("quiet_until", sa.Text()),
        sa.Column("robot", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_preference_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_preference"),
    )
    op.create_table(
        "feed",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_feed_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_feed"),
        sa.UniqueConstraint("secret_hash", name="uq_feed_secret_hash"),
    )
    op.create_table(
        "absence",
        sa.Column("absence_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("deputy_id", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_absence_person_id"),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.person_id"], name="fk_absence_deputy_id"),
        sa.PrimaryKeyConstraint("absence_id", name="pk_absence"),
    )
    op.create_index("ix_absence_of_person", "absence", ["person_id", "ends_at"])
