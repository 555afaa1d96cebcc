"""Part of revision 0005: the indexes of the lists, and the words of every case for the search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.case_words import CREATE_POSTGRESQL, CREATE_SQLITE, doc_row, insert_doc
from engine.store.types import UtcDateTime

_NARROWING = (
    *("case_id", "red_at", "yellow_at", "blue_at", "procedure", "element_id", "name"),
    *("purpose", "category", "channel", "accused_units", "state", "assignee"),
)
_INDEXES = (
    (
        "mine",
        ("assignee", "due_at", "opened_at", "task_id", "unit", *_NARROWING[:-1]),
        "state = 'open' AND assignee IS NOT NULL",
    ),
    (
        "claimable",
        ("unit", "role", "due_at", "opened_at", "task_id", *_NARROWING),
        "state = 'open' AND assignee IS NULL",
    ),
    (
        "offered",
        ("unit", "role", "opened_at", "task_id", "due_at", *_NARROWING),
        "state = 'open' AND assignee IS NULL",
    ),
    (
        "done",
        ("closed_by", "closed_at", "task_id", "due_at", "opened_at", "unit", *_NARROWING),
        "state = 'completed'",
    ),
    ("held", ("assignee", "case_created_at", "case_id", "accused_units"), "assignee IS NOT NULL"),
    ("ended", ("closed_by", "case_created_at", "case_id", "accused_units"), "closed_by <> assignee"),
    ("of_post", ("unit", "role", "case_created_at", "case_id", "accused_units"), None),
    (
        "of_case",
        (
            "case_id",
            "state",
            "due_at",
            "red_at",
            "yellow_at",
            "blue_at",
            "assignee",
            "closed_by",
            "unit",
            "role",
            "element_id",
        ),
        None,
    ),
)
_CHUNK = 1000


def upgrade_lists() -> None:
    connection = op.get_bind()
    op.add_column("user_task", sa.Column("case_created_at", UtcDateTime()))
    op.execute(
        "UPDATE user_task SET case_created_at ="
        " (SELECT c.created_at FROM case_file c WHERE c.case_id = user_task.case_id)"
    )
    for name in ("mine", "claimable", "done", "of_case"):
        op.drop_index(f"ix_user_task_{name}", "user_task")
    for name, columns, where in _INDEXES:
        only: dict[str, Any] = {}
        if where is not None:
            only = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
        op.create_index(f"ix_user_task_{name}", "user_task", list(columns), **only)
    filters = ["procedure", "state", "purpose", "category", "channel", "confidential", "accused_units"]
    op.drop_index("ix_case_file_of_unit", "case_file")
    op.drop_index("ix_case_file_newest", "case_file")
    op.create_index("ix_case_file_of_unit", "case_file", ["unit", "created_at", "case_id", *filters])
    op.create_index("ix_case_file_newest", "case_file", ["created_at", "case_id", "unit", *filters])
    op.create_index("ix_case_file_started", "case_file", ["created_by", "created_at", "case_id", "unit", *filters])
    for statement in CREATE_SQLITE if connection.dialect.name == "sqlite" else CREATE_POSTGRESQL:
        op.execute(statement)
    for rows in _docs(connection):
        connection.execute(insert_doc(connection), rows)


def _docs(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    last = ""
    while True:
        found = connection.execute(
            sa.text(
                "SELECT case_id, number, title, facts_text FROM case_file"
                " WHERE case_id > :last ORDER BY case_id LIMIT :chunk"
            ),
            {"last": last, "chunk": _CHUNK},
        ).all()
        if not found:
            return
        last = found[-1].case_id
        yield [doc_row(connection, r.case_id, r.number, r.title, r.facts_text) for r in found]
