"""The office's own page: units that close, changes that are counted, people found by a few letters, the new role.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

from engine.store.person_words import words_of
from engine.store.types import UtcDateTime

revision = "0008"
down_revision = "0007"

IS_OF_OFFICE = sa.text("case_id = '' AND substr(event, 1, 6) IN ('Person', 'Office')")
CHUNK = 500


def upgrade() -> None:
    op.add_column("unit", sa.Column("closed_at", UtcDateTime()))
    for table in ("unit", "person"):
        op.add_column(table, sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("changed_by", sa.Text(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("changed_at", UtcDateTime()))
    op.create_index("ix_person_listed", "person", ["active", "unit", "username"])
    op.create_index("ix_person_of_unit", "person", ["unit", "active", "username"])
    op.create_index("ix_person_locked", "person", ["locked_until"])
    op.create_index(
        "ix_audit_entry_of_office", "audit_entry", ["seq"], sqlite_where=IS_OF_OFFICE, postgresql_where=IS_OF_OFFICE
    )
    _words()
    # whoever added people so far goes on to: an office must not wake up without anybody who may
    op.execute(
        "INSERT INTO role_grant (person_id, role, unit)"
        " SELECT person_id, 'office_admin', min(unit) FROM role_grant g WHERE role = 'process_admin'"
        " AND NOT EXISTS (SELECT 1 FROM role_grant o WHERE o.person_id = g.person_id AND o.role = 'office_admin')"
        " GROUP BY person_id"
    )


def _words() -> None:
    words = op.create_table(
        "person_word",
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), primary_key=True),
        sa.Column("person_id", sa.Text(), sa.ForeignKey("person.person_id"), primary_key=True),
    )
    op.create_index("ix_person_word_of_person", "person_word", ["person_id"])
    connection = op.get_bind()
    people = connection.execute(sa.text("SELECT person_id, username, name FROM person")).all()
    for start in range(0, len(people), CHUNK):
        rows = [
            {"word": word, "person_id": who.person_id}
            for who in people[start : start + CHUNK]
            for word in words_of(who.username, who.name)
        ]
        connection.execute(sa.insert(words), rows)
