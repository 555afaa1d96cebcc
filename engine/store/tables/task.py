"""The inbox: tasks, and what is typed but not submitted."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.task import TaskState
from engine.store.tables.base import metadata
from engine.store.types import Codes, Named, Tagged, UtcDateTime

IS_CLAIMED = sa.text("assignee IS NOT NULL")

user_task = sa.Table(
    "user_task",
    metadata,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey("instance.instance_id"), nullable=False),
    sa.Column("case_id", sa.ForeignKey("case_file.case_id"), nullable=False),
    sa.Column("definition_id", sa.ForeignKey("definition.definition_id"), nullable=False),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text),
    sa.Column("unit", sa.Text),
    sa.Column("assignee", sa.Text),
    sa.Column("state", Named(TaskState), nullable=False),
    sa.Column("form", sa.Text),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("scopes", Codes, nullable=False),
    sa.Column("properties", Tagged, nullable=False),
    sa.Column("data", Tagged, nullable=False),
    sa.Column("due_at", UtcDateTime),
    sa.Column("blue_at", UtcDateTime),
    sa.Column("yellow_at", UtcDateTime),
    sa.Column("red_at", UtcDateTime),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("closed_by", sa.Text),
    sa.Column("result", Tagged),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("rule", sa.Text),
    # `case_id` ends the next three: who may see which case is answered from them alone.
    # inbox "mine": one person's open tasks, most urgent first; partial, or SQLite looks up what nobody has claimed
    sa.Index(
        "ix_user_task_mine",
        "assignee",
        "state",
        "due_at",
        "case_id",
        sqlite_where=IS_CLAIMED,
        postgresql_where=IS_CLAIMED,
    ),
    # inbox "claimable": a role in a unit; and the cases that a unit has worked on
    sa.Index("ix_user_task_claimable", "unit", "role", "state", "due_at", "case_id"),
    # inbox "done": what one person completed, newest first
    sa.Index("ix_user_task_done", "closed_by", "closed_at", "case_id"),
    # the tasks of a case; the steps where it stands now
    sa.Index("ix_user_task_of_case", "case_id", "state"),
)

draft = sa.Table(
    "draft",
    metadata,
    # rows go with their task: a trigger deletes them when the task is no longer open
    sa.Column("task_id", sa.ForeignKey("user_task.task_id"), primary_key=True),
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("data", Tagged, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
)
