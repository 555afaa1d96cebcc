from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.clock.calendar import ImpossibleTime, WorkCalendar
from engine.clock.deadline import ClockKind, Term, dues_of
from engine.clock.period import Period, period_end
from engine.deadlines.announced import announced_days
from tests.unit.clock.days import ZONE, announced, at


def test_the_announced_calendar_knows_holidays_and_make_up_days() -> None:
    calendar = announced()
    assert not calendar.is_workday(date(2025, 10, 8))
    assert calendar.is_workday(date(2025, 9, 28))
    assert calendar.is_workday(date(2026, 2, 14))
    assert not calendar.is_workday(date(2026, 2, 23))
    assert calendar.is_workday(date(2026, 9, 20))


def test_the_announced_years_end_with_2026() -> None:
    days, years = announced_days()
    assert years == tuple(range(2004, 2027))
    assert all((day.kind == "work") == (day.day.isoweekday() > 5) for day in days)
    assert {day.note for day in days if day.day.year == 2026} <= {
        "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节",
    }  # fmt: skip


def test_a_calendar_without_working_days_is_an_error_not_a_loop() -> None:
    never = WorkCalendar({date(2026, 1, 1) + timedelta(days=n): False for n in range(800)})
    with pytest.raises(ImpossibleTime):
        never.on_or_after(date(2026, 2, 1))


@pytest.mark.parametrize("amount", [-1, 36_601])
def test_absurd_amounts_are_refused(amount: int) -> None:
    with pytest.raises(ImpossibleTime):
        dues_of(Term(ClockKind.DAYS, amount), at("2026-01-05 09:00"), WorkCalendar(), ZONE)


def test_dates_beyond_the_last_year_are_refused() -> None:
    with pytest.raises(ImpossibleTime):
        dues_of(Term(ClockKind.DAYS, 400), at("9999-06-01 09:00"), WorkCalendar(), ZONE)
    with pytest.raises(ImpossibleTime):
        dues_of(Term(ClockKind.HOURS, 8000), at("9999-12-01 09:00"), WorkCalendar(), ZONE)


def test_a_fixed_term_needs_its_date() -> None:
    with pytest.raises(ImpossibleTime):
        dues_of(Term(ClockKind.FIXED), at("2026-01-05 09:00"), WorkCalendar(), ZONE)


@pytest.mark.parametrize(
    ("day", "period", "amount", "end"),
    [
        ((2026, 2, 15), Period.HALF_MONTH, 1, (2026, 2, 15)),
        ((2026, 2, 16), Period.HALF_MONTH, 1, (2026, 2, 28)),
        ((2026, 2, 16), Period.HALF_MONTH, 2, (2026, 3, 15)),
        ((2024, 2, 1), Period.MONTH, 1, (2024, 2, 29)),
        ((2026, 11, 30), Period.QUARTER, 1, (2026, 12, 31)),
        ((2026, 7, 1), Period.HALF_YEAR, 1, (2026, 12, 31)),
        ((2026, 7, 1), Period.YEAR, 2, (2027, 12, 31)),
    ],
)
def test_periods(day: tuple[int, int, int], period: Period, amount: int, end: tuple[int, int, int]) -> None:
    assert period_end(date(*day), period, amount) == date(*end)
