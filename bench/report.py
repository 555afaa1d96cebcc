"""Rows of figures, and how they are measured and printed. A ratio is within one run on one machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One comparison. `ratio` is met when it is at least `target`, or at most where `at_most`."""

    name: str
    unit: str
    ours: float
    other: float
    ratio: float
    target: float | None = None
    at_most: bool = False

    @property
    def is_met(self) -> bool:
        if self.target is None:
            return True
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


def faster(name: str, ours: float, other: float, target: float | None = None) -> Row:
    """How many times as fast ours is; milliseconds."""
    return Row(name, "ms", ours, other, other / ours, target)


def share(name: str, unit: str, ours: float, other: float, target: float | None = None) -> Row:
    """What part of the other ours is; at most the target."""
    return Row(name, unit, ours, other, ours / other, target, at_most=True)


def medians(candidates: Sequence[Callable[[], object]], repetitions: int) -> list[float]:
    """Median milliseconds of each candidate, their repetitions interleaved so that noise hits all alike."""
    times: list[list[float]] = [[] for _ in candidates]
    for candidate in candidates:
        candidate()
    for _ in range(repetitions):
        for taken, candidate in zip(times, candidates, strict=True):
            begun = perf_counter()
            candidate()
            taken.append((perf_counter() - begun) * 1000)
    return [median(taken) for taken in times]


def print_rows(rows: Iterable[Row]) -> None:
    """JSON lines, then a table."""
    listed = list(rows)
    for row in listed:
        print(json.dumps({**asdict(row), "met": row.is_met}, ensure_ascii=False))
    width = max((len(row.name) for row in listed), default=0)
    print(f"\n{'':{width}}  {'ours':>10}  {'other':>10}  {'ratio':>7}  target")
    for row in listed:
        bound = "" if row.target is None else f"{'<=' if row.at_most else '>='} {row.target}"
        verdict = "" if row.target is None else ("  met" if row.is_met else "  MISSED")
        print(f"{row.name:{width}}  {row.ours:>10.3f}  {row.other:>10.3f}  {row.ratio:>7.2f}  {bound}{verdict}")
