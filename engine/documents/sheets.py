"""Excel workbooks: lists as sheets, and a sheet as rows. The only module that knows openpyxl."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import InvalidFile, Message

Cell: TypeAlias = str | int | float | bool | date | datetime | None

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
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


MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes of all members of a workbook together, unpacked."""
MOST_MEMBERS = 500
# what openpyxl and its parser raise for damaged workbooks, found by feeding them some
_BROKEN = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, SyntaxError)


def read_rows(name: str, content: bytes, *, most_rows: int, most_columns: int) -> list[tuple[Cell, ...]]:
    """The first sheet's rows, empty ones too, of equal length; what formulas computed when the file was saved.

    Raises InvalidFile for what is no .xlsx workbook, and for one that is too large.
    """
    _check_size(name, content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            page = book.worksheets[0]
            rows: list[tuple[Cell, ...]] = []
            for row in page.iter_rows(max_col=most_columns, values_only=True):
                if len(rows) > most_rows:
                    raise _too_large(name, most_rows)
                rows.append(tuple(_read(value) for value in row))
        finally:
            book.close()
    except (*_BROKEN, IndexError) as error:
        raise _no_workbook(name) from error
    while rows and not any(value not in (None, "") for value in rows[-1]):
        rows.pop()
    return rows


def _check_size(name: str, content: bytes) -> None:
    """Before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _no_workbook(name) from error
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise _too_large(name, None)
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise _no_workbook(name)


def _read(value: Any) -> Cell:
    if value is None or isinstance(value, str | bool | int | float | datetime | date):
        return value
    return str(value)


def _no_workbook(name: str) -> InvalidFile:
    return InvalidFile(
        Message(
            f"“{name}”不是可以读取的 Excel 工作簿（.xlsx）。请用本页下载的模板填写，另存为 .xlsx 后再上传。",
            f"“{name}” is no readable Excel workbook (.xlsx). Fill in the template of this page and upload that.",
        )
    )


def _too_large(name: str, most_rows: int | None) -> InvalidFile:
    rows = "" if most_rows is None else f"（一次最多 {most_rows} 行）"
    rows_en = "" if most_rows is None else f" (at most {most_rows} rows at a time)"
    return InvalidFile(
        Message(
            f"“{name}”太大{rows}。请分成几个文件导入。",
            f"“{name}” is too large{rows_en}. Import it in several files.",
        )
    )


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


def column_letter(index: int) -> str:
    """A, B, …, AA: the name of a column, counted from 0."""
    return str(get_column_letter(index + 1))
