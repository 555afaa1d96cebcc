"""A line of the inbox as its page shows it: what it is called, where it leads, and what is special about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.records.task import TaskKind, TaskState, UserTask
from engine.records.views import CASE_BOXES, InboxRow, cap_of
from engine.tasks.rights import is_suspended
from web.addresses import address_of
from web.i18n import text

RETURNED = "returned"
URGENT = "urgent"
"""The value of a step's property `priority` that marks its tasks."""


@dataclass(frozen=True)
class Mark:
    """A word beside the line's number, with its icon."""

    icon: str
    words: str


@dataclass(frozen=True)
class Line:
    """`key` is what acts on several lines take: the id of the copy, of the task, or of a case without one."""

    key: str
    row: InboxRow
    task: UserTask | None
    case_id: str
    is_case: bool
    open_url: str
    panel_url: str
    claim_url: str
    marks: tuple[Mark, ...]


def line_of(row: InboxRow, box: str, language: str, now: datetime, halted: frozenset[str] = frozenset()) -> Line:
    """The line of one row. `halted` are instances."""
    task, case_id = row.task, row.case_id
    leads_to_case = task is None or box in CASE_BOXES
    return Line(
        key=row.key,
        row=row,
        task=task,
        case_id=case_id,
        is_case=leads_to_case,
        open_url=address_of("cases.show", "case_id", case_id)
        if leads_to_case
        else address_of("tasks.show", "task_id", task.task_id if task else ""),
        panel_url=address_of("inbox.case_panel", "case_id", case_id)
        if leads_to_case
        else address_of("inbox.panel", "task_id", task.task_id if task else ""),
        claim_url=address_of("tasks.claim", "task_id", task.task_id) if task and _is_free(task, box) else "",
        marks=(*_halted(row, halted, language), *_marks(row, language, now)),
    )


def _is_free(task: UserTask, box: str) -> bool:
    """Whether it is claimed from the list; what lies with somebody away is that person's already."""
    return box == "claimable" or (box == "deputised" and task.assignee is None)


def count_words(number: int, box: str = "") -> str:
    """A count as the rail writes it: nobody needs to know how many more than 999."""
    cap = cap_of(box)
    return str(number) if number < cap else f"{cap - 1}+"


def _halted(row: InboxRow, halted: frozenset[str], language: str) -> Iterator[Mark]:
    if row.task is not None and row.task.instance_id in halted:
        yield Mark("pause-circle", text("halted.mark", language))


def _marks(row: InboxRow, language: str, now: datetime) -> Iterator[Mark]:
    task = row.task
    is_sign = task is not None and task.kind is TaskKind.SIGN
    is_aside = task is not None and is_suspended(task, now)
    came = _came_by(task) if task is not None else ""
    urged = task.urged if task else 0
    told: tuple[tuple[object, str, str], ...] = (
        (row.is_unread, "record-circle-fill", "unread"),
        (task and task.properties.get("priority") == URGENT, "exclamation-triangle-fill", "urgent"),
        (row.confidential, "shield-lock", "confidential"),
        (row.stands_in_for, "person-check", "for"),
        (row.copied_by, "envelope", "copied_by"),
        (is_sign, "people", "signing"),
        (task and task.owner, "person-check", "delegated"),
        (came == "transferred", "arrow-left-right", "transferred"),
        (came == "given_back", "arrow-return-left", "given_back"),
        (came == "disagreed", "exclamation-triangle-fill", "disagreed"),
        (came == RETURNED, "arrow-90deg-left", "returned"),
        (is_aside and is_sign, "hourglass-split", "awaits"),
        (is_aside and not is_sign, "pause-circle", "suspended"),
        (urged, "bell", "urged"),
    )
    for holds, icon, key in told:
        if holds:
            yield Mark(icon, text(f"line.{key}", language, name=row.stands_in_for or row.copied_by, n=urged))


def _came_by(task: UserTask) -> str:
    """How an open task got here: one that was asked for and is nothing else has come back from a later step."""
    if task.state is not TaskState.OPEN:
        return ""
    return task.came_by or (RETURNED if task.asked_by else "")
