"""The business number of a case, as `XF2026-00015`: the office's series, the year, the count within it."""

from __future__ import annotations

from typing import Final

COUNT_DIGITS: Final = 5


def case_number(series: str, year: int, counted: int) -> str:
    return f"{series}{year}-{filled(str(counted))}"


def filled(digits: str) -> str:
    """The count as a number has it: people leave the noughts out."""
    return digits.zfill(COUNT_DIGITS)
