"""The workflow of a run and the workflows of its scopes: live tasks indexed, a queue of ready ones, no walks."""

from __future__ import annotations

from collections import deque
from typing import Any, Final
from uuid import uuid4

from SpiffWorkflow.bpmn.util.event import EventManager
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.errors import Message
from engine.kernel.bpmn.merge import Stamps, combined
from engine.kernel.bpmn.recorder import Recorder
from engine.kernel.bpmn.scripts import FeelScripts, failed
from engine.kernel.bpmn.states import FUTURE, READY, STARTED
from engine.kernel.bpmn.task import RunTask

LONGEST_STEP: Final = 10_000
"""Automatic tasks in one step; a diagram that needs more runs in circles."""

_CIRCLES = Message(
    "流程在没有等待的情况下循环不止，请检查网关的条件",
    "the procedure runs in circles without ever waiting; check the conditions of its gateways",
)


class _Scope:
    """What the top workflow and the workflow of a subprocess or call activity share.

    `live` are the tasks that hold tokens, by id, oldest first. `last_data` and `last_stamps` are the variables of
    the task that completed last. `entry` is the start event that this workflow begins with.
    """

    spec: Any
    top_workflow: Any

    def set_up(self, spec: Any, entry: Any | None, *, is_loading: bool) -> None:
        self.spec = spec
        self.entry = entry or spec.entry
        self.live: dict[str, RunTask] = {}
        self.tasks: dict[str, RunTask] = {}
        self.last_data: dict[str, Any] = {}
        self.last_stamps: Stamps = {}
        self.last_task: RunTask | None = None
        self.data: dict[str, Any] = {}
        self.correlations: dict[str, Any] = {}
        self.success = True
        self.completed = False
        if spec.data_objects:
            self.data["data_objects"] = dict.fromkeys(spec.data_objects)
        if not is_loading:
            self.task_tree = RunTask(self, spec.start, state=FUTURE)

    def begin(self, data: dict[str, Any], stamps: Stamps) -> None:
        """Set the first variables and let the start run."""
        self.task_tree.data, self.task_tree.stamps = dict(data), stamps
        self.last_data = self.task_tree.data
        self.task_tree._set_state(READY)

    def is_completed(self) -> bool:
        return self.completed

    def _task_completed_notify(self, task: RunTask) -> None:
        self.last_task = task
        if task.task_spec.name == "End" and not self.completed:
            self._mark_complete(task)
        if self.completed:
            self.finish()

    def _mark_complete(self, task: RunTask) -> None:
        self.last_data, self.last_stamps = task.data, task.stamps
        self.completed = True

    def variables(self) -> dict[str, Any]:
        """The variables as all branches together have them now: of each, the last that was written."""
        return self.written()[0]

    def written(self) -> tuple[dict[str, Any], Stamps]:
        """As `variables`, with the stamps."""
        data, stamps = self.last_data, self.last_stamps
        if not self.completed:
            for task in self.live.values():
                if task.stamps:
                    data, stamps = combined(data, stamps, task.data, task.stamps)
        return data, stamps

    def _remove_task(self, task_id: str) -> None:
        self.tasks[task_id].vanish()

    def cancel_all(self) -> list[RunTask]:
        """Cancel every live task."""
        cancelled = list(self.live.values())
        for task in cancelled:
            task.cancel()
        return cancelled

    def finish(self) -> None:
        raise NotImplementedError


