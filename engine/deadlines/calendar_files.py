"""Files of the working calendar: read into a change, and written."""

from __future__ import annotations

from engine.deadlines.announced import announced_year
from engine.deadlines.calendar_change import CalendarChange, check_year, whole_year
from engine.deadlines.calendar_csv import csv_of, days_from_csv
from engine.deadlines.calendar_ics import days_from_ics, ics_of
from engine.deadlines.calendar_preview import admit_change
from engine.deadlines.calendar_read import sheet_of
from engine.errors import InvalidFile, Message, NotFound
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.time import CalendarDay

MOST_BYTES = 512 * 1024
FORMATS = ("csv", "ics")


def read_days(name: str, content: bytes) -> tuple[CalendarDay, ...]:
    """The days in a .csv or .ics file. Raises InvalidFile."""
    if len(content) > MOST_BYTES:
        raise InvalidFile(
            Message(
                f"文件太大：工作日历文件最多 {MOST_BYTES // 1024} KB。请只导出一年。",
                f"Too large: a calendar file has at most {MOST_BYTES // 1024} KB. Export a single year.",
            )
        )
    lower = name.lower()
    if lower.endswith(".ics"):
        return days_from_ics(content)
    if lower.endswith(".csv"):
        return days_from_csv(content)
    raise InvalidFile(
        Message(
            "只接受 .csv 或 .ics 文件。请换一个文件。", "Only a .csv or an .ics file is accepted. Choose another."
        )
    )


def import_year(
    engine: Engine, actor: Actor, year: int, name: str, content: bytes, *, is_announced: bool = True
) -> CalendarChange:
    """The year as the file says, to be previewed; days that it does not name go by their weekday.

    Raises Forbidden (audited), InvalidForm for the year, InvalidFile: also where nothing in it is of that year.
    """
    admit_change(engine, actor, "import_calendar")
    check_year(year)
    days = [row for row in read_days(name, content) if row.day.year == year]
    if not days:
        raise InvalidFile(
            Message(
                f"文件里没有 {year} 年的日子。请选择正确的年份或文件。",
                f"The file has no day of {year}. Choose the right year, or another file.",
            )
        )
    return whole_year(sheet_of(engine, actor), year, days, is_announced=is_announced)


def offered_year(engine: Engine, actor: Actor, year: int) -> CalendarChange:
    """The year as the installed chinesecalendar knows it, to be previewed.

    Raises Forbidden (audited), NotFound where it does not know it.
    """
    admit_change(engine, actor, "import_calendar")
    days = announced_year(year)
    if days is None:
        raise NotFound(Message("年度节假日安排", "holidays of the year"), str(year))
    return whole_year(sheet_of(engine, actor), year, days, is_announced=True)


def export_year(engine: Engine, actor: Actor, year: int, form: str) -> bytes:
    """The year's rows as `csv` or `ics`. Raises Forbidden, InvalidForm for the year, NotFound for the format."""
    sheet = sheet_of(engine, actor)
    check_year(year)
    days = sorted(sheet.of_year(year).values(), key=lambda row: row.day)
    if form == "csv":
        return csv_of(days)
    if form == "ics":
        return ics_of(days, name=f"{year} 年工作日历", at=engine.clock.now())
    raise NotFound(Message("导出格式", "format"), form)
