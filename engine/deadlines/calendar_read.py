"""What admins read of the working calendar: a year day by day, its versions, and which years are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.clock.calendar import SATURDAY, WorkCalendar
from engine.deadlines.announced import known_years
from engine.deadlines.calendar_change import Sheet, check_year, read_sheet
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.time import CalendarDay, CalendarVersion

REMINDED_FROM = (10, 1)
"""Month and day from which the next year is missed: the State Council announces it in autumn."""


@dataclass(frozen=True)
class DayView:
    """One day of a year. `kind` is workday, weekend, rest, makeup or local; `is_set` says that a row stands."""

    day: date
    kind: str
    note: str
    is_set: bool

    @property
    def is_worked(self) -> bool:
        return self.kind in {"workday", "makeup"}


@dataclass(frozen=True)
class YearView:
    """A year of the calendar. `offered`: chinesecalendar knows it although the table lacks it."""

    year: int
    days: tuple[DayView, ...]
    is_announced: bool
    is_offered: bool
    version: int
    years: tuple[int, ...]
    missing: tuple[int, ...]

    @property
    def workday_count(self) -> int:
        return sum(day.is_worked for day in self.days)


def read_year(engine: Engine, actor: Actor, year: int) -> YearView:
    """Raises Forbidden for others than process admins, InvalidForm for a year that the table does not take."""
    admit(actor)
    check_year(year)
    with engine.store.read() as work:
        sheet = read_sheet(work)
    today = engine.clock.now().astimezone(engine.settings.timezone).date()
    span = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(span))
    is_announced = year in sheet.announced
    return YearView(
        year=year,
        days=tuple(view_of(day, sheet.days.get(day)) for day in days),
        is_announced=is_announced,
        is_offered=not is_announced and year in known_years(),
        version=sheet.version,
        years=tuple(sorted(sheet.announced)),
        missing=missing_years(sheet.announced, today),
    )


def read_versions(engine: Engine, actor: Actor, *, limit: int = 50) -> Sequence[CalendarVersion]:
    """The newest first. Raises Forbidden for others than process admins."""
    admit(actor)
    with engine.store.read() as work:
        newest = work.calendar.version()
        return work.calendar.versions(after=max(0, newest - limit))


def waiting_to_follow(engine: Engine) -> int:
    """How many running procedures have yet to follow a change that was applied."""
    with engine.store.read() as work:
        return work.deadlines.stale_count()


def view_of(day: date, row: CalendarDay | None) -> DayView:
    """A day with its row, None: by its weekday."""
    is_weekend = day.weekday() >= SATURDAY
    if row is None:
        return DayView(day, "weekend" if is_weekend else "workday", "", is_set=False)
    kind = row.kind if row.kind != "work" else ("makeup" if is_weekend else "workday")
    return DayView(day, kind, row.note, is_set=True)


def missing_years(announced: Sequence[int] | frozenset[int], today: date) -> tuple[int, ...]:
    """The years that should be in the table by now: this one, and from 1 October on the next one too."""
    wanted = [today.year]
    if (today.month, today.day) >= REMINDED_FROM:
        wanted.append(today.year + 1)
    return tuple(year for year in wanted if year not in announced)


def missing_in(calendar: WorkCalendar, today: date) -> tuple[int, ...]:
    """As `missing_years`, of a calendar that is at hand."""
    return missing_years(calendar.announced, today)


def sheet_of(engine: Engine, actor: Actor) -> Sheet:
    """The whole table. Raises Forbidden for others than process admins."""
    admit(actor)
    with engine.store.read() as work:
        return read_sheet(work)


def admit(actor: Actor) -> None:
    """Raises Forbidden for others than process admins. What changes something also audits the refusal."""
    if not actor.is_admin:
        raise Forbidden(
            Message(
                "只有流程管理员可以查看和修改工作日历。请联系流程管理员。",
                "Only a process admin may read and change the working calendar. Ask one.",
            )
        )
