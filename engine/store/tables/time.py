"""Deadlines, the timer ledger, and the working calendar."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.time import DeadlineState, TimerKind, TimerState
from engine.store.tables.base import metadata
from engine.store.types import Listed, Named, Tagged, UtcDateTime

IS_WAITING = sa.text("state = 'waiting'")
IS_ON_DEADLINE = sa.text("deadline_id IS NOT NULL")
IS_OPEN = sa.text("ended_at IS NULL")
IS_STALE = sa.text("stale")
IS_ON_CALENDAR = sa.text("state = 'waiting' AND deadline_id IS NULL AND basis IS NOT NULL")

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
    sa.Column("rule_version", sa.Integer, nullable=False),
    sa.Column("triggered_by", sa.Text, nullable=False),
    sa.Column("term", Tagged, nullable=False),
    sa.Column("pauses", Listed, nullable=False),
    sa.Column("history", Listed, nullable=False),
    sa.Column("follows", sa.Text),
    sa.Column("stale", sa.Boolean, nullable=False),
    # open deadlines of an instance; the step's own look-up, whatever a long case has behind it
    sa.Index("ix_deadline_running", "instance_id", "legal_due", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    # open deadlines around a changed day of the calendar; those whose dates are to be computed again
    sa.Index("ix_deadline_open", "legal_due", "started_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    sa.Index("ix_deadline_stale", "instance_id", sqlite_where=IS_STALE, postgresql_where=IS_STALE),
    # all deadlines of a case; the open ones of a page of the register
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
    sa.Column("kind", Named(TimerKind), nullable=False),
    sa.Column("deadline_id", sa.Text),
    sa.Column("rung", sa.Text),
    sa.Column("basis", Tagged),
    sa.Column("stale", sa.Boolean, nullable=False),
    # waiting ones that hang on no deadline but on the calendar, from a changed day on; those to be computed again
    sa.Index("ix_timer_on_calendar", "due_at", sqlite_where=IS_ON_CALENDAR, postgresql_where=IS_ON_CALENDAR),
    sa.Index("ix_timer_stale", "instance_id", sqlite_where=IS_STALE, postgresql_where=IS_STALE),
    # what waits on a deadline or is held with it; how late the latest firings were
    sa.Index(
        "ix_timer_of_deadline",
        "deadline_id",
        "state",
        sqlite_where=IS_ON_DEADLINE,
        postgresql_where=IS_ON_DEADLINE,
    ),
    sa.Index("ix_timer_fired", "fired_at"),
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

calendar_version = sa.Table(
    "calendar_version",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("changes", Tagged, nullable=False),
)

decision_table = sa.Table(
    "decision_table",
    metadata,
    # the office's own versions of a shared table (`deadline_rules`, `escalations`, …), as DMN; the newest holds
    sa.Column("table_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    # counts the versions of all tables
    sa.Column("revision", sa.Integer, nullable=False, unique=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

duty = sa.Table(
    "duty",
    metadata,
    # the periodic duties of the office: one row each, with its next occurrence; a row of `duties` says what it does
    sa.Column("duty_id", sa.Text, primary_key=True),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("occurrence", sa.Text, nullable=False),
    sa.Column("last_fired_at", UtcDateTime),
    sa.Column("late_seconds", sa.Double),
    sa.Column("worker", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Index("ix_duty_next", "next_at"),
)

outage = sa.Table(
    "outage",
    metadata,
    sa.Column("outage_id", sa.Text, primary_key=True),
    sa.Column("down_from", UtcDateTime, nullable=False),
    sa.Column("up_at", UtcDateTime, nullable=False),
    sa.Column("fired", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("worst_seconds", sa.Double, nullable=False),
    sa.Index("ix_outage_newest", "up_at"),
)
