"""Rows of figures, and how they are measured and printed. A ratio is within one run on one machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter

SAY_EVERY = 5.0
"""Seconds between two lines of progress."""


class Unmeasured(RuntimeError):
    """The benchmark could not be run; says why."""


@dataclass(frozen=True)
class Row:
    """What was `measured` against a `baseline`, both in `unit`.

    `ratio` is met when it is at least `target`, or at most where `at_most`.
    """

    name: str
    unit: str
    measured: float
    against: float
    baseline: str
    ratio: float
    target: float
    at_most: bool = False

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


def faster(name: str, figures: Sequence[float], baseline: str, target: float) -> Row:
    """How many times as fast ours, the first of the figures, is as the other; milliseconds."""
    ours, other = figures
    return Row(name, "ms", ours, other, baseline, other / ours, target)


def share(name: str, unit: str, figures: Sequence[float], baseline: str, target: float) -> Row:
    """What part of the other ours, the first of the figures, is; at most the target."""
    ours, other = figures
    return Row(name, unit, ours, other, baseline, ours / other, target, at_most=True)


def at_least(name: str, unit: str, measured: float, target: float) -> Row:
    """A figure of its own, against what it must reach."""
    return Row(name, unit, measured, target, "target", measured / target, 1.0)


def at_most(name: str, unit: str, measured: float, target: float) -> Row:
    """A figure of its own, against what it must not exceed."""
    return Row(name, unit, measured, target, "target", measured / target, 1.0, at_most=True)


def none_of(name: str, count: int) -> Row:
    """What must not happen at all, nor be counted below nothing."""
    return Row(name, "", abs(count), 0, "target", abs(count), 0.0, at_most=True)


def typical(milliseconds: Sequence[float]) -> float:
    """The lower quartile: on a machine that others use too, a median measures them as well."""
    return sorted(milliseconds)[len(milliseconds) // 4]


def timed(name: str, candidates: Sequence[Callable[[], object]], repetitions: int) -> list[float]:
    """Typical milliseconds of each candidate, their repetitions interleaved so that noise hits all alike.

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
    return [typical(taken) for taken in times]


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
    lines = [("", "unit", "measured", "baseline", "ratio", "target", "")]
    lines += [
        (
            row.name,
            row.unit,
            _figure(row.measured),
            f"{_figure(row.against)} ({row.baseline})",
            f"{row.ratio:.3g}",
            f"{'<=' if row.at_most else '>='} {row.target:g}",
            "met" if row.is_met else "MISSED",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    print()
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _figure(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"
