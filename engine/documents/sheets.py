"""Excel workbooks: lists as sheets, and a sheet as rows. The only module that knows openpyxl."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Cell: TypeAlias = str | int | float | bool | date | datetime | None

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans({c: " " for c in "[]:*?/\\"})
_MOMENT, _DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"


@dataclass(frozen=True)
class Sheet:
    """`columns` are headings with widths in characters; `rows` may be read once only."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterator[Sequence[Cell]] | Sequence[Sequence[Cell]]


def write_workbook(sheets: Sequence[Sheet], zone: ZoneInfo) -> bytes:
    """A workbook, the headings frozen. Instants are written in `zone`; no text ever becomes a formula."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name.translate(_NOT_IN_NAMES)[:LONGEST_NAME])
        page.freeze_panes = "A2"
        for index, (_, width) in enumerate(sheet.columns, start=1):
            page.column_dimensions[get_column_letter(index)].width = width
        page.append([_heading(page, heading) for heading, _ in sheet.columns])
        for row in sheet.rows:
            page.append([_cell(page, value, zone) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _heading(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(page: Any, value: Cell, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        value = value.astimezone(zone).replace(tzinfo=None)
    elif isinstance(value, str):
        value = "".join(c for c in value if c.isprintable() or c in "\n\t")
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        # what begins with = would be computed by whoever opens the file
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, datetime):
        cell.number_format = _MOMENT
    elif isinstance(value, date):
        cell.number_format = _DAY
    return cell
