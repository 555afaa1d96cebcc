"""The process studio: drafts of procedures, dry runs and migrations, what is halted."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.moving import Outcome, RunKind, RunState
from engine.records.operating import HaltScope
from engine.records.studio import DraftState
from engine.store.tables.base import metadata
from engine.store.types import Named, Tagged, UtcDateTime

IS_LIVE = sa.text("state IN ('editing', 'review')")
IS_RUNNING = sa.text("state = 'running'")
IS_HALTED = sa.text("lifted_at IS NULL")

procedure_draft = sa.Table(
    "procedure_draft",
    metadata,
    sa.Column("draft_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("base_id", sa.ForeignKey("definition.definition_id")),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", Named(DraftState), nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("changelog", sa.Text, nullable=False),
    sa.Column("waivers", Tagged, nullable=False),
    sa.Column("submitted_by", sa.Text),
    sa.Column("submitted_at", UtcDateTime),
    sa.Column("effective_at", UtcDateTime),
    sa.Column("reviewed_by", sa.Text),
    sa.Column("reviewed_at", UtcDateTime),
    sa.Column("review_note", sa.Text, nullable=False),
    sa.Column("definition_id", sa.ForeignKey("definition.definition_id")),
    # drafts that are worked on, the last changed first
    sa.Index("ix_procedure_draft_live", "changed_at", "draft_id", sqlite_where=IS_LIVE, postgresql_where=IS_LIVE),
    # the drafts of a procedure; the draft of a version
    sa.Index("ix_procedure_draft_of_key", "key", "changed_at"),
    sa.Index("ix_procedure_draft_of_definition", "definition_id"),
)

procedure_draft_file = sa.Table(
    "procedure_draft_file",
    metadata,
    sa.Column("draft_id", sa.ForeignKey("procedure_draft.draft_id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

move_run = sa.Table(
    "move_run",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("kind", Named(RunKind), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("source_id", sa.ForeignKey("definition.definition_id")),
    sa.Column("target_id", sa.ForeignKey("definition.definition_id")),
    sa.Column("draft_id", sa.ForeignKey("procedure_draft.draft_id")),
    sa.Column("state", Named(RunState), nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("mapping", Tagged, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("rearm", sa.Boolean, nullable=False),
    sa.Column("revision", sa.Integer),
    sa.Column("undoing", sa.Boolean, nullable=False),
    # what the heartbeat goes on with, the oldest first; the runs of a procedure and of a draft, newest first
    sa.Index("ix_move_run_running", "created_at", sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING),
    sa.Index("ix_move_run_of_key", "key", "created_at"),
    sa.Index("ix_move_run_of_draft", "draft_id", "created_at"),
)

move_item = sa.Table(
    "move_item",
    metadata,
    sa.Column("run_id", sa.ForeignKey("move_run.run_id"), primary_key=True),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("outcome", Named(Outcome), nullable=False),
    sa.Column("detail", Tagged, nullable=False),
    sa.Column("gist", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime),
    sa.Column("definition_before", sa.Text),
    sa.Column("version_after", sa.Integer),
    sa.Column("snapshot_before", sa.LargeBinary),
    # what is still to be looked at, and what came of the rest, in order
    sa.Index("ix_move_item_of_run", "run_id", "outcome", "position"),
    # what was done with an instance
    sa.Index("ix_move_item_of_instance", "instance_id"),
)

halt = sa.Table(
    "halt",
    metadata,
    sa.Column("halt_id", sa.Text, primary_key=True),
    sa.Column("scope", Named(HaltScope), nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("lifted_by", sa.Text),
    sa.Column("lifted_at", UtcDateTime),
    # what is halted now: one of a scope and target at a time
    sa.Index("ix_halt_now", "scope", "target", unique=True, sqlite_where=IS_HALTED, postgresql_where=IS_HALTED),
    # all there ever were, newest first
    sa.Index("ix_halt_newest", "at"),
)
