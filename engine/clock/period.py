"""Calendar periods of returns: half-month, month, quarter, half-year, year."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import Enum

from engine.clock.calendar import out_of_range


class Period(Enum):
    """The office's reporting periods."""

    HALF_MONTH = "halfmonth"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "halfyear"
    YEAR = "year"


MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


def period_end(day: date, period: Period, amount: int = 1) -> date:
    """The last day of the `amount`-th period, the one that `day` lies in being the first.

    A half-month ends on the 15th and on the month's last day. Raises ImpossibleTime beyond year 9999.
    """
    try:
        end = _end(day, period)
        for _ in range(amount - 1):
            end = _end(end + timedelta(days=1), period)
    except (OverflowError, ValueError) as error:
        raise out_of_range() from error
    return end


def _end(day: date, period: Period) -> date:
    if period is Period.HALF_MONTH:
        return day.replace(day=15) if day.day <= 15 else _month_end(day.year, day.month)
    months = MONTHS[period]
    return _month_end(day.year, ((day.month - 1) // months + 1) * months)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
