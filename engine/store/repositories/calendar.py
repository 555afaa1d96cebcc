"""The working calendar as stored."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.records.time import CalendarDay
from engine.store.rows import record_of, upsert, values_of
from engine.store.tables.time import calendar_day, calendar_year


def read_days(connection: sa.Connection) -> tuple[CalendarDay, ...]:
    """Every day that differs from its weekday, in order."""
    rows = connection.execute(sa.select(calendar_day).order_by(calendar_day.c.day))
    return tuple(record_of(CalendarDay, row, calendar_day) for row in rows)


def read_years(connection: sa.Connection) -> frozenset[int]:
    """The years whose holidays are announced."""
    return frozenset(connection.scalars(sa.select(calendar_year.c.year)))


def version_of_calendar() -> sa.ScalarSelect[int]:
    """Counts the changes of the calendar; 0 before the first."""
    return sa.select(sa.func.coalesce(sa.func.max(calendar_year.c.version), 0)).scalar_subquery()


def read_version(connection: sa.Connection) -> int:
    """The version in force."""
    return connection.scalar(sa.select(version_of_calendar())) or 0


def replace_years(connection: sa.Connection, days: Sequence[CalendarDay], years: Sequence[int]) -> None:
    """Puts the days of whole years in place of what stood for them, as a new version of the calendar."""
    if not years:
        return
    version = read_version(connection) + 1
    year_of_day = sa.extract("year", calendar_day.c.day)
    connection.execute(sa.delete(calendar_day).where(year_of_day.in_(list(years))))
    if days:
        statement = upsert(connection, calendar_day, ["day"], {"kind": None, "note": None})
        connection.execute(statement, [values_of(day) for day in days])
    announced = upsert(connection, calendar_year, ["year"], {"version": None})
    connection.execute(announced, [{"year": year, "version": version} for year in years])
