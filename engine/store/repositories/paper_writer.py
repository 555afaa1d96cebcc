"""Writes papers. What is to stay as it is now comes into the row by the same statement.

The office's newest template of the kind, and the case's primary party under its seal: a later change of either
does not change the paper.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.records.step import Paper
from engine.store.rows import values_of
from engine.store.tables.case import party
from engine.store.tables.exchange import paper, paper_template

_GIVEN = tuple(name for name in Paper.__dataclass_fields__ if name != "template_id")
_template = (
    sa.select(paper_template.c.template_id)
    .where(paper_template.c.kind == sa.bindparam("new_kind"))
    .order_by(paper_template.c.version.desc())  # uq_paper_template_kind
    .limit(1)
    .scalar_subquery()
)
_addressed = (
    sa.select(party.c.party_id)
    .where(party.c.case_id == sa.bindparam("new_case_id"), party.c.is_primary)  # ix_party_of_case
    .limit(1)
    .scalar_subquery()
)
_sealed = (
    sa.select(party.c.sealed)
    .where(party.c.case_id == sa.bindparam("new_case_id"), party.c.is_primary)  # ix_party_of_case
    .limit(1)
    .scalar_subquery()
)
_INSERT = sa.insert(paper).values(
    {
        **{name: sa.bindparam(f"new_{name}", type_=paper.c[name].type) for name in _GIVEN},
        "template_id": _template,
        "addressee_id": _addressed,
        "addressee_sealed": _sealed,
    }
)


def write_papers(connection: sa.Connection, papers: Sequence[Paper]) -> None:
    """One statement, however many there are."""
    if papers:
        rows = [{f"new_{name}": value for name, value in values_of(p).items() if name in _GIVEN} for p in papers]
        connection.execute(_INSERT, rows if len(rows) > 1 else rows[0])
