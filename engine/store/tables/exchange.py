"""What goes in and out: awaited messages, papers, notifications and their deliveries, attachments."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.delivery import DeliveryState
from engine.store.tables.base import metadata
from engine.store.types import Named, Sequenced, Tagged, UtcDateTime

message_subscription = sa.Table(
    "message_subscription",
    metadata,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), nullable=False),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    # who waits for a message with this key
    sa.Index("ix_message_subscription_awaited", "message", "key"),
)

IS_PENDING = sa.text("state = 'pending'")
IS_HELD = sa.text("state = 'held'")

outgoing_message = sa.Table(
    "outgoing_message",
    metadata,
    sa.Column("seq", Sequenced, primary_key=True, autoincrement=True),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), nullable=False),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("payload", Tagged, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("settled_at", UtcDateTime),
    # what is still to be delivered, oldest first
    sa.Index("ix_outgoing_message_pending", "seq", sqlite_where=IS_PENDING, postgresql_where=IS_PENDING),
    # what waits for the end of a halt
    sa.Index("ix_outgoing_message_held", "seq", sqlite_where=IS_HELD, postgresql_where=IS_HELD),
)

paper = sa.Table(
    "paper",
    metadata,
    sa.Column("paper_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("number", sa.Text, unique=True),
    sa.Column("fields", Tagged, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False),
    sa.Column("issued_by", sa.Text),
    sa.Column("served_at", UtcDateTime),
    sa.Column("series", sa.Text),
    sa.Column("year", sa.Integer),
    sa.Column("sequence", sa.Integer),
    sa.Column("template_id", sa.Text),
    sa.Column("file_sha256", sa.ForeignKey("attachment_content.sha256")),
    sa.Column("signed_at", UtcDateTime),
    sa.Column("signed_by", sa.Text),
    sa.Column("receipt", Tagged),
    sa.Column("voided_at", UtcDateTime),
    sa.Column("voided_by", sa.Text),
    sa.Column("void_reason", sa.Text, nullable=False, server_default=""),
    # what the file is made of, as it stood in the step: the case, and the petitioner as the seal had it
    sa.Column("context", Tagged),
    sa.Column("addressee_id", sa.Text),
    sa.Column("addressee_sealed", sa.LargeBinary),
    # of the Word file as it is handed out; `file_sha256` is that of the sealed bytes that are kept
    sa.Column("file_hash", sa.Text),
    sa.Column("issued_for", sa.Text),
    # a number is given once, whatever becomes of the paper
    sa.UniqueConstraint("series", "year", "sequence", name="uq_paper_series"),
    # the papers of a case, oldest first
    sa.Index("ix_paper_of_case", "case_id", "issued_at"),
)

paper_template = sa.Table(
    "paper_template",
    metadata,
    sa.Column("template_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.ForeignKey("attachment_content.sha256"), nullable=False),
    sa.Column("uploaded_at", UtcDateTime, nullable=False),
    sa.Column("uploaded_by", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    # the versions of a kind's template
    sa.UniqueConstraint("kind", "version", name="uq_paper_template_kind"),
)

IS_UNREAD = sa.text("read_at IS NULL")
IS_UNDISPATCHED = sa.text("dispatched_at IS NULL")
IS_WAITING = sa.text("state = 'waiting'")
IS_DEAD = sa.text("state = 'dead'")
IS_BUNDLED = sa.text("digest_id IS NOT NULL")

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("seq", Sequenced, primary_key=True, autoincrement=True),
    sa.Column("entry_id", sa.Text, nullable=False, unique=True),
    sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id")),
    sa.Column("task_id", sa.Text),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("text_zh", sa.Text, nullable=False),
    sa.Column("text_en", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("read_at", UtcDateTime),
    # when its deliveries were entered, one for each channel that reaches the person
    sa.Column("dispatched_at", UtcDateTime),
    sa.Column("level", sa.Text, nullable=False),
    # the entry that bundles this one
    sa.Column("digest_id", sa.Text),
    sa.Index("ix_outbox_of_digest", "digest_id", sqlite_where=IS_BUNDLED, postgresql_where=IS_BUNDLED),
    # a person's messages, newest first; and the unread ones, for the badge
    sa.Index("ix_outbox_of_person", "recipient", "seq"),
    sa.Index("ix_outbox_unread", "recipient", sqlite_where=IS_UNREAD, postgresql_where=IS_UNREAD),
    # what the channels have not been told of, by urgency, oldest first; and all that one person is to be told
    sa.Index(
        "ix_outbox_ripe", "level", "created_at", sqlite_where=IS_UNDISPATCHED, postgresql_where=IS_UNDISPATCHED
    ),
    sa.Index(
        "ix_outbox_gathering", "recipient", "seq", sqlite_where=IS_UNDISPATCHED, postgresql_where=IS_UNDISPATCHED
    ),
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("entry_id", sa.ForeignKey("outbox.entry_id"), primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("state", Named(DeliveryState), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", UtcDateTime),
    sa.Column("error", sa.Text),
    sa.Column("settled_at", UtcDateTime),
    # what a channel has to send, the longest due first
    sa.Index("ix_delivery_due", "channel", "retry_at", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
    # what has been given up, the latest first
    sa.Index("ix_delivery_dead", "settled_at", sqlite_where=IS_DEAD, postgresql_where=IS_DEAD),
)

attachment_content = sa.Table(
    "attachment_content",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("attachment_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.ForeignKey("attachment_content.sha256"), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("series_id", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("task_id", sa.Text),
    sa.Column("field", sa.Text),
    # the attachments of a case
    sa.Index("ix_attachment_of_case", "case_id", "added_at"),
)
