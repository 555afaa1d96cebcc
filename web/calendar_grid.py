"""A year of the working calendar as twelve small sheets, and a change as the text that a form carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from engine.deadlines.calendar_change import CalendarChange, announce, one_day
from engine.deadlines.calendar_read import DayView, YearView
from engine.errors import InvalidState, Message
from engine.records.time import CalendarDay

LETTERS = {"rest": "休", "makeup": "班", "local": "地"}
"""What a day unlike its weekday is marked with, in either language: as the notices and wall calendars do."""
MOST_CHANGE = 64 * 1024


@dataclass(frozen=True)
class MonthSheet:
    """`weeks` are seven each, Monday first; None before the first and after the last day."""

    month: int
    weeks: tuple[tuple[DayView | None, ...], ...]


def months_of(view: YearView) -> tuple[MonthSheet, ...]:
    """The twelve sheets."""
    return tuple(_sheet(month, tuple(days)) for month, days in groupby(view.days, lambda d: d.day.month))


def _sheet(month: int, days: tuple[DayView, ...]) -> MonthSheet:
    cells: list[DayView | None] = [*[None] * days[0].day.weekday(), *days]
    cells += [None] * (-len(cells) % 7)
    return MonthSheet(month, tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7)))


def text_of(change: CalendarChange) -> str:
    """As a hidden field carries it from the preview to the confirmation."""
    days = {day.isoformat(): None if row is None else [row.kind, row.note] for day, row in change.days.items()}
    return json.dumps({"days": days, "announced": sorted(change.announced)}, ensure_ascii=False)


def change_of(text: str) -> CalendarChange:
    """Reads it back. Raises InvalidState for what no preview wrote, InvalidForm for days that cannot be."""
    try:
        if len(text) > MOST_CHANGE:
            raise ValueError
        given = json.loads(text)
        days, years = _days(given["days"]), [int(year) for year in given["announced"]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidState(
            Message(
                "没有收到要确认的改动。请回到日历重新预览。",
                "The change to confirm did not arrive. Go back to the calendar and preview it again.",
            )
        ) from error
    for day, row in days.items():
        one_day(day, row.kind if row is not None else _plain(day), row.note if row is not None else "")
    for year in years:
        announce(year)
    return CalendarChange(days, frozenset(years))


def _days(given: Mapping[str, Any]) -> dict[date, CalendarDay | None]:
    found: dict[date, CalendarDay | None] = {}
    for key, row in given.items():
        day = date.fromisoformat(key)
        found[day] = None if row is None else CalendarDay(day, str(row[0]), str(row[1]))
    return found


def _plain(day: date) -> str:
    return "weekend" if day.weekday() >= 5 else "workday"
