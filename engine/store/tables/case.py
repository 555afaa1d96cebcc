"""Case files, their sealed parties, and the instances that drive them."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.case import InstanceState
from engine.store.tables.base import metadata
from engine.store.types import Codes, Named, Tagged, UtcDateTime

_FILTERS = ("procedure", "state", "purpose", "category", "channel", "confidential", "accused_units")

case_file = sa.Table(
    "case_file",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("unit", sa.ForeignKey("unit.code"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("number", sa.Text, unique=True),
    sa.Column("query_code", sa.Text, unique=True),
    sa.Column("channel", sa.Text),
    sa.Column("purpose", sa.Text),
    sa.Column("category", sa.Text),
    sa.Column("persons_count", sa.Integer),
    sa.Column("confidential", sa.Boolean, nullable=False),
    sa.Column("occurred_place", sa.Text),
    sa.Column("accused_units", Codes, nullable=False),
    sa.Column("facts", Tagged, nullable=False),
    # the values of `facts` without keys and punctuation, for the search
    sa.Column("facts_text", sa.Text, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("light", sa.Text),
    sa.Column("merged_into", sa.Text),
    # a form sent twice starts one case: the second insert is refused here
    sa.Column("submission_key", sa.Text, unique=True),
    # the register, newest first: of a unit, of everything; what a person has started. `_FILTERS` narrow them
    sa.Index("ix_case_file_of_unit", "unit", "created_at", "case_id", *_FILTERS),
    sa.Index("ix_case_file_newest", "created_at", "case_id", "unit", *_FILTERS),
    sa.Index("ix_case_file_started", "created_by", "created_at", "case_id", "unit", *_FILTERS),
    # whom it accuses: copies and cases followed are listed without looking at each case
    sa.Index("ix_case_file_accused", "case_id", "accused_units"),
)

party = sa.Table(
    "party",
    metadata,
    sa.Column("party_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("is_primary", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    # the parties of a case
    sa.Index("ix_party_of_case", "case_id"),
)

instance = sa.Table(
    "instance",
    metadata,
    sa.Column("instance_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("definition_id", sa.ForeignKey("definition.definition_id"), nullable=False),
    sa.Column("state", Named(InstanceState), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("audit_head", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("outcome", sa.Text),
    sa.Column("outcome_name", sa.Text),
    # last, so that reading the other columns skips its overflow pages
    sa.Column("snapshot", sa.LargeBinary, nullable=False),
    # the instances of a case
    sa.Index("ix_instance_of_case", "case_id"),
    # open instances of a definition
    sa.Index("ix_instance_of_definition", "definition_id", "state"),
)
