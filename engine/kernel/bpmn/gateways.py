"""Gateways, starts and ends.

Joins count the tokens that wait at them (with the element that each came from) instead of looking for finished
tasks in a tree. Source: BPMN 2.0.2, 13.4 (gateways) and 13.5.3 (end events).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, InclusiveGateway, ParallelGateway

from engine.errors import Message
from engine.kernel.bpmn.lean import Lean
from engine.kernel.bpmn.scripts import failed
from engine.kernel.bpmn.states import FUTURE, WAITING
from engine.kernel.bpmn.task import RunTask

_NO_WAY = Message(
    "网关没有一个条件成立，也没有默认出口", "no condition of the gateway holds, and it has no default flow"
)


class RunStart(Lean, BpmnStartTask):
    """What precedes the start events; of several, only the workflow's entry runs."""

    spreads = True

    def _run_hook(self, my_task: RunTask) -> bool:
        my_task._add_child(my_task.workflow.entry, FUTURE)
        return True


class RunEnd(Lean, SimpleBpmnTask):
    """The very end of a workflow."""


class _Choice(Lean):
    """`branches` are conditions and the specs they lead to, `default` the spec without one."""

    branches: tuple[tuple[str, Any], ...] = ()
    default: Any = None
    spreads = True

    def settle(self) -> None:
        """Fix the branches once the spec is complete."""
        spec: Any = self
        by_name = spec._wf_spec.task_specs
        pairs = [(condition, by_name[name]) for condition, name in spec.cond_task_specs]
        self.branches = tuple((c.args[0].strip(), target) for c, target in pairs if c is not None)
        self.default = next((target for c, target in pairs if c is None), None)


class RunExclusive(_Choice, ExclusiveGateway):
    def _run_hook(self, my_task: RunTask) -> bool:
        scripts = my_task.workflow.script_engine
        chosen = scripts.first_true(my_task, [text for text, _ in self.branches])
        target = self.branches[chosen][1] if chosen is not None else self.default
        if target is None:
            raise failed(my_task, _NO_WAY, None)
        my_task._add_child(target, FUTURE)
        return True


class _Join(Lean):
    """`needed` counts the tokens wanted of each preceding element."""

    needed: Counter[str]

    def _update_hook(self, my_task: RunTask) -> bool:
        """A token arrives."""
        if my_task.parent is not None:
            my_task.internal_data["from"] = my_task.parent.task_spec.name
        self._enter(my_task)
        if len(self.needed) <= 1:
            return True
        my_task._set_state(WAITING)
        return self._is_complete(my_task)

    def _is_complete(self, my_task: RunTask) -> bool:
        raise NotImplementedError

    def waiting(self, workflow: Any) -> list[RunTask]:
        """Tokens at this join, in the order of their arrival."""
        return [t for t in workflow.live.values() if t.task_spec is self and t._state == WAITING]


class RunParallel(_Join, ParallelGateway):
    """One token of each incoming flow; excess tokens stay for the next round."""

    def _is_complete(self, my_task: RunTask) -> bool:
        missing = self.needed.copy()
        used: list[RunTask] = []
        for token in self.waiting(my_task.workflow):
            source = token.internal_data["from"]
            if missing[source] > 0:
                missing[source] -= 1
                used.append(token)
        if missing.total() > 0 or my_task not in used:
            return False
        absorb(my_task, used)
        return True


class RunInclusive(_Join, _Choice, InclusiveGateway):
    """Goes on when no other token can still come to an empty incoming flow."""

    reach: dict[str, frozenset[str]]
    """For each preceding element, the elements from which a token can get there without passing this gateway."""
    waits_for_rest = True

    def _is_complete(self, my_task: RunTask) -> bool:
        del my_task
        return False

    def wake(self, my_task: RunTask) -> bool:
        if my_task._state != WAITING:
            return False
        first = {t.internal_data["from"]: t for t in reversed(self.waiting(my_task.workflow))}
        filled = frozenset().union(*(self.reach[source] for source in first))
        empty = frozenset().union(*(self.reach[source] for source in self.needed if source not in first))
        for token in my_task.workflow.live.values():
            name = token.task_spec.name
            if token.task_spec is not self and name in empty and name not in filled:
                return False
        tokens = sorted(first.values(), key=lambda t: t.id)
        absorb(tokens[-1], tokens)
        tokens[-1]._ready()
        return True

    def _run_hook(self, my_task: RunTask) -> bool:
        scripts = my_task.workflow.script_engine
        holds = scripts.truths(my_task, [text for text, _ in self.branches])
        targets = [target for (_, target), is_true in zip(self.branches, holds, strict=True) if is_true]
        if not targets and self.default is not None:
            targets = [self.default]
        if not targets:
            raise failed(my_task, _NO_WAY, None)
        my_task._sync_children(targets, FUTURE)
        return True


class RunEndJoin(Lean, _EndJoin):
    """Where all end events lead: the workflow ends when nothing else is live in it."""

    waits_for_rest = True

    def _update_hook(self, my_task: RunTask) -> bool:
        self._enter(my_task)
        tokens = [t for t in my_task.workflow.live.values() if t.task_spec is self]
        my_task._set_state(WAITING)
        absorb(my_task, tokens)
        return False

    def _run_hook(self, my_task: RunTask) -> bool:
        del my_task
        return True

    def wake(self, my_task: RunTask) -> bool:
        if my_task._state != WAITING or len(my_task.workflow.live) > 1:
            return False
        my_task._ready()
        return True


def absorb(survivor: RunTask, tokens: list[RunTask]) -> None:
    """Merge the variables of all tokens into one of them, whose own win, and drop the others."""
    gathered: RunTask | None = None
    for token in [token for token in tokens if token is not survivor]:
        if gathered is not None:
            token.absorb(gathered)
        gathered = token
        token.vanish()
    if gathered is not None:
        survivor.absorb(gathered)
