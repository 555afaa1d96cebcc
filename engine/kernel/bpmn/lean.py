"""What all our task specs share: they never predict, are tested once, and know their element of the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.kernel.bpmn.states import FUTURE
from engine.kernel.bpmn.task import RunTask


@dataclass(frozen=True)
class ElementInfo:
    """The element of the diagram behind a task spec. `role` and `unit` are the task's own or else the lane's."""

    id: str
    name: str
    kind: str
    process_id: str
    lane: str | None
    role: str | None
    unit: str | None
    properties: Mapping[str, str]


class Lean:
    """Mixed in before a class of SpiffWorkflow's.

    `element` is None for what SpiffWorkflow adds (start, splits, end). `followers` are the outputs as specs, fixed
    when the spec is built; `is_guarded` says whether boundary events sit on the activity.
    """

    element: ElementInfo | None = None
    followers: tuple[Any, ...] = ()
    is_guarded = False
    is_listening = False
    """Whether it is an event that waits beside an activity, or for its turn in a race."""
    spreads = False
    """Whether the spec creates its following tasks itself when it runs."""
    late_script: str | None = None
    """The script after an event; that of an activity is SpiffWorkflow's business."""
    waits_for_rest = False
    """Whether a waiting task is asked (`wake`) when all else has come to rest."""

    def test(self) -> None:
        """Checked when the diagram was deployed."""

    def _predict(self, my_task: Any, *_: Any, **__: Any) -> None:
        """Nothing is predicted: following tasks are created when this one completes."""

    def _update(self, my_task: RunTask) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: RunTask) -> bool | None:
        return self._enter(my_task)

    def _enter(self, my_task: RunTask) -> bool:
        """Take over the variables, and run the script before the task."""
        spec: Any = self
        if spec.data_input_associations or spec.io_specification is not None:
            BpmnTaskSpec._update_hook(self, my_task)
        else:
            my_task._inherit_data()
        script = getattr(self, "prescript", None)
        if script is not None and not my_task.is_passed_over():
            my_task.workflow.script_engine.execute(my_task, script)
        return True

    def _on_ready(self, my_task: RunTask) -> None:
        self._on_ready_hook(my_task)

    def _on_ready_hook(self, my_task: RunTask) -> None:
        """For subclasses."""

    def _run(self, my_task: RunTask) -> bool | None:
        return self._run_hook(my_task)

    def _run_hook(self, _task: RunTask) -> bool | None:
        return True

    def _on_cancel(self, my_task: RunTask) -> None:
        """For subclasses."""

    def _on_complete(self, my_task: RunTask) -> None:
        spec: Any = self
        workflow = my_task.workflow
        if self.late_script is not None and not my_task.is_passed_over():
            workflow.script_engine.execute(my_task, self.late_script)
        spec._on_complete_hook(my_task)
        workflow.top_workflow.recorder.completed(my_task)
        my_task.release_guards()
        if my_task.stamps and my_task.is_alone():
            my_task.stamps = {}
        workflow.last_data, workflow.last_stamps = my_task.data, my_task.stamps
        if not workflow.completed:
            self._spread(my_task)
        workflow._task_completed_notify(my_task)
        my_task.vanish()

    def _spread(self, my_task: RunTask) -> None:
        if not self.spreads:
            onward = self.followers if my_task.onward is None else my_task.onward
            my_task._sync_children(onward, FUTURE)  # type: ignore[arg-type]
        for child in my_task.children:
            if child._state == FUTURE:
                child.task_spec._update(child)
