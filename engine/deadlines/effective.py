"""Effective dates of a row: the unary tests of the input `on`, as two days and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

ON: Final = "on"
"""The input that the dates test."""
_ONE_DAY = timedelta(days=1)
_DATE = r'date\(\s*"(\d{4}-\d{2}-\d{2})"\s*\)'
_FROM = re.compile(rf">=\s*{_DATE}")
_UNTIL = re.compile(rf"<=\s*{_DATE}")
_BETWEEN = re.compile(rf"\[\s*{_DATE}\s*\.\.\s*{_DATE}\s*\]")


@dataclass(frozen=True)
class Span:
    """From the first to the last day, both included; None is open."""

    first: date | None = None
    last: date | None = None

    @property
    def test(self) -> str:
        """As the table writes it."""
        match self.first, self.last:
            case None, None:
                return "-"
            case first, None:
                return f'>= date("{first}")'
            case None, last:
                return f'<= date("{last}")'
            case first, last:
                return f'[date("{first}")..date("{last}")]'

    @property
    def is_empty(self) -> bool:
        return self.first is not None and self.last is not None and self.first > self.last

    def overlaps(self, other: Span) -> bool:
        return not Span(_later(self.first, other.first), _earlier(self.last, other.last)).is_empty

    def holds(self, day: date) -> bool:
        return not Span(_later(self.first, day), _earlier(self.last, day)).is_empty


def span_of(test: str) -> Span | None:
    """None for a test that is not one of the four forms. Raises ValueError for a day that does not exist."""
    text = test.strip()
    if text == "-":
        return Span()
    if found := _FROM.fullmatch(text):
        return Span(first=date.fromisoformat(found[1]))
    if found := _UNTIL.fullmatch(text):
        return Span(last=date.fromisoformat(found[1]))
    if found := _BETWEEN.fullmatch(text):
        return Span(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
    return None


def gaps_between(spans: Iterable[Span]) -> Iterator[Span]:
    """The days that none of the spans holds, before the first and after the last included."""
    covered: date | None = None
    is_first = True
    for span in sorted(spans, key=lambda each: each.first or date.min):
        if is_first and span.first is not None:
            yield Span(last=span.first - _ONE_DAY)
        elif not is_first and covered is not None and span.first is not None and span.first > covered + _ONE_DAY:
            yield Span(covered + _ONE_DAY, span.first - _ONE_DAY)
        if is_first or (covered is not None and (span.last is None or span.last > covered)):
            covered = span.last
        is_first = False
    if is_first:
        yield Span()
    elif covered is not None and covered < date.max:
        yield Span(first=covered + _ONE_DAY)


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
