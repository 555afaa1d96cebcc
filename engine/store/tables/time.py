"""Deadlines, the timer ledger, and the working calendar."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.time import DeadlineState, TimerState
from engine.store.tables.base import metadata
from engine.store.types import Named, UtcDateTime

IS_WAITING = sa.text("state = 'waiting'")
IS_RUNNING = sa.text("state = 'running'")

deadline = sa.Table(
    "deadline",
    metadata,
    sa.Column("deadline_id", sa.Text, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), nullable=False),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("attached_to", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("clock", sa.Text, nullable=False),
    sa.Column("amount", sa.Integer),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("raw_due", UtcDateTime, nullable=False),
    sa.Column("legal_due", UtcDateTime, nullable=False),
    sa.Column("target_due", UtcDateTime, nullable=False),
    sa.Column("blue_at", UtcDateTime, nullable=False),
    sa.Column("yellow_at", UtcDateTime, nullable=False),
    sa.Column("red_at", UtcDateTime, nullable=False),
    sa.Column("calendar_version", sa.Integer, nullable=False),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("state", Named(DeadlineState), nullable=False),
    sa.Column("ended_at", UtcDateTime),
    # running deadlines of an instance; the step's own look-up, whatever a long case has behind it
    sa.Index(
        "ix_deadline_running",
        "instance_id",
        "legal_due",
        sqlite_where=IS_RUNNING,
        postgresql_where=IS_RUNNING,
    ),
    # all deadlines of a case; the running ones of a page of the register
    sa.Index("ix_deadline_of_case", "case_id", "state"),
)

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("timer_id", sa.Text, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), nullable=False),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("attached_to", sa.Text),
    sa.Column("interrupting", sa.Boolean, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    # when to try next: `due_at`, or `retry_at` after a failed firing
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("state", Named(TimerState), nullable=False),
    sa.Column("fired_at", UtcDateTime),
    sa.Column("late_seconds", sa.Double),
    sa.Column("by_outage", sa.Boolean, nullable=False),
    sa.Column("worker", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", UtcDateTime),
    # the heartbeat: due rows only, oldest first; waiting rows beyond `now` are never visited
    sa.Index("ix_timer_next", "next_at", "due_at", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
    # waiting timers of one instance
    sa.Index("ix_timer_of_instance", "instance_id", "due_at", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
    # the ledger page, latest first; `state` must not lead, or SQLite prefers it to ix_timer_next and visits
    # every waiting row. The timers of a case
    sa.Index("ix_timer_ledger", "due_at", "state"),
    sa.Index("ix_timer_of_case", "case_id", "due_at"),
)

calendar_day = sa.Table(
    "calendar_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

calendar_year = sa.Table(
    "calendar_year",
    metadata,
    # a year whose holidays are announced; `version` is the calendar version that brought it
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
)
