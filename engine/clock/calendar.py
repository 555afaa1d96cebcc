"""The working calendar: which days an office works. Pure; loaded from a table by `engine.deadlines`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.errors import EngineError, Message

SATURDAY = 5
LONGEST_REST = 366
"""Days after which a search for a working day gives up: no office rests for a year."""

ONE_DAY = timedelta(days=1)


class ImpossibleTime(EngineError):
    """An instant that cannot be computed: out of range, or without a usable start or amount."""


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday, but for the `exceptions` (day -> is it worked?).

    `announced` are the years whose holidays are known; a day of any other year goes by its weekday alone
    and makes what is computed from it provisional. `version` grows with every change of the table.
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()
    version: int = 0

    def is_workday(self, day: date) -> bool:
        worked = self.exceptions.get(day)
        return day.weekday() < SATURDAY if worked is None else worked

    def on_or_after(self, day: date) -> date:
        """The first working day that is not before `day`."""
        return self._seek(day, ONE_DAY)

    def on_or_before(self, day: date) -> date:
        """The last working day that is not after `day`."""
        return self._seek(day, -ONE_DAY)

    def before(self, day: date) -> date:
        """The last working day before `day`."""
        return self.on_or_before(_step(day, -ONE_DAY))

    def count_on(self, day: date, amount: int) -> date:
        """The `amount`-th working day after `day`, which is itself not counted; `day` for zero."""
        for _ in range(amount):
            day = self.on_or_after(_step(day, ONE_DAY))
        return day

    def count_back(self, day: date, amount: int) -> date:
        """The `amount`-th working day before `day`, which is itself not counted; `day` for zero."""
        for _ in range(amount):
            day = self.before(day)
        return day

    def is_provisional(self, days: Iterable[date]) -> bool:
        """Whether a year between the first and the last of `days` has no announced calendar."""
        years = [day.year for day in days]
        return any(year not in self.announced for year in range(min(years), max(years) + 1))

    def _seek(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_REST):
            if self.is_workday(day):
                return day
            day = _step(day, step)
        raise ImpossibleTime(
            Message(
                f"工作日历在 {day.isoformat()} 附近一整年没有工作日。请检查日历表。",
                f"The calendar has no working day for a year around {day.isoformat()}. Check the calendar table.",
            )
        )


def _step(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError as error:
        raise out_of_range() from error


def out_of_range() -> ImpossibleTime:
    """The error for a date beyond the years that can be written."""
    return ImpossibleTime(
        Message(
            "算出的日期超出了可用的范围。请检查起算日与天数。",
            "The date is out of range. Check the start and the number of days.",
        )
    )
