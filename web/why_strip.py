"""The days of a deadline as small squares: weeks where they are few, months where they are many. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from engine.deadlines.explanation import Explanation
from engine.deadlines.why_days import Day
from web.i18n import text
from web.moments import OfficeTime

WEEK = 7
MOST_IN_WEEKS = 35
"""Days told week by week; more are told as months."""


@dataclass(frozen=True)
class Cell:
    """A square. `kind` is the day's, `flags` are due, today, past, extended; `words` say all of it."""

    short: str
    kind: str
    flags: str
    words: str


@dataclass(frozen=True)
class Block:
    """A month, or a week; `blanks` are the days of its first week before its first cell."""

    label: str
    blanks: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Strip:
    """`layout` is weeks, months or hours; `kinds` are those that occur, for the legend, in the legend's order."""

    layout: str
    blocks: tuple[Block, ...]
    kinds: tuple[str, ...]


LEGEND = ("start", "counted", "off", "makeup", "rest", "paused", "rolled", "extended", "due", "today")


def strip_of(explained: Explanation, time: OfficeTime) -> Strip | None:
    """The squares of an explanation; None where a clock of hours has none to show."""
    if explained.deadline.clock == "H":
        return _hours(explained, time) if explained.hours else None
    days = explained.span.days
    if len(days) <= MOST_IN_WEEKS:
        layout, blocks = "weeks", _weeks(days, explained, time)
    else:
        layout, blocks = "months", _months(days, explained, time)
    return Strip(layout, blocks, _kinds(blocks))


def _weeks(days: tuple[Day, ...], explained: Explanation, time: OfficeTime) -> tuple[Block, ...]:
    blocks = []
    shown: int | None = None
    for _, group in groupby(days, lambda day: day.day.isocalendar()[:2]):
        week = tuple(group)
        month = next((day.day.month for day in week if day.day.day == 1), week[0].day.month)
        label = _month_name(month, time) if month != shown else ""
        shown = month
        cells = tuple(_cell(day, explained, time) for day in week)
        blocks.append(Block(label, week[0].day.weekday(), cells))
    return tuple(blocks)


def _months(days: tuple[Day, ...], explained: Explanation, time: OfficeTime) -> tuple[Block, ...]:
    blocks = []
    year = time.today().year
    for (of_year, month), group in groupby(days, lambda day: (day.day.year, day.day.month)):
        of_month = tuple(group)
        label = _month_name(month, time)
        if of_year != year:
            label = text("why.month_of_year", time.language, month=month, year=of_year)
        cells = tuple(_cell(day, explained, time) for day in of_month)
        blocks.append(Block(label, of_month[0].day.weekday(), cells))
    return tuple(blocks)


def _month_name(month: int, time: OfficeTime) -> str:
    """Short enough to stand before a line of days."""
    return text("why.month", time.language, month=text(f"why_month.{month}", time.language))


def _cell(day: Day, explained: Explanation, time: OfficeTime) -> Cell:
    today = time.today()
    is_due = day.day == explained.due_on
    flags = {
        "due": is_due,
        "missed": is_due and explained.light == "red",
        "today": day.day == today,
        "past": day.day < today,
        "off": day.kind == "counted" and not day.is_workday,
        "extended": day.extended,
    }
    return Cell(str(day.day.day), day.kind, _named(flags), day_words(day, time, is_due=is_due))


def day_words(day: Day, time: OfficeTime, *, is_due: bool) -> str:
    """`10-09 星期四，第 1 日，计入`: what a screen reader says of a square."""
    parts = [f"{_written(day.day, time)} {text(f'day.weekday{day.day.weekday()}', time.language)}"]
    parts.append(kind_words(day, time))
    if day.note:
        parts.append(day.note)
    if is_due:
        parts.append(text("why.kind_due", time.language))
    return text("why.comma", time.language).join(parts)


def kind_words(day: Day, time: OfficeTime) -> str:
    """What became of the day: counted as the how-manieth, or why not."""
    if day.number is None:
        return text(f"why.kind_{day.kind}", time.language)
    return text(f"why.kind_{day.kind}_n", time.language, n=day.number)


def _hours(explained: Explanation, time: OfficeTime) -> Strip:
    cells = []
    for hour in explained.hours:
        is_last = hour.until == explained.deadline.legal_due
        flags = {
            "due": is_last,
            "missed": is_last and explained.light == "red",
            "today": hour.since <= time.now < hour.until,
            "past": hour.until <= time.now,
        }
        words = text(
            "why.hour_words", time.language, n=hour.number, since=_at(hour.since, time), until=_at(hour.until, time)
        )
        cells.append(Cell(str(hour.number), "counted", _named(flags), words))
    blocks = (Block("", 0, tuple(cells)),)
    return Strip("hours", blocks, ())


def _kinds(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    found: set[str] = set()
    for block in blocks:
        for cell in block.cells:
            found |= {cell.kind, *cell.flags.replace("is-", "").split()}
    return tuple(kind for kind in LEGEND if kind in found)


def _named(flags: dict[str, bool]) -> str:
    return " ".join(f"is-{name}" for name, is_set in flags.items() if is_set)


def _written(day: date, time: OfficeTime) -> str:
    return f"{day:%m-%d}" if day.year == time.today().year else day.isoformat()


def _at(at: datetime, time: OfficeTime) -> str:
    return time.clock(at)
