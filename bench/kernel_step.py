"""One step of a stored instance: load, complete, save; against the stock serializer, and late against early."""

from __future__ import annotations

from collections.abc import Callable

from bench.kernel_ports import NOW, PORTS
from bench.pipeline import FACTS, answers, loop, pipeline
from bench.report import Row, faster, medians, share
from bench.stock import Stock
from engine.kernel.feel import Feel
from engine.kernel.run import Kernel, ProcedureSource

EARLY, LATE = 5, 200


def rows(repetitions: int = 100) -> list[Row]:
    feel = Feel()
    kernel = Kernel(feel)
    return [*_against_stock(kernel, feel, repetitions), *_late_against_early(kernel, repetitions)]


def _against_stock(kernel: Kernel, feel: Feel, repetitions: int) -> list[Row]:
    source = ProcedureSource("pipeline", "step", {"pipeline.bpmn": pipeline()})
    stock = Stock(feel, NOW, "pipeline", pipeline())
    run, changes = kernel.start(source, PORTS, FACTS, NOW)
    workflow = stock.start(FACTS)
    for step in range(3):
        changes = run.complete(changes.opened[0].task_id, answers(step), NOW)
        stock.complete(workflow, answers(step))
    snapshot, text = run.snapshot(), stock.save(workflow)

    def theirs() -> object:
        loaded = stock.load(text)
        stock.complete(loaded, answers(3))
        return stock.save(loaded)

    ours = _step(kernel, source, snapshot)
    mine, others = medians([ours, theirs], repetitions)
    return [
        faster("load + complete + save a step", mine, others, target=3.0),
        share("bytes of a snapshot", "bytes", len(snapshot), len(text.encode()), target=0.35),
    ]


def _late_against_early(kernel: Kernel, repetitions: int) -> list[Row]:
    source = ProcedureSource("loop", "loop", {"loop.bpmn": loop()})
    run, changes = kernel.start(source, PORTS, FACTS, NOW)
    snapshots = []
    for step in range(1, LATE + 1):
        snapshots.append(run.snapshot())
        run = kernel.load(source, PORTS, snapshots[-1])
        changes = run.complete(changes.opened[0].task_id, {"again": True, "step": step}, NOW)
    early, late = snapshots[EARLY - 1], snapshots[LATE - 1]
    slow, quick = medians([_step(kernel, source, late), _step(kernel, source, early)], repetitions)
    return [
        share(f"step {LATE} of a looping case against step {EARLY}", "ms", slow, quick, target=1.3),
        share(f"bytes at step {LATE} against step {EARLY}", "bytes", len(late), len(early), target=1.3),
    ]


def _step(kernel: Kernel, source: ProcedureSource, snapshot: bytes) -> Callable[[], bytes]:
    def step() -> bytes:
        run = kernel.load(source, PORTS, snapshot)
        run.complete(run.open_tasks()[0], answers(3), NOW)
        return run.snapshot()

    return step
