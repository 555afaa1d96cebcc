"""One step in the middle of the shipped pipeline: load, complete, save; against SpiffWorkflow's serializer."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from bench.drive import both
from bench.petition import MIDDLE
from bench.report import Row, faster, share, timed
from bench.stock import STOCK, step_clock


def rows(repetitions: int = 60) -> Iterator[Row]:
    ours, theirs = both()
    measured = ours.petition
    act = measured.acts[MIDDLE]
    run, changes = ours.up_to(MIDDLE)
    task_id, snapshot = changes.opened[0].task_id, run.snapshot()

    def mine() -> bytes:
        loaded = ours.kernel.load(measured.source, ours.ports, snapshot)
        loaded.complete(task_id, act.data, act.at)
        return loaded.snapshot()

    with step_clock():
        workflow = theirs.up_to(MIDDLE)
        stock_id: UUID = theirs.stock.open_task(workflow, act.element).id
        text = theirs.stock.save(workflow)

        def others() -> str:
            loaded = theirs.stock.load(text)
            theirs.stock.complete(loaded, loaded.get_task_from_id(stock_id), act.data, act.at)
            return theirs.stock.save(loaded)

        milliseconds = timed("step", [mine, others], repetitions)
        stock_bytes = len(others().encode())
    yield faster("a step of it: load, complete, save", milliseconds, STOCK, target=3.0)
    yield share("bytes of its snapshot", "bytes", (len(mine()), stock_bytes), STOCK, target=0.35)
