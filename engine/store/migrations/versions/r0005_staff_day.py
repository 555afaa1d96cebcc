"""The staff's day: what can be done with a task, copies, views, comments, links, templates, recusals, evaluations.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

from engine.store.migrations.lists_0005 import upgrade_lists
from engine.store.types import Codes, Tagged, UtcDateTime

revision = "0005"
down_revision = "0004"

IS_CHILD = sa.text("parent_id IS NOT NULL")
IS_DELEGATED = sa.text("owner IS NOT NULL")
IS_SHARED = sa.text("unit IS NOT NULL")
IS_CLOSED_FOR = sa.text("closed_for IS NOT NULL")
IS_CLAIMED_FOR = sa.text("claimed_for IS NOT NULL")


# a signer's task ends with the step that it belongs to
SQLITE = """CREATE TRIGGER user_task_ends_signers AFTER UPDATE OF state ON user_task
    WHEN NEW.state <> 'open' AND NEW.kind = 'step'
    BEGIN UPDATE user_task SET state = 'cancelled', closed_at = NEW.closed_at
          WHERE parent_id = NEW.task_id AND state = 'open'; END"""
# what a petitioner has said about an office stays as it was said
SQLITE_EVALUATIONS = (
    """CREATE TRIGGER evaluation_not_updated BEFORE UPDATE ON evaluation
       BEGIN SELECT RAISE(ABORT, 'evaluation is append-only'); END""",
    """CREATE TRIGGER evaluation_not_deleted BEFORE DELETE ON evaluation
       BEGIN SELECT RAISE(ABORT, 'evaluation is append-only'); END""",
)
POSTGRESQL_EVALUATIONS = (
    """CREATE FUNCTION evaluation_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'evaluation is append-only'; END $$""",
    """CREATE TRIGGER evaluation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evaluation
       FOR EACH STATEMENT EXECUTE FUNCTION evaluation_refuse()""",
)
# the tokens of a party that is written anew are those of what it said before
SQLITE_TOKENS = """CREATE TRIGGER party_drops_tokens AFTER UPDATE OF sealed ON party
    BEGIN DELETE FROM party_token WHERE party_id = NEW.party_id; END"""
POSTGRESQL_TOKENS = (
    """CREATE FUNCTION party_drop_tokens() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN DELETE FROM party_token WHERE party_id = NEW.party_id; RETURN NULL; END $$""",
    """CREATE TRIGGER party_drops_tokens AFTER UPDATE OF sealed ON party
       FOR EACH ROW EXECUTE FUNCTION party_drop_tokens()""",
)
# a paper stays, with its number and its file, whatever becomes of it
SQLITE_PAPERS = (
    """CREATE TRIGGER paper_not_deleted BEFORE DELETE ON paper
       BEGIN SELECT RAISE(ABORT, 'a paper is never deleted'); END""",
    """CREATE TRIGGER paper_stands BEFORE UPDATE OF number, file_sha256 ON paper
       WHEN (OLD.number IS NOT NULL AND NEW.number IS NOT OLD.number)
         OR (OLD.file_sha256 IS NOT NULL AND NEW.file_sha256 IS NOT OLD.file_sha256)
       BEGIN SELECT RAISE(ABORT, 'a paper keeps its number and its file'); END""",
)
POSTGRESQL_PAPERS = (
    """CREATE FUNCTION paper_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'a paper keeps its number and its file, and is never deleted'; END $$""",
    """CREATE TRIGGER paper_not_deleted BEFORE DELETE ON paper
       FOR EACH ROW EXECUTE FUNCTION paper_refuse()""",
    """CREATE TRIGGER paper_stands BEFORE UPDATE OF number, file_sha256 ON paper
       FOR EACH ROW WHEN ((OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)
         OR (OLD.file_sha256 IS NOT NULL AND NEW.file_sha256 IS DISTINCT FROM OLD.file_sha256))
       EXECUTE FUNCTION paper_refuse()""",
)
POSTGRESQL = (
    """CREATE FUNCTION user_task_end_signers() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN UPDATE user_task SET state = 'cancelled', closed_at = NEW.closed_at
             WHERE parent_id = NEW.task_id AND state = 'open'; RETURN NULL; END $$""",
    """CREATE TRIGGER user_task_ends_signers AFTER UPDATE OF state ON user_task
       FOR EACH ROW WHEN (NEW.state <> 'open' AND NEW.kind = 'step') EXECUTE FUNCTION user_task_end_signers()""",
)


def upgrade() -> None:
    _tasks()
    for statement in (SQLITE,) if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    _files()
    _papers()
    for statement in SQLITE_PAPERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_PAPERS:
        op.execute(statement)
    _people()
    _beside()
    upgrade_lists()
    for statement in (SQLITE_TOKENS,) if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TOKENS:
        op.execute(statement)
    for statement in SQLITE_EVALUATIONS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_EVALUATIONS:
        op.execute(statement)


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _tasks() -> None:
    for column in (
        sa.Column("kind", sa.Text(), nullable=False, server_default="step"),
        sa.Column("parent_id", sa.Text()),
        sa.Column("sign_mode", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("asked_by", sa.Text()),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("returns_to", sa.Text()),
        sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("suspended_until", UtcDateTime()),
        sa.Column("begun_at", UtcDateTime()),
        sa.Column("held_result", Tagged()),
        sa.Column("closed_for", sa.Text()),
        sa.Column("claimed_for", sa.Text()),
        sa.Column("opened_by", sa.Text()),
        sa.Column("urged", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("urged_at", UtcDateTime()),
        sa.Column("came_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("suspended_why", sa.Text(), nullable=False, server_default=""),
        sa.Column("category", sa.Text()),
        sa.Column("purpose", sa.Text()),
        sa.Column("channel", sa.Text()),
        sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("accused_units", Codes(), nullable=False, server_default=""),
    ):
        op.add_column("user_task", column)
    op.execute(
        "UPDATE user_task SET (category, purpose, channel, confidential, accused_units) = "
        "(SELECT c.category, c.purpose, c.channel, c.confidential, c.accused_units "
        "FROM case_file c WHERE c.case_id = user_task.case_id)"
    )
    _partial("ix_user_task_signers", "user_task", ["parent_id"], IS_CHILD)
    _partial("ix_user_task_delegated", "user_task", ["owner", "state"], IS_DELEGATED)
    _partial("ix_user_task_done_for", "user_task", ["closed_for", "closed_at"], IS_CLOSED_FOR)
    _partial("ix_user_task_held_for", "user_task", ["claimed_for", "state"], IS_CLAIMED_FOR)
    op.add_column("path_entry", sa.Column("acted_for", sa.Text()))
    op.add_column("draft", sa.Column("base", Tagged()))
    op.add_column("draft", sa.Column("sealed", sa.LargeBinary()))
    op.add_column("case_file", sa.Column("merged_into", sa.Text()))


def _files() -> None:
    op.add_column("attachment", sa.Column("series_id", sa.Text()))
    op.add_column("attachment", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("attachment", sa.Column("task_id", sa.Text()))
    op.add_column("attachment", sa.Column("field", sa.Text()))


def _papers() -> None:
    with op.batch_alter_table("paper") as paper:
        paper.add_column(sa.Column("series", sa.Text()))
        paper.add_column(sa.Column("year", sa.Integer()))
        paper.add_column(sa.Column("sequence", sa.Integer()))
        paper.add_column(sa.Column("template_id", sa.Text()))
        paper.add_column(sa.Column("file_sha256", sa.Text()))
        paper.add_column(sa.Column("signed_at", UtcDateTime()))
        paper.add_column(sa.Column("signed_by", sa.Text()))
        paper.add_column(sa.Column("receipt", Tagged()))
        paper.add_column(sa.Column("voided_at", UtcDateTime()))
        paper.add_column(sa.Column("voided_by", sa.Text()))
        paper.add_column(sa.Column("void_reason", sa.Text(), nullable=False, server_default=""))
        paper.add_column(sa.Column("context", Tagged()))
        paper.add_column(sa.Column("addressee_id", sa.Text()))
        paper.add_column(sa.Column("addressee_sealed", sa.LargeBinary()))
        paper.add_column(sa.Column("file_hash", sa.Text()))
        paper.add_column(sa.Column("issued_for", sa.Text()))
        paper.create_unique_constraint("uq_paper_series", ["series", "year", "sequence"])
        paper.create_foreign_key("fk_paper_file_sha256", "attachment_content", ["file_sha256"], ["sha256"])
    op.create_table(
        "paper_template",
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("template_id", name="pk_paper_template"),
        sa.UniqueConstraint("kind", "version", name="uq_paper_template_kind"),
        sa.ForeignKeyConstraint(["sha256"], ["attachment_content.sha256"], name="fk_paper_template_sha256"),
    )


def _people() -> None:
    op.add_column("absence", sa.Column("procedures", Codes(), nullable=False, server_default=""))
    op.create_index("ix_absence_of_deputy", "absence", ["deputy_id", "ends_at"])
    op.create_index("ix_absence_lasting", "absence", ["ends_at", "absence_id"])


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.person_id"], name=f"fk_{table}_{column}")


def _case(table: str, column: str = "case_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["case_file.case_id"], name=f"fk_{table}_{column}")


def _beside() -> None:
    op.create_table(
        "start_draft",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("data", Tagged(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("person_id", "procedure", name="pk_start_draft"),
        _person("start_draft", "person_id"),
    )
    op.create_table(
        "saved_view",
        sa.Column("view_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", Tagged(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("unit", sa.Text()),
        sa.PrimaryKeyConstraint("view_id", name="pk_saved_view"),
        _person("saved_view", "owner"),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name="fk_saved_view_unit"),
    )
    op.create_index("ix_saved_view_of_owner", "saved_view", ["owner", "page"])
    _partial("ix_saved_view_of_unit", "saved_view", ["unit", "page"], IS_SHARED)
    op.create_table(
        "copy_note",
        sa.Column("copy_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text()),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("copy_id", name="pk_copy_note"),
        _case("copy_note"),
        _person("copy_note", "sender"),
        _person("copy_note", "receiver"),
    )
    op.create_index("ix_copy_note_of_receiver", "copy_note", ["receiver", "at", "case_id"])
    op.create_index("ix_copy_note_of_case", "copy_note", ["case_id"])
    op.create_table(
        "follow",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "case_id", name="pk_follow"),
        _case("follow"),
        _person("follow", "person_id"),
    )
    op.create_index("ix_follow_of_person", "follow", ["person_id", "since", "case_id"])
    op.create_index("ix_follow_of_case", "follow", ["case_id"])
    op.create_table(
        "phrase",
        sa.Column("phrase_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("phrase_id", name="pk_phrase"),
        _person("phrase", "person_id"),
    )
    op.create_index("ix_phrase_of_person", "phrase", ["person_id", "position"])
    op.create_table(
        "comment",
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text()),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_for", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", Codes(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name="pk_comment"),
        _case("comment"),
        _person("comment", "author"),
    )
    op.create_index("ix_comment_of_case", "comment", ["case_id", "at"])
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "other_id", "kind", name="pk_case_link"),
        _case("case_link"),
        _case("case_link", "other_id"),
    )
    op.create_table(
        "party_token",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token", "kind", "party_id", name="pk_party_token"),
        sa.ForeignKeyConstraint(["party_id"], ["party.party_id"], name="fk_party_token_party_id"),
        _case("party_token"),
    )
    op.create_index("ix_party_token_of_party", "party_token", ["party_id"])
    op.create_table(
        "recusal",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person_id", name="pk_recusal"),
        _case("recusal"),
        _person("recusal", "person_id"),
    )
    op.create_index("ix_recusal_of_person", "recusal", ["person_id", "case_id"])
    op.create_table(
        "evaluation",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "subject", name="pk_evaluation"),
        _case("evaluation"),
    )
    op.create_table(
        "register_import",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_register_import"),
        _person("register_import", "owner"),
    )
    op.create_index("ix_register_import_of_owner", "register_import", ["owner"])
    op.create_index("ix_register_import_old", "register_import", ["at"])
    op.create_index("ix_score_event_newest", "score_event", ["at"])
    op.create_index("ix_score_event_of_unit", "score_event", ["unit", "at"])
    op.create_table(
        "query_attempt",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("window_start", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_start", name="pk_query_attempt"),
    )
    op.create_index("ix_query_attempt_old", "query_attempt", ["window_start"])
