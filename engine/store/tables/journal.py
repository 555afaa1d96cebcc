"""What happened: the path through the diagram, audit, incidents, scores."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import metadata
from engine.store.types import Sequenced, Tagged, UtcDateTime

IS_OF_PROCEDURE = sa.text("case_id = '' AND substr(event, 1, 9) = 'Procedure'")

IS_OF_OFFICE = sa.text("case_id = '' AND substr(event, 1, 6) IN ('Person', 'Office')")

path_entry = sa.Table(
    "path_entry",
    metadata,
    sa.Column("seq", Sequenced, primary_key=True, autoincrement=True),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), nullable=False),
    sa.Column("task_id", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("process_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("closure", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.Text),
    sa.Column("acted_for", sa.Text),
    # the path of an instance, in order
    sa.Index("ix_path_entry_of_instance", "instance_id", "seq"),
)

audit_entry = sa.Table(
    "audit_entry",
    metadata,
    # append-only: triggers refuse UPDATE and DELETE
    sa.Column("seq", Sequenced, primary_key=True, autoincrement=True),
    sa.Column("entry_id", sa.Text, nullable=False, unique=True),
    # "" is the system's own chain; no foreign key: the row must outlive whatever it speaks of
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("detail", Tagged, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    # the chain of a case, in order, and its head
    sa.Index("ix_audit_entry_of_case", "case_id", "seq"),
    # what was done with drafts and versions of procedures, newest first
    sa.Index("ix_audit_entry_of_procedure", "seq", sqlite_where=IS_OF_PROCEDURE, postgresql_where=IS_OF_PROCEDURE),
    # what was done with units, people and roles, newest first
    sa.Index("ix_audit_entry_of_office", "seq", sqlite_where=IS_OF_OFFICE, postgresql_where=IS_OF_OFFICE),
    # two writers cannot both continue from the same link (nor both from the empty chain)
    sa.Index("uq_audit_entry_link", "case_id", "previous", unique=True),
)

incident = sa.Table(
    "incident",
    metadata,
    sa.Column("incident_id", sa.Text, primary_key=True),
    # no foreign key on the instance: a start that failed left no instance
    sa.Column("instance_id", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("element_name", sa.Text, nullable=False),
    sa.Column("expression", sa.Text),
    sa.Column("reason_zh", sa.Text, nullable=False),
    sa.Column("reason_en", sa.Text, nullable=False),
    sa.Column("operation", Tagged, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # the admin's list, newest first; the incidents of a case
    sa.Index("ix_incident_by_state", "state", "at"),
    sa.Index("ix_incident_newest", "at"),
    sa.Index("ix_incident_of_case", "case_id"),
)

score_event = sa.Table(
    "score_event",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("unit", sa.Text),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("points", sa.Double, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    # the scores of a case
    sa.Index("ix_score_event_of_case", "case_id"),
    # the score sheet of a period: of everybody, of a unit
    sa.Index("ix_score_event_newest", "at"),
    sa.Index("ix_score_event_of_unit", "unit", "at"),
)
