"""The calendar as CSV: `date,kind,note`, as people keep it in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from engine.deadlines.calendar_change import LONGEST_NOTE
from engine.errors import InvalidFile, Message
from engine.records.time import CalendarDay

COLUMNS = {"date": "日期", "kind": "类型", "note": "说明"}
KIND_WORDS = {"rest": "休", "work": "班", "local": "地"}
_KINDS = {
    "rest": "rest",
    "holiday": "rest",
    "休": "rest",
    "休息": "rest",
    "休息日": "rest",
    "放假": "rest",
    "work": "work",
    "makeup": "work",
    "班": "work",
    "上班": "work",
    "补班": "work",
    "调休": "work",
    "local": "local",
    "地": "local",
    "地方假日": "local",
    "地方假": "local",
    "": None,
    "workday": None,
    "weekend": None,
    "工作日": None,
    "周末": None,
}
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
MOST_ERRORS = 5


def days_from_csv(content: bytes) -> tuple[CalendarDay, ...]:
    """The rows, in the order of their days. UTF-8 with or without BOM, or GB18030 as Excel writes it.

    Raises InvalidFile naming line and column of what cannot be read.
    """
    rows = csv.reader(io.StringIO(_text(content), newline=""))
    days: dict[date, CalendarDay | None] = {}
    errors: list[Message] = []
    try:
        for read_cells in rows:
            cells = [cell.strip() for cell in read_cells]
            if not any(cells) or (rows.line_num == 1 and _is_heading(cells)):
                continue
            read = _row(cells, rows.line_num)
            if isinstance(read, Message):
                errors.append(read)
            elif read[0] in days:
                errors.append(_at(rows.line_num, "date", f"{read[0]} 重复", f"{read[0]} occurs twice"))
            else:
                days[read[0]] = read[1]
    except csv.Error as error:
        errors.append(_at(rows.line_num, "date", f"不是 CSV（{error}）", f"this is no CSV ({error})"))
    if errors:
        raise _refused(errors)
    return tuple(row for _day, row in sorted(days.items()) if row is not None)


def csv_of(days: Iterable[CalendarDay]) -> bytes:
    """UTF-8 with BOM, so that spreadsheets show Chinese; `days_from_csv` reads it back."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for row in days:
        writer.writerow([row.day.isoformat(), KIND_WORDS[row.kind], row.note])
    return out.getvalue().encode("utf-8-sig")


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidFile(
        Message(
            "文件编码无法识别。请用表格软件另存为“CSV UTF-8”再导入。",
            "The file's encoding is unknown. Save it as “CSV UTF-8” and import it again.",
        )
    )


def _is_heading(cells: Sequence[str]) -> bool:
    return cells[0].lower() in {"date", "日期"}


def _row(cells: Sequence[str], line: int) -> tuple[date, CalendarDay | None] | Message:
    first, kind, note = (*cells, "", "")[:3]
    found = _DATE.fullmatch(first)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        return _at(line, "date", f"“{first[:20]}”不是日期，请写成 2027-01-01", f"“{first[:20]}” is no date")
    if kind.lower() not in _KINDS:
        return _at(line, "kind", f"“{kind[:20]}”不可用，请写休、班或地", f"“{kind[:20]}” is none of 休, 班, 地")
    if any(cells[3:]):
        return _at(line, "note", "之后还有多余的内容", "is followed by more cells")
    if len(note) > LONGEST_NOTE or not note.isprintable():
        return _at(line, "note", f"超过 {LONGEST_NOTE} 个字或含换行", f"has over {LONGEST_NOTE} characters")
    meant = _KINDS[kind.lower()]
    return day, None if meant is None else CalendarDay(day, meant, note)


def _at(line: int, column: str, zh: str, en: str) -> Message:
    return Message(f"第 {line} 行“{COLUMNS[column]}”列：{zh}", f"line {line}, column {column}: {en}")


def _refused(errors: Sequence[Message]) -> InvalidFile:
    more = len(errors) - MOST_ERRORS
    zh = "；".join(error.zh for error in errors[:MOST_ERRORS]) + (f"；另有 {more} 处" if more > 0 else "")
    en = "; ".join(error.en for error in errors[:MOST_ERRORS]) + (f"; and {more} more" if more > 0 else "")
    return InvalidFile(
        Message(
            f"文件没有导入。{zh}。请更正后再导入。", f"Nothing was imported. {en}. Correct it and import again."
        )
    )
