"""Triggers: the audit chain is append-only, and a draft goes with its open task.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = (
    """CREATE TRIGGER audit_entry_not_updated BEFORE UPDATE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END""",
    """CREATE TRIGGER audit_entry_not_deleted BEFORE DELETE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END""",
    """CREATE TRIGGER user_task_drops_drafts AFTER UPDATE OF state ON user_task WHEN NEW.state <> 'open'
       BEGIN DELETE FROM draft WHERE task_id = NEW.task_id; END""",
)

POSTGRESQL = (
    """CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$""",
    """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()""",
    """CREATE FUNCTION user_task_drop_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN DELETE FROM draft WHERE task_id = NEW.task_id; RETURN NULL; END $$""",
    """CREATE TRIGGER user_task_drops_drafts AFTER UPDATE OF state ON user_task
       FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION user_task_drop_drafts()""",
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in SQLITE if dialect == "sqlite" else POSTGRESQL:
        op.execute(statement)
