"""What people keep beside their tasks: views, copies, followed cases, phrases, comments, links, recusals."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import metadata
from engine.store.types import Codes, Tagged, UtcDateTime

IS_SHARED = sa.text("unit IS NOT NULL")

saved_view = sa.Table(
    "saved_view",
    metadata,
    sa.Column("view_id", sa.Text, primary_key=True),
    sa.Column("owner", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", Tagged, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("unit", sa.ForeignKey("unit.code")),
    # one's own, and those that colleagues share
    sa.Index("ix_saved_view_of_owner", "owner", "page"),
    sa.Index("ix_saved_view_of_unit", "unit", "page", sqlite_where=IS_SHARED, postgresql_where=IS_SHARED),
)

copy_note = sa.Table(
    "copy_note",
    metadata,
    sa.Column("copy_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("task_id", sa.Text),
    sa.Column("sender", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("receiver", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("read_at", UtcDateTime),
    # what was brought to a person's attention, the newest last; the copies of a case
    sa.Index("ix_copy_note_of_receiver", "receiver", "at", "case_id"),
    sa.Index("ix_copy_note_of_case", "case_id"),
)

follow = sa.Table(
    "follow",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
    # what a person follows, the newest last; who follows a case
    sa.Index("ix_follow_of_person", "person_id", "since", "case_id"),
    sa.Index("ix_follow_of_case", "case_id"),
)

phrase = sa.Table(
    "phrase",
    metadata,
    sa.Column("phrase_id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Index("ix_phrase_of_person", "person_id", "position"),
)

comment = sa.Table(
    "comment",
    metadata,
    sa.Column("comment_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("task_id", sa.Text),
    sa.Column("author", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("author_for", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("mentions", Codes, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    # the comments of a case, oldest first
    sa.Index("ix_comment_of_case", "case_id", "at"),
)

case_link = sa.Table(
    "case_link",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), primary_key=True),
    sa.Column("other_id", sa.ForeignKey("case_file.case_id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
)

party_token = sa.Table(
    "party_token",
    metadata,
    # keyed hashes of what names a party: equal names are found, no name can be read
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("party_id", sa.ForeignKey("party.party_id"), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Index("ix_party_token_of_party", "party_id"),
)

recusal = sa.Table(
    "recusal",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    # the cases that a person stands aside from
    sa.Index("ix_recusal_of_person", "person_id", "case_id"),
)

evaluation = sa.Table(
    "evaluation",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("score", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

register_import = sa.Table(
    "register_import",
    metadata,
    # lines of a register that were checked and wait for their confirmation: they name petitioners
    sa.Column("import_id", sa.Text, primary_key=True),
    sa.Column("owner", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    # one's own; those of anybody that have waited too long
    sa.Index("ix_register_import_of_owner", "owner"),
    sa.Index("ix_register_import_old", "at"),
)

query_attempt = sa.Table(
    "query_attempt",
    metadata,
    # how often the public page was asked from one address (a keyed hash), or for one code, in a window of time
    sa.Column("bucket", sa.Text, primary_key=True),
    sa.Column("window_start", UtcDateTime, primary_key=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    # old windows are swept
    sa.Index("ix_query_attempt_old", "window_start"),
)
