"""The working calendar as stored: days unlike their weekday, announced years, and its versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from engine.records.time import CalendarDay, CalendarVersion
from engine.store.repositories.known import Known
from engine.store.rows import record_of, upsert, values_of
from engine.store.tables.time import calendar_day, calendar_version, calendar_year


def version_of_calendar() -> sa.ScalarSelect[int]:
    """Counts the changes of the calendar; 0 before the first."""
    return sa.select(sa.func.coalesce(sa.func.max(calendar_version.c.version), 0)).scalar_subquery()


class Calendar:
    """Implements `CalendarRepository`."""

    def __init__(self, connection: sa.Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def days(self) -> tuple[CalendarDay, ...]:
        rows = self._connection.execute(sa.select(calendar_day).order_by(calendar_day.c.day))
        return tuple(record_of(CalendarDay, row, calendar_day) for row in rows)

    def announced_years(self) -> frozenset[int]:
        return frozenset(self._connection.scalars(sa.select(calendar_year.c.year)))

    def version(self) -> int:
        if self._known.calendar_version is None:
            self._known.calendar_version = self._connection.scalar(sa.select(version_of_calendar())) or 0
        return self._known.calendar_version

    def versions(self, *, after: int = 0) -> tuple[CalendarVersion, ...]:
        rows = self._connection.execute(
            sa.select(calendar_version)
            .where(calendar_version.c.version > after)
            .order_by(calendar_version.c.version.desc())
        )
        return tuple(record_of(CalendarVersion, row, calendar_version) for row in rows)

    def hold(self) -> None:
        # a step begins by locking its instance's row, and reads the calendar's version by the same statement
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.text("LOCK TABLE instance IN EXCLUSIVE MODE"))

    def add_version(
        self,
        version: CalendarVersion,
        *,
        changed: Sequence[CalendarDay],
        removed: Sequence[date],
        announced: Sequence[int],
    ) -> None:
        self._connection.execute(sa.insert(calendar_version), values_of(version))
        if removed:
            self._connection.execute(sa.delete(calendar_day).where(calendar_day.c.day.in_(list(removed))))
        if changed:
            statement = upsert(self._connection, calendar_day, ["day"], {"kind": None, "note": None})
            self._connection.execute(statement, [values_of(day) for day in changed])
        if announced:
            years = upsert(self._connection, calendar_year, ["year"], {"version": None})
            self._connection.execute(years, [{"year": year, "version": version.version} for year in announced])
        self._known.calendar_version = version.version
