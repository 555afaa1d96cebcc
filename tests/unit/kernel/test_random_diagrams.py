"""Random diagrams run alike with and without a reload after every step, and as SpiffWorkflow itself runs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BoundaryEventMixin, IntermediateCatchEventMixin
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.event import Event
from SpiffWorkflow.util.task import TaskState

from bench.stock import Stock
from engine.kernel.bpmn.task import RunTask
from engine.kernel.feel import Feel
from engine.kernel.run import Ports, ProcedureSource
from tests.unit.kernel.instance import KERNEL, MONDAY, Instance
from tests.unit.kernel.random_diagrams import Block, blocks, written

ITEMS = {"items": [1, 2]}
LONGEST = 60
CHOICES = st.lists(st.integers(0, 1000), min_size=8, max_size=8)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def possible(case: Instance) -> list[tuple[str, str, int]]:
    """What can happen next: what to do, with which element, and which of several alike."""
    listed: list[tuple[str, str, int]] = []
    for verb, elements in (("complete", case.tasks), ("fire", case.timers), ("deliver", [*case.awaited.values()])):
        seen: Counter[str] = Counter()
        for element in sorted(elements):
            listed.append((verb, element, seen[element]))
            seen[element] += 1
    return listed


def act(case: Instance, verb: str, element: str, which: int, step: int) -> None:
    if verb == "complete":
        case.complete(element, which, **{f"by_{element}": step})
    elif verb == "fire":
        case.fire(element, which)
    else:
        case.deliver(element)


def chosen(case: Instance, choices: list[int], step: int) -> tuple[str, str, int]:
    options = possible(case)
    return options[choices[step % len(choices)] % len(options)]


@given(blocks(faithful=False), CHOICES)
@settings(max_examples=80, deadline=None, suppress_health_check=SLOW, derandomize=True)
def test_a_reload_after_every_step_changes_nothing(block: Block, choices: list[int]) -> None:
    source, _ = written(block)
    kept, reloaded = Instance(source, ITEMS, reloads=False), Instance(source, ITEMS)
    for step in range(LONGEST):
        assert _seen(kept) == _seen(reloaded)
        if kept.run.is_ended:
            return
        todo = chosen(kept, choices, step)
        act(kept, *todo, step)
        act(reloaded, *todo, step)


@given(blocks(faithful=False), CHOICES)
@settings(max_examples=50, deadline=None, suppress_health_check=SLOW, derandomize=True)
def test_finished_tasks_can_be_dropped_without_a_trace(block: Block, choices: list[int]) -> None:
    source, _ = written(block)
    before = _fingerprint(source)
    pruned = Instance(source, ITEMS, reloads=False)
    with keeping_finished_tasks():
        whole = Instance(source, ITEMS, reloads=False)
    for step in range(LONGEST):
        assert _seen(pruned) == _seen(whole)
        assert len(_tasks(pruned)) <= len(_tasks(whole))
        if pruned.run.is_ended:
            break
        todo = chosen(pruned, choices, step)
        act(pruned, *todo, step)
        with keeping_finished_tasks():
            act(whole, *todo, step)
    assert _fingerprint(source) == before


@contextmanager
def keeping_finished_tasks() -> Iterator[None]:
    """Completed tasks stay in the tree, as SpiffWorkflow leaves them."""
    vanish = RunTask.vanish

    def stay(task: RunTask) -> None:
        if task._state != TaskState.COMPLETED:
            vanish(task)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunTask, "vanish", stay)
        yield


def _tasks(case: Instance) -> list[RunTask]:
    return [task for scope in case.run._workflow.scopes() for task in scope.tasks.values()]


def _fingerprint(source: ProcedureSource) -> Any:
    """Everything in the shared specs that an instance might change."""
    return [
        (name, sorted((key, repr(value)) for key, value in vars(task_spec).items()), _listeners(task_spec))
        for spec in KERNEL.specs.get(source).specs.values()
        for name, task_spec in sorted(spec.task_specs.items())
    ]


def _listeners(task_spec: Any) -> list[int]:
    return [value.n_subscribers() for value in vars(task_spec).values() if isinstance(value, Event)]


def _seen(case: Instance) -> Any:
    """All that can be told of a case, ids by their number in the instance."""
    return (
        case.data,
        [(p.task_id[28:], p.element_id, p.closure) for p in case.passed],
        [(t.task_id[28:], t.element_id, t.data, [s[28:] for s in t.scopes]) for t in case.open.values()],
        [(t.timer_id[28:], t.resolved) for t in case.armed.values()],
        [task_id[28:] for task_id in case.awaited],
    )


class StockCase:
    """A case in SpiffWorkflow as it comes, with the same moves."""

    def __init__(self, sources: list[ProcedureSource], ports: Ports) -> None:
        self.stock = Stock(Feel(), ports, sources)
        self.workflow = self.stock.start(ITEMS, MONDAY)

    def act(self, verb: str, element: str, which: int, step: int) -> None:
        if verb == "complete":
            task = [t for t in self._ready() if t.task_spec.bpmn_id == element][which]
            self.stock.complete(self.workflow, task, {f"by_{element}": step}, MONDAY)
            return
        task = [t for t in self._listening() if t.task_spec.bpmn_id == element][which]
        task.internal_data["event_fired"] = True
        task.task_spec._update(task)
        self.workflow.do_engine_steps()

    def _ready(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def _listening(self) -> list[Any]:
        kinds = (BoundaryEventMixin, IntermediateCatchEventMixin)
        waiting = self.workflow.get_tasks(state=TaskState.WAITING)
        return [
            t
            for t in waiting
            if isinstance(t.task_spec, kinds) and not isinstance(t.task_spec.event_definition, NoneEventDefinition)
        ]

    @property
    def waiting(self) -> list[str]:
        """Elements that wait for people, timers and messages."""
        return sorted(t.task_spec.bpmn_id for t in [*self._ready(), *self._listening()])

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.workflow.last_task.data)


@given(blocks(faithful=True), CHOICES)
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, derandomize=True)
def test_spiffworkflow_itself_comes_to_the_same_state(block: Block, choices: list[int]) -> None:
    source, sources = written(block)
    ours = Instance(source, ITEMS)
    stock = StockCase(sources, ours.ports)
    for step in range(LONGEST):
        assert sorted([*ours.tasks, *ours.timers, *ours.awaited.values()]) == stock.waiting
        assert ours.run.is_ended == stock.workflow.is_completed()
        if ours.run.is_ended:
            assert ours.data == {k: v for k, v in stock.data.items() if not k.startswith("item_")}
            return
        todo = chosen(ours, choices, step)
        # Always one value: where instances write the same variable, there the last to end wins, here to write.
        act(ours, *todo, 0)
        try:
            stock.act(*todo, 0)
        except WorkflowException:  # some diagrams it cannot run at all: instances right after a boundary event
            reject()