class RunWorkflow(_Scope, BpmnWorkflow):
    """The top workflow. `scripts` and `recorder` are set anew for each step.

    `detours` are where scopes that this step enters begin, by the names of their specs, instead of at their start.
    `passed_over` are elements (ids) whose effects are left out in this step.
    """

    def __init__(
        self, spec: Any, specs: dict[str, Any], entry: Any | None = None, *, is_loading: bool = False
    ) -> None:
        self.subprocess_specs = specs
        self.subprocesses: dict[str, ScopeWorkflow] = {}
        self.bpmn_events: list[Any] = []
        self.event_manager = EventManager(self)
        self.queue: deque[RunTask] = deque()
        self.running: RunTask | None = None
        self.id_prefix = str(uuid4())[:28]
        self.id_count = 0
        self.last_end: tuple[str, str] = ("", "")
        self.detours: dict[str, Any] = {}
        self.passed_over: frozenset[str] = frozenset()
        self.recorder = Recorder()
        self.scripts: FeelScripts | None = None
        self.ports: Any = None
        self.set_up(spec, entry, is_loading=is_loading)

    @property
    def top_workflow(self) -> RunWorkflow:
        return self

    @property
    def script_engine(self) -> FeelScripts | None:
        return self.scripts

    @script_engine.setter
    def script_engine(self, engine: FeelScripts) -> None:
        self.scripts = engine

    def next_id(self) -> str:
        self.id_count += 1
        return self.id_of(self.id_count)

    def id_of(self, number: int) -> str:
        """The id of the task with this number."""
        return f"{self.id_prefix}{number:08x}"

    def enqueue(self, task: RunTask) -> None:
        if not task.task_spec.manual:
            self.queue.append(task)

    def scopes(self) -> list[_Scope]:
        """Workflows under way, inner ones first."""
        return [*reversed(self.subprocesses.values()), self]

    def find(self, task_id: str) -> RunTask | None:
        """A live task of any scope."""
        return next((t for s in self.scopes() if (t := s.live.get(task_id)) is not None), None)

    def get_task_from_id(self, task_id: str) -> RunTask | None:
        return next((t for s in self.scopes() if (t := s.tasks.get(task_id)) is not None), None)

    def create_subprocess(self, my_task: RunTask, spec_name: str) -> ScopeWorkflow:
        scope = ScopeWorkflow(spec_name, my_task, self)
        scope.entry = self.detours.pop(spec_name, scope.entry)
        self.subprocesses[my_task.id] = scope
        return scope

    def advance(self) -> None:
        """Run every automatic task there is, until only people, timers and messages can go on.

        Raises StepFailed, also for a diagram that never comes to rest.
        """
        steps = 0
        while True:
            while self.queue:
                task = self.queue.popleft()
                if task._state != READY:
                    continue
                steps += 1
                if steps > LONGEST_STEP:
                    raise failed(task, _CIRCLES, None)
                task.run()
            self.running = None
            if not self._wake():
                return

    def _wake(self) -> bool:
        """Let one task go on that waits for the others to come to rest; False if there is none."""
        for scope in self.scopes():
            for task in scope.live.values():
                if task.task_spec.waits_for_rest and task.task_spec.wake(task):
                    return True
        return False

    def cancel(self, workflow: Any = None) -> list[RunTask]:
        """Cancel a scope, by default the whole instance."""
        scope = workflow or self
        scope.completed = True
        return list(scope.cancel_all())

    def finish(self) -> None:
        self.recorder.ended(*self.last_end)


class ScopeWorkflow(_Scope, BpmnSubWorkflow):
    """The workflow inside a subprocess or call activity; `host` is that activity's task."""

    top_workflow: RunWorkflow

    def __init__(self, spec_name: str, host: RunTask, top: RunWorkflow, *, is_loading: bool = False) -> None:
        self.top_workflow = top
        self.spec_name = spec_name
        self.host = host
        self.parent_task_id = host.id
        self.set_up(top.subprocess_specs[spec_name], None, is_loading=is_loading)

    @property
    def parent_workflow(self) -> Any:
        return self.host.workflow

    def cancel(self, workflow: Any = None) -> list[RunTask]:
        return self.top_workflow.cancel(workflow or self)

    def finish(self) -> None:
        self.top_workflow.subprocesses.pop(self.host.id, None)
        if self.host._state == STARTED:
            self.host.task_spec.on_scope_completed(self, self.host)

    def drop(self) -> None:
        """The activity was cancelled, and everything in it with it."""
        self.top_workflow.subprocesses.pop(self.host.id, None)
        self.completed = True
        self.cancel_all()
