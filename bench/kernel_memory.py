"""The shipped pipeline in memory, from intake to archive: ours against SpiffWorkflow as it comes."""

from __future__ import annotations

from collections.abc import Iterator

from bench.drive import agreed, both
from bench.report import Row, faster, timed
from bench.stock import STOCK, step_clock


def rows(repetitions: int = 60) -> Iterator[Row]:
    ours, theirs = both()
    with step_clock():
        agreed(ours, theirs)
        milliseconds = timed("memory", [ours.to_end, theirs.to_end], repetitions)
    yield faster("a petition from intake to archive, in memory", milliseconds, STOCK, target=3.0)
