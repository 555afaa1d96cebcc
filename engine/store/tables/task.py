"""The inbox: tasks, and what is typed but not submitted."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.task import SignMode, TaskKind, TaskState
from engine.store.tables.base import metadata
from engine.store.types import Codes, Named, Tagged, UtcDateTime

IS_CLAIMED = sa.text("assignee IS NOT NULL")
IS_CHILD = sa.text("parent_id IS NOT NULL")
IS_DELEGATED = sa.text("owner IS NOT NULL")
IS_CLOSED_FOR = sa.text("closed_for IS NOT NULL")
IS_CLAIMED_FOR = sa.text("claimed_for IS NOT NULL")
IS_MINE = sa.text("state = 'open' AND assignee IS NOT NULL")
IS_CLAIMABLE = sa.text("state = 'open' AND assignee IS NULL")
IS_OPEN = sa.text("state = 'open'")
IS_DONE = sa.text("state = 'completed'")
IS_ENDED = sa.text("closed_by <> assignee")
_NARROWING = (
    *("case_id", "red_at", "yellow_at", "blue_at", "procedure", "element_id", "name"),
    *("purpose", "category", "channel", "accused_units", "state", "assignee"),
)
_CASE = ("case_created_at", "case_id", "accused_units")


def _box(box: str, *columns: str, where: sa.TextClause) -> sa.Index:
    more = (column for column in _NARROWING if column not in columns)
    return sa.Index(f"ix_user_task_{box}", *columns, *more, sqlite_where=where, postgresql_where=where)


task_name = sa.Table("task_name", metadata, sa.Column("name", sa.Text, primary_key=True))
"""Every name that a task has or had, once. Triggers keep it (migration 0010)."""

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
    sa.Column("kind", Named(TaskKind), nullable=False, server_default="step"),
    sa.Column("parent_id", sa.Text),
    sa.Column("sign_mode", Named(SignMode)),
    sa.Column("owner", sa.Text),
    sa.Column("asked_by", sa.Text),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("returns_to", sa.Text),
    sa.Column("suspended", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("suspended_until", UtcDateTime),
    sa.Column("begun_at", UtcDateTime),
    sa.Column("held_result", Tagged),
    sa.Column("closed_for", sa.Text),
    sa.Column("claimed_for", sa.Text),
    sa.Column("opened_by", sa.Text),
    sa.Column("urged", sa.Integer, nullable=False, server_default="0"),
    sa.Column("urged_at", UtcDateTime),
    sa.Column("came_by", sa.Text, nullable=False, server_default=""),
    sa.Column("suspended_why", sa.Text, nullable=False, server_default=""),
    # the case's, kept equal by the store: lists filter and count without looking at the case
    sa.Column("category", sa.Text),
    sa.Column("purpose", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("confidential", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("accused_units", Codes, nullable=False, server_default=""),
    # the day the case was registered, given by the store: registers are in that order
    sa.Column("case_created_at", UtcDateTime),
    # inbox "mine": one person's open tasks, most urgent first. Here and in the next three `_NARROWING` follows, so
    # that a box is counted, filtered and cut to a page without looking at a row; SQLite wants what makes the index
    # partial in it too
    _box("mine", "assignee", "due_at", "opened_at", "task_id", "unit", where=IS_MINE),
    # inbox "claimable": what nobody has, of a role in a unit: most urgent first, newest first
    _box("claimable", "unit", "role", "due_at", "opened_at", "task_id", where=IS_CLAIMABLE),
    _box("offered", "unit", "role", "opened_at", "task_id", "due_at", where=IS_CLAIMABLE),
    # inbox "done": what one person completed, newest first
    _box("done", "closed_by", "closed_at", "task_id", "due_at", "opened_at", "unit", where=IS_DONE),
    # who may see which case, the newest first: who holds or held a task of it, who ended it, whose post it was
    sa.Index("ix_user_task_held", "assignee", *_CASE, sqlite_where=IS_CLAIMED, postgresql_where=IS_CLAIMED),
    sa.Index("ix_user_task_ended", "closed_by", *_CASE, sqlite_where=IS_ENDED, postgresql_where=IS_ENDED),
    sa.Index("ix_user_task_of_post", "unit", "role", *_CASE),
    # the signers of a task; what a person has delegated
    sa.Index("ix_user_task_signers", "parent_id", sqlite_where=IS_CHILD, postgresql_where=IS_CHILD),
    sa.Index("ix_user_task_delegated", "owner", "state", sqlite_where=IS_DELEGATED, postgresql_where=IS_DELEGATED),
    # what was done for a person who was away, and what is still in a deputy's hands
    sa.Index(
        "ix_user_task_done_for",
        "closed_for",
        "closed_at",
        sqlite_where=IS_CLOSED_FOR,
        postgresql_where=IS_CLOSED_FOR,
    ),
    sa.Index(
        "ix_user_task_held_for",
        "claimed_for",
        "state",
        sqlite_where=IS_CLAIMED_FOR,
        postgresql_where=IS_CLAIMED_FOR,
    ),
    # how long the tasks of an element took; what stands there now
    sa.Index("ix_user_task_paced", "procedure", "closed_at", "element_id", "opened_at"),
    sa.Index(
        "ix_user_task_standing",
        *(
            "procedure",
            "element_id",
            "red_at",
            "blue_at",
            "kind",
            "unit",
            "definition_id",
            "accused_units",
            "case_id",
        ),
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    ),
    # the tasks of a case; the steps where it stands now
    sa.Index(
        "ix_user_task_of_case",
        *("case_id", "state", "due_at", "red_at", "yellow_at", "blue_at"),
        *("assignee", "closed_by", "unit", "role", "element_id"),
    ),
)

draft = sa.Table(
    "draft",
    metadata,
    # rows go with their task: a trigger deletes them when the task is no longer open
    sa.Column("task_id", sa.ForeignKey("user_task.task_id"), primary_key=True),
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("data", Tagged, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
    sa.Column("base", Tagged),
    # what was typed about the parties
    sa.Column("sealed", sa.LargeBinary),
)

start_draft = sa.Table(
    "start_draft",
    metadata,
    # one for each procedure that a person may start; dropped when the case is registered
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    sa.Column("procedure", sa.Text, primary_key=True),
    sa.Column("data", Tagged, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
)
