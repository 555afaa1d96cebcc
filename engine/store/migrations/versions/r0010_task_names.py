"""The names that tasks have, each once: a search asks whether a word is in one before it walks a list of tasks.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEEP = "INSERT INTO task_name (name) SELECT NEW.name WHERE NOT EXISTS (SELECT 1 FROM task_name WHERE name = NEW.name)"

SQLITE = (
    f"CREATE TRIGGER user_task_keeps_name AFTER INSERT ON user_task BEGIN {KEEP}; END",
    f"CREATE TRIGGER user_task_keeps_new_name AFTER UPDATE OF name ON user_task BEGIN {KEEP}; END",
)

POSTGRESQL = (
    f"""CREATE FUNCTION user_task_keep_name() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {KEEP} ON CONFLICT DO NOTHING; RETURN NULL; END $$""",
    """CREATE TRIGGER user_task_keeps_name AFTER INSERT OR UPDATE OF name ON user_task
       FOR EACH ROW EXECUTE FUNCTION user_task_keep_name()""",
)


def upgrade() -> None:
    op.create_table("task_name", sa.Column("name", sa.Text(), primary_key=True))
    op.execute("INSERT INTO task_name (name) SELECT DISTINCT name FROM user_task")
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
