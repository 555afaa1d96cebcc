"""The task of a run: SpiffWorkflow's, with direct links, an index of live tasks, and no history.

A finished task leaves the tree at once and its children move up, so that a case of any age is as large as what is
going on in it. What needs to know its kin says so in `internal_data`: `on` is the number of the activity that a
boundary event watches, `race` that of the event gateway whose first event wins, `from` the name of the spec that a
token at a join came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task

from engine.kernel.bpmn.merge import Stamps, combined
from engine.kernel.bpmn.states import CANCELLED, COMPLETED, FUTURE, LIVE, READY, STARTED


class RunTask(Task):
    """See the module. `id` is UUID text, its last eight digits the task's number in the instance.

    `is_entered` and `is_over` tell of an event whether it began to wait, and whether it has stopped. `onward` are
    the specs that follow this once, instead of those that the diagram draws.
    """

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: RunTask | None = None,
        state: int = FUTURE,
        task_id: str | None = None,
    ) -> None:
        self.id: str = task_id or workflow.top_workflow.next_id()
        self.workflow = workflow
        self.task_spec = task_spec
        self._above = parent
        self._children: list[RunTask] = []
        self._state = state
        self.triggered = False
        self.is_entered = False
        self.is_over = False
        self.onward: tuple[Any, ...] | None = None
        self.thread_id = 0
        self.last_state_change = 0
        self.data: dict[str, Any] = {}
        self.stamps: Stamps = {}
        self.internal_data: dict[str, Any] = {}
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self)
        if state & LIVE:
            workflow.live[self.id] = self

    @property
    def number(self) -> int:
        return int(self.id[-8:], 16)

    @property
    def parent(self) -> RunTask | None:
        return self._above

    @parent.setter
    def parent(self, task: RunTask | None) -> None:
        self._above = task

    @property
    def children(self) -> list[RunTask]:
        return list(self._children)

    def _add_child(self, task_spec: Any, state: int = FUTURE) -> RunTask:
        return RunTask(self.workflow, task_spec, self, state)

    def _sync_children(self, task_specs: list[Any], state: int = FUTURE) -> None:
        for task_spec in task_specs:
            self._add_child(task_spec, state)

    def _set_state(self, value: int) -> None:
        self._state = value
        if value & LIVE:
            self.workflow.live[self.id] = self
            if value == READY:
                self.workflow.top_workflow.enqueue(self)
        else:
            self.workflow.live.pop(self.id, None)

    def _inherit_data(self) -> None:
        above = self._above
        if above is not None:
            # An instance's own item hides a variable of that name; nothing else has variables yet.
            self.data = {**above.data, **self.data}
            self.stamps = above.stamps

    def write(self, values: Mapping[str, Any]) -> None:
        """Set variables; what is written while other branches run is stamped."""
        self.data.update(values)
        if values and not self.is_alone():
            top = self.workflow.top_workflow
            top.id_count += 1
            self.stamps = {**self.stamps, **dict.fromkeys(values, top.id_count)}

    def is_alone(self) -> bool:
        """Whether no other token is live in this scope or around it."""
        task: RunTask | None = self
        while task is not None:
            live = task.workflow.live
            if len(live) > 1 or (live and task.id not in live):
                return False
            task = getattr(task.workflow, "host", None)
        return True

    def is_passed_over(self) -> bool:
        """Whether an operator has the element left out; what chooses ways or starts others cannot be."""
        spec = self.task_spec
        over = self.workflow.top_workflow.passed_over
        return bool(over) and spec.element is not None and spec.element.id in over and not spec.spreads

    def absorb(self, other: RunTask) -> None:
        """Merge the variables of another branch's task under this one's."""
        self.data, self.stamps = combined(other.data, other.stamps, self.data, self.stamps)

    def _ready(self) -> None:
        if self._state < COMPLETED:
            self._set_state(READY)
            self.task_spec._on_ready(self)

    def run(self) -> bool | None:
        """Execute the task; what its own effect cancelled (an error end event) is not completed again."""
        top = self.workflow.top_workflow
        top.running = self
        result: bool | None = True if self.is_passed_over() else self.task_spec._run(self)
        if self._state >= COMPLETED:
            return result
        if result is None:
            self._set_state(STARTED)
        elif result:
            self.complete()
        return result

    def cancel(self, *, onto: Any | None = None) -> None:
        """Cancel the task, what it guards and what it spawned, and take it out of the tree.

        `onto` is a task spec: there the token goes on, with the variables that the task has now.
        """
        if self._state >= COMPLETED:
            return
        was_entered = bool(self._state & LIVE)
        self._set_state(CANCELLED)
        for child in self.children:
            child.cancel()
        self.task_spec._on_cancel(self)
        if was_entered:
            self.workflow.top_workflow.recorder.cancelled(self)
        self.release_guards()
        if onto is not None:
            follower = self._add_child(onto, FUTURE)
            follower.task_spec._update(follower)
        self.vanish()

    def release_guards(self) -> None:
        """Cancel the boundary events that still watch this activity."""
        if self.task_spec.is_guarded:
            number = self.number
            for task in list(self.workflow.live.values()):
                if task.internal_data.get("on") == number and task._state != READY:
                    task.cancel()

    def vanish(self) -> None:
        """Leave the tree; children move up to where this task was."""
        above = self._above
        if above is None or self.workflow.tasks.pop(self.id, None) is None:
            return
        self.workflow.live.pop(self.id, None)
        place = above._children.index(self)
        above._children[place : place + 1] = self._children
        for child in self._children:
            child._above = above
        self._children = []
