"""The holidays that the State Council has announced, and the pure calendar behind rows of the calendar table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from engine.clock.calendar import SATURDAY, WorkCalendar
from engine.records.time import CalendarDay

FIRST_YEAR = 2004


def calendar_from(days: Iterable[CalendarDay], announced: Iterable[int], version: int) -> WorkCalendar:
    """The pure calendar behind the rows of the table."""
    return WorkCalendar(
        exceptions={day.day: day.kind == "work" for day in days}, announced=frozenset(announced), version=version
    )


@cache
def announced_days() -> tuple[tuple[CalendarDay, ...], tuple[int, ...]]:
    """Every day that differs from its weekday, and the years that are known, from 2004 on.

    Source: the State Council's yearly notices, as chinesecalendar carries them.
    """
    days: list[CalendarDay] = []
    years: list[int] = []
    year = FIRST_YEAR
    while (of_year := _days_of(year)) is not None:
        days.extend(of_year)
        years.append(year)
        year += 1
    return tuple(days), tuple(years)


def known_years() -> tuple[int, ...]:
    """The years that the installed chinesecalendar knows."""
    return announced_days()[1]


def announced_year(year: int) -> tuple[CalendarDay, ...] | None:
    """The days of one year that differ from their weekday; None where chinesecalendar does not know it."""
    days = _days_of(year)
    return None if days is None else tuple(days)


def _days_of(year: int) -> list[CalendarDay] | None:
    first = date(year, 1, 1)
    span = (date(year + 1, 1, 1) - first).days
    try:
        found = [_exception(first + timedelta(days=n)) for n in range(span)]
    except NotImplementedError:
        return None
    return [day for day in found if day is not None]


def _exception(day: date) -> CalendarDay | None:
    is_work = chinese_calendar.is_workday(day)
    if is_work == (day.weekday() < SATURDAY):
        return None
    _, name = chinese_calendar.get_holiday_detail(day)
    return CalendarDay(day=day, kind="work" if is_work else "rest", note=NAMES.get(name or "", name or ""))


NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
