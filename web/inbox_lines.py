"""A line of the inbox as its page shows it: what it is called, where it leads, and what is special about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.records.task import TaskKind, UserTask
from engine.records.views import CASE_BOXES, InboxRow, cap_of
from web.addresses import address_of
from web.i18n import text

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


def line_of(row: InboxRow, box: str, language: str, halted: frozenset[str] = frozenset()) -> Line:
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
        claim_url=address_of("tasks.claim", "task_id", task.task_id) if box == "claimable" and task else "",
        marks=(*_halted(row, halted, language), *_marks(row, language)),
    )


def count_words(number: int, box: str = "") -> str:
    """A count as the rail writes it: nobody needs to know how many more than 999."""
    cap = cap_of(box)
    return str(number) if number < cap else f"{cap - 1}+"


def _halted(row: InboxRow, halted: frozenset[str], language: str) -> Iterator[Mark]:
    if row.task is not None and row.task.instance_id in halted:
        yield Mark("pause-circle", text("halted.mark", language))


def _marks(row: InboxRow, language: str) -> Iterator[Mark]:
    task = row.task
    urged = task.urged if task else 0
    told: tuple[tuple[object, str, str], ...] = (
        (row.is_unread, "record-circle-fill", "unread"),
        (task and task.properties.get("priority") == URGENT, "exclamation-triangle-fill", "urgent"),
        (row.confidential, "shield-lock", "confidential"),
        (row.stands_in_for, "person-check", "for"),
        (row.copied_by, "envelope", "copied_by"),
        (task and task.kind is TaskKind.SIGN, "people", "signing"),
        (task and task.owner, "person-check", "delegated"),
        (task and task.returns_to, "arrow-left", "returned"),
        (task and task.suspended, "pause-circle", "suspended"),
        (urged, "bell", "urged"),
    )
    for holds, icon, key in told:
        if holds:
            yield Mark(icon, text(f"line.{key}", language, name=row.stands_in_for or row.copied_by, n=urged))
