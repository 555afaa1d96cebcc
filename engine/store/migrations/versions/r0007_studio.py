"""The process studio: drafts, versions in force from a moment on, dry runs and migrations, halts.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Tagged, UtcDateTime

revision = "0007"
down_revision = "0006"

IS_LIVE = sa.text("state IN ('editing', 'review')")
IS_RUNNING = sa.text("state = 'running'")
IS_HALTED = sa.text("lifted_at IS NULL")
IS_HELD = sa.text("state = 'held'")
IS_OPEN = sa.text("state = 'open'")
IS_OF_PROCEDURE = sa.text("case_id = '' AND substr(event, 1, 9) = 'Procedure'")
# what was published stays as it was published: it may only be retired
SQLITE = (
    """CREATE TRIGGER definition_stands BEFORE UPDATE ON definition
       WHEN NEW.definition_id IS NOT OLD.definition_id OR NEW.key IS NOT OLD.key OR NEW.version IS NOT OLD.version
         OR NEW.name IS NOT OLD.name OR NEW.sha256 IS NOT OLD.sha256 OR NEW.calls IS NOT OLD.calls
         OR NEW.deployed_at IS NOT OLD.deployed_at OR NEW.deployed_by IS NOT OLD.deployed_by
         OR NEW.effective_at IS NOT OLD.effective_at OR NEW.waivers IS NOT OLD.waivers
       BEGIN SELECT RAISE(ABORT, 'a published version is never changed'); END""",
    """CREATE TRIGGER definition_file_stands BEFORE UPDATE ON definition_file
       BEGIN SELECT RAISE(ABORT, 'a published version is never changed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION definition_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'a published version is never changed'; END $$""",
    """CREATE TRIGGER definition_stands BEFORE UPDATE ON definition FOR EACH ROW
       WHEN ((NEW.definition_id, NEW.key, NEW.version, NEW.name, NEW.sha256, NEW.calls, NEW.deployed_at,
              NEW.deployed_by, NEW.effective_at, NEW.waivers)
         IS DISTINCT FROM (OLD.definition_id, OLD.key, OLD.version, OLD.name, OLD.sha256, OLD.calls, OLD.deployed_at,
              OLD.deployed_by, OLD.effective_at, OLD.waivers))
       EXECUTE FUNCTION definition_refuse()""",
    """CREATE TRIGGER definition_file_stands BEFORE UPDATE ON definition_file
       FOR EACH ROW EXECUTE FUNCTION definition_refuse()""",
)


def upgrade() -> None:
    _versions()
    _drafts()
    _runs()
    _halts()
    op.create_index(
        "ix_audit_entry_of_procedure",
        "audit_entry",
        ["seq"],
        sqlite_where=IS_OF_PROCEDURE,
        postgresql_where=IS_OF_PROCEDURE,
    )
    # how long the tasks of an element took; what stands there now
    op.create_index("ix_user_task_paced", "user_task", ["procedure", "closed_at", "element_id", "opened_at"])
    op.create_index(
        "ix_user_task_standing",
        "user_task",
        ["procedure", "element_id", "red_at", "blue_at", "kind", "unit", "definition_id", "accused_units", "case_id"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _versions() -> None:
    op.add_column("definition", sa.Column("effective_at", UtcDateTime()))
    op.add_column("definition", sa.Column("retired_at", UtcDateTime()))
    op.add_column("definition", sa.Column("retired_by", sa.Text()))
    op.add_column("definition", sa.Column("reviewed_by", sa.Text()))
    op.add_column("definition", sa.Column("changelog", sa.Text(), nullable=False, server_default=""))
    op.add_column("definition", sa.Column("waivers", Tagged(), nullable=False, server_default="{}"))
    op.execute("UPDATE definition SET effective_at = deployed_at")


def _drafts() -> None:
    op.create_table(
        "procedure_draft",
        sa.Column("draft_id", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_id", sa.Text(), sa.ForeignKey("definition.definition_id")),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changelog", sa.Text(), nullable=False),
        sa.Column("waivers", Tagged(), nullable=False),
        sa.Column("submitted_by", sa.Text()),
        sa.Column("submitted_at", UtcDateTime()),
        sa.Column("effective_at", UtcDateTime()),
        sa.Column("reviewed_by", sa.Text()),
        sa.Column("reviewed_at", UtcDateTime()),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Text(), sa.ForeignKey("definition.definition_id")),
    )
    op.create_index(
        "ix_procedure_draft_live",
        "procedure_draft",
        ["changed_at", "draft_id"],
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )
    op.create_index("ix_procedure_draft_of_key", "procedure_draft", ["key", "changed_at"])
    op.create_index("ix_procedure_draft_of_definition", "procedure_draft", ["definition_id"])
    op.create_table(
        "procedure_draft_file",
        sa.Column("draft_id", sa.Text(), sa.ForeignKey("procedure_draft.draft_id"), primary_key=True),
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "move_run",
        sa.Column("run_id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), sa.ForeignKey("definition.definition_id")),
        sa.Column("target_id", sa.Text(), sa.ForeignKey("definition.definition_id")),
        sa.Column("draft_id", sa.Text(), sa.ForeignKey("procedure_draft.draft_id")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("mapping", Tagged(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rearm", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("undoing", sa.Boolean(), nullable=False),
    )
    op.create_index(
        "ix_move_run_running", "move_run", ["created_at"], sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING
    )
    op.create_index("ix_move_run_of_key", "move_run", ["key", "created_at"])
    op.create_index("ix_move_run_of_draft", "move_run", ["draft_id", "created_at"])
    op.create_table(
        "move_item",
        sa.Column("run_id", sa.Text(), sa.ForeignKey("move_run.run_id"), primary_key=True),
        sa.Column("instance_id", sa.Text(), sa.ForeignKey("instance.instance_id"), primary_key=True),
        sa.Column("case_id", sa.Text(), sa.ForeignKey("case_file.case_id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", Tagged(), nullable=False),
        sa.Column("gist", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime()),
        sa.Column("definition_before", sa.Text()),
        sa.Column("version_after", sa.Integer()),
        sa.Column("snapshot_before", sa.LargeBinary()),
    )
    op.create_index("ix_move_item_of_run", "move_item", ["run_id", "outcome", "position"])
    op.create_index("ix_move_item_of_instance", "move_item", ["instance_id"])


def _halts() -> None:
    op.create_table(
        "halt",
        sa.Column("halt_id", sa.Text(), primary_key=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Text()),
        sa.Column("lifted_at", UtcDateTime()),
    )
    op.create_index(
        "ix_halt_now", "halt", ["scope", "target"], unique=True, sqlite_where=IS_HALTED, postgresql_where=IS_HALTED
    )
    op.create_index("ix_halt_newest", "halt", ["at"])
    # messages that wait for the end of a halt
    op.create_index(
        "ix_outgoing_message_held", "outgoing_message", ["seq"], sqlite_where=IS_HELD, postgresql_where=IS_HELD
    )
