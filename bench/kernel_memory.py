"""Instances in memory, from start to end: ours against SpiffWorkflow as it comes, on one diagram."""

from __future__ import annotations

from collections.abc import Callable

from bench.kernel_ports import NOW, PORTS
from bench.pipeline import FACTS, STEPS, answers, pipeline
from bench.report import Row, faster, medians
from bench.stock import Stock
from engine.kernel.feel import Feel
from engine.kernel.run import Kernel, ProcedureSource


def rows(repetitions: int = 60) -> list[Row]:
    feel = Feel()
    ours, theirs = medians([_ours(feel), _theirs(feel)], repetitions)
    return [faster("an instance in memory, 7 tasks with 7 timers", ours, theirs, target=3.0)]


def _ours(feel: Feel) -> Callable[[], object]:
    kernel = Kernel(feel)
    source = ProcedureSource("pipeline", "memory", {"pipeline.bpmn": pipeline()})

    def instance() -> object:
        run, changes = kernel.start(source, PORTS, FACTS, NOW)
        for step in range(STEPS):
            changes = run.complete(changes.opened[0].task_id, answers(step), NOW)
        assert run.is_ended
        return changes

    return instance


def _theirs(feel: Feel) -> Callable[[], object]:
    stock = Stock(feel, NOW, "pipeline", pipeline())

    def instance() -> object:
        workflow = stock.start(FACTS)
        for step in range(STEPS):
            stock.complete(workflow, answers(step))
        assert workflow.is_completed()
        return workflow

    return instance
