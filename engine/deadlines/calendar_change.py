"""Changes of the working calendar as values: what they replace, what they say, and the calendar that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.clock.calendar import SATURDAY, WorkCalendar
from engine.deadlines.announced import calendar_from
from engine.errors import FieldError, InvalidForm, Message
from engine.ports.store import UnitOfWork
from engine.records.time import CalendarDay
from engine.values import Data

KINDS = ("rest", "work", "local")
"""What a row of the table may be: holiday, make-up day, local holiday."""
FIRST_YEAR, LAST_YEAR = 2004, 2099
LONGEST_NOTE = 60


@dataclass(frozen=True)
class CalendarChange:
    """What is to be different. A day maps to its new row, None: it goes by its weekday. `announced`: years."""

    days: Mapping[date, CalendarDay | None] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """The whole table at one version."""

    days: Mapping[date, CalendarDay]
    announced: frozenset[int]
    version: int

    @property
    def calendar(self) -> WorkCalendar:
        return calendar_from(self.days.values(), self.announced, self.version)

    def of_year(self, year: int) -> dict[date, CalendarDay]:
        return {day: row for day, row in self.days.items() if day.year == year}


@dataclass(frozen=True)
class DayChange:
    """One day's row before and after; None: by its weekday."""

    day: date
    before: CalendarDay | None
    after: CalendarDay | None


def read_sheet(work: UnitOfWork) -> Sheet:
    """The table in force. Three statements."""
    days = {row.day: row for row in work.calendar.days()}
    return Sheet(days, work.calendar.announced_years(), work.calendar.version())


def one_day(day: date, kind: str, note: str = "") -> CalendarChange:
    """One day's kind: `workday` or `weekend` (by its weekday), rest, work or local. Raises InvalidForm."""
    errors = []
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        errors.append(FieldError("day", _bad_year(day.year)))
    plain = "weekend" if day.weekday() >= SATURDAY else "workday"
    if kind not in (*KINDS, plain):
        errors.append(
            FieldError(
                "kind",
                Message(
                    f"{day.isoformat()} 的类型“{kind[:20]}”不可用。请选择列出的类型。",
                    f"“{kind[:20]}” cannot be the kind of {day.isoformat()}. Choose one of those listed.",
                ),
            )
        )
    if len(note) > LONGEST_NOTE or not note.isprintable():
        errors.append(FieldError("note", bad_note()))
    if errors:
        raise InvalidForm(errors)
    return CalendarChange({day: None if kind == plain else CalendarDay(day, kind, note.strip())})


def whole_year(sheet: Sheet, year: int, rows: Iterable[CalendarDay], *, is_announced: bool) -> CalendarChange:
    """The year as the rows say: days that they do not name go by their weekday. Raises InvalidForm."""
    check_year(year)
    given: dict[date, CalendarDay | None] = {row.day: row for row in rows if row.day.year == year}
    gone: dict[date, CalendarDay | None] = {day: None for day in sheet.of_year(year) if day not in given}
    return effective(sheet, CalendarChange({**gone, **given}, frozenset({year} if is_announced else ())))


def announce(year: int) -> CalendarChange:
    """The year is announced: what rests on it is provisional no more. Raises InvalidForm."""
    check_year(year)
    return CalendarChange(announced=frozenset({year}))


def check_year(year: int) -> None:
    """Raises InvalidForm for a year that the table does not take."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidForm([FieldError("year", _bad_year(year))])


def effective(sheet: Sheet, change: CalendarChange) -> CalendarChange:
    """The change without what stands already."""
    return CalendarChange(
        {c.day: c.after for c in day_changes(sheet, change)}, frozenset(change.announced - sheet.announced)
    )


def day_changes(sheet: Sheet, change: CalendarChange) -> tuple[DayChange, ...]:
    """The days whose rows differ, in order."""
    changes = (DayChange(day, sheet.days.get(day), after) for day, after in sorted(change.days.items()))
    return tuple(c for c in changes if c.before != c.after)


def changed_sheet(sheet: Sheet, change: CalendarChange) -> Sheet:
    """The table after the change, as the next version."""
    days = dict(sheet.days)
    for day, row in change.days.items():
        if row is None:
            days.pop(day, None)
        else:
            days[day] = row
    return Sheet(days, sheet.announced | change.announced, sheet.version + 1)


def record_of_change(sheet: Sheet, change: CalendarChange) -> Data:
    """As `CalendarVersion.changes` keeps it: by ISO day, and by year for what is announced."""
    kept: dict[str, list[Data | None]] = {
        c.day.isoformat(): [_row(c.before), _row(c.after)] for c in day_changes(sheet, change)
    }
    kept |= {str(year): [None, {}] for year in sorted(change.announced - sheet.announced)}
    return kept


def undone(sheet: Sheet, changes: Data) -> Sheet:
    """The table before a version whose `changes` these are."""
    days, announced = dict(sheet.days), set(sheet.announced)
    for key, (before, _after) in changes.items():
        if len(key) == len("2026"):
            announced.discard(int(key))
            continue
        day = date.fromisoformat(key)
        days.pop(day, None)
        if before is not None:
            days[day] = CalendarDay(day, before["kind"], before["note"])
    return Sheet(days, frozenset(announced), sheet.version - 1)


def bad_note() -> Message:
    return Message(
        f"说明最多 {LONGEST_NOTE} 个字，不能换行。请缩短。",
        f"A note has at most {LONGEST_NOTE} characters on one line. Shorten it.",
    )


def _row(row: CalendarDay | None) -> Data | None:
    return None if row is None else {"kind": row.kind, "note": row.note}


def _bad_year(year: int) -> Message:
    return Message(
        f"{year} 年不在工作日历的范围内。请使用 {FIRST_YEAR} 至 {LAST_YEAR} 年。",
        f"The calendar does not take the year {year}. Use {FIRST_YEAR} to {LAST_YEAR}.",
    )
