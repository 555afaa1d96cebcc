"""The days or hours that a timer's text gives to the step it stands on, as far as it is written in the drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.clock.deadline import ClockKind

_DAYS: Final = re.compile(r"\b(working|calendar) days\(\s*(?:(\d{1,6})\s*[,)])?")
_ISO: Final = re.compile(
    r"^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$"
)
_QUOTED: Final = re.compile(r'"(P[^"]+)"')
_DAY: Final = 24


@dataclass(frozen=True)
class OwnSpan:
    """`amount` counts what `clock` counts, rounded up; None: only the case knows it.

    `is_whole`: it runs as a deadline. Months and minutes do not: they are instants of the clock, not counts.
    """

    clock: ClockKind
    amount: int | None
    text: str
    is_whole: bool = True


def own_spans(text: str) -> Iterator[OwnSpan]:
    """The spans in a timer's text; nothing is asked about reminders."""
    for kind, amount in _DAYS.findall(text):
        clock = ClockKind.WORKING_DAYS if kind == "working" else ClockKind.DAYS
        yield OwnSpan(clock, int(amount) if amount else None, text)
    durations = [text.strip()] if _ISO.match(text.strip()) else _QUOTED.findall(text)
    for each in durations:
        found = _ISO.match(each)
        if found is not None:
            yield _duration(each, [int(part or 0) for part in found.groups()])


def _duration(text: str, parts: list[int]) -> OwnSpan:
    years, months, weeks, days, hours, minutes, seconds = parts
    total = (years * 366 + months * 31 + weeks * 7 + days) * _DAY
    total += hours + (minutes * 60 + seconds + 3599) // 3600
    is_whole = not (years or months) and not (minutes * 60 + seconds) % 3600 and total > 0
    return OwnSpan(ClockKind.HOURS, total, text, is_whole)
