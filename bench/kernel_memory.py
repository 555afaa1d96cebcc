"""The shipped pipeline in memory, from intake to archive: ours against SpiffWorkflow as it comes."""

from __future__ import annotations

from collections.abc import Iterator

from bench.drive import Ours, Theirs, agreed
from bench.petition import petition
from bench.report import Row, faster, medians
from bench.stock import STOCK, step_clock
from engine.kernel.feel import Feel


def rows(repetitions: int = 60) -> Iterator[Row]:
    feel = Feel()
    measured = petition(feel)
    ours, theirs = Ours(measured, feel), Theirs(measured, feel)
    with step_clock():
        agreed(ours, theirs)
        milliseconds = medians("memory", [ours.to_end, theirs.to_end], repetitions)
    yield faster("a petition from intake to archive, in memory", milliseconds, STOCK, target=3.0)
