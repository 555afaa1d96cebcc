"""Lines of the inbox as an Excel workbook: what the list shows, and nothing about parties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.documents.sheets import Cell, Sheet, write_workbook
from engine.records.views import InboxRow
from web.choices import choice, procedure_names
from web.current import engine, language
from web.frame import office_time, pill_words
from web.i18n import text

_COLUMNS = (
    ("number", 20),
    ("title", 44),
    ("procedure", 18),
    ("step", 16),
    ("category", 18),
    ("purpose", 14),
    ("channel", 10),
    ("unit", 22),
    ("assignee", 12),
    ("received", 17),
    ("due", 17),
    ("light", 12),
)
"""Names and widths in characters."""


def inbox_workbook(rows: Iterable[InboxRow], box: str) -> bytes:
    """One sheet. A confidential matter keeps its number only: the file goes where no right guards it."""
    lang = language()
    columns = [(text(f"sheet.{name}", lang), width) for name, width in _COLUMNS]
    sheet = Sheet(name=text(f"rail.{box}", lang), columns=columns, rows=_cells(rows))
    return write_workbook([sheet], engine().settings.timezone)


def workbook_name(box: str) -> str:
    """`待办-2025-10-11.xlsx`."""
    day = office_time().today().isoformat()
    return text("sheet.file", language(), box=text(f"rail.{box}", language()), day=day) + ".xlsx"


def _cells(rows: Iterable[InboxRow]) -> Iterator[Sequence[Cell]]:
    procedures, time = procedure_names(), office_time()
    for row in rows:
        task = row.task
        yield (
            row.case_number,
            text("sheet.confidential", language()) if row.confidential else row.case_title,
            procedures.get(task.procedure, task.procedure) if task else None,
            task.name if task else None,
            choice("category", row.category) if row.category else None,
            choice("purpose", task.purpose) if task and task.purpose else None,
            choice("channel", row.channel) if row.channel else None,
            row.unit_name,
            row.assignee_name,
            row.at,
            # 24:00 of a day stays on that day, as the office writes it
            time.due_date(task.due_at) if task and task.due_at else None,
            pill_words(task) if task and task.closed_at is None else None,
        )
