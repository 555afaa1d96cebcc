"""Rows of figures, and how they are measured and printed. A ratio is within one run on one machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter

SAY_EVERY = 5.0
"""Seconds between two lines of progress."""


@dataclass(frozen=True)
class Row:
    """One comparison of `ours` with `other`, both in `unit`. `ratio` is met when it is at least `target`, or at
    most where `at_most`."""

    name: str
    unit: str
    ours: float
    other: float
    ratio: float
    target: float
    at_most: bool = False

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    @property
    def bound(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.target:g}"


def faster(name: str, ours: float, other: float, target: float) -> Row:
    """How many times as fast ours is; milliseconds."""
    return Row(name, "ms", ours, other, other / ours, target)


def share(name: str, unit: str, ours: float, other: float, target: float) -> Row:
    """What part of the other ours is; at most the target."""
    return Row(name, unit, ours, other, ours / other, target, at_most=True)


def medians(name: str, candidates: Sequence[Callable[[], object]], repetitions: int) -> list[float]:
    """Median milliseconds of each candidate, their repetitions interleaved so that noise hits all alike.

    The first, unmeasured, round fills every cache on all sides.
    """
    times: list[list[float]] = [[] for _ in candidates]
    for candidate in candidates:
        candidate()
    for _ in progress(name, range(repetitions)):
        for taken, candidate in zip(times, candidates, strict=True):
            begun = perf_counter()
            candidate()
            taken.append((perf_counter() - begun) * 1000)
    return [median(taken) for taken in times]


def progress(name: str, rounds: Sequence[int]) -> Iterator[int]:
    """The rounds, with a line on stderr every few seconds."""
    said = perf_counter()
    for done, each in enumerate(rounds):
        if perf_counter() - said > SAY_EVERY:
            said = perf_counter()
            say(f"{name}: {done} of {len(rounds)}")
        yield each


def say(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)


def print_row(row: Row) -> None:
    """A JSON line."""
    print(json.dumps({**asdict(row), "met": row.is_met}, ensure_ascii=False), flush=True)


def print_table(rows: Iterable[Row]) -> None:
    listed = list(rows)
    width = max((len(row.name) for row in listed), default=0)
    print(f"\n{'':{width}}  {'unit':10}  {'ours':>9}  {'other':>9}  {'ratio':>6}  target")
    for row in listed:
        figures = f"{_figure(row.ours):>9}  {_figure(row.other):>9}  {row.ratio:>6.2f}"
        print(f"{row.name:{width}}  {row.unit:10}  {figures}  {row.bound:7}  {'met' if row.is_met else 'MISSED'}")


def _figure(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"
