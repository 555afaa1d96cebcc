"""Running instances: start, load, complete, deliver, fire; each gives back what it did as `Changes`.

A `Run` is used for one step and thrown away. One that raised is useless: it may be half advanced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.errors import InvalidState, Message
from engine.kernel.bpmn.activities import RunService, scopes_of
from engine.kernel.bpmn.definitions import RunMessage, timer_id_of
from engine.kernel.bpmn.events import Throwing
from engine.kernel.bpmn.recorder import Recorder
from engine.kernel.bpmn.routes import NOT_ALONE, Route, find_route, is_one_of_several
from engine.kernel.bpmn.scripts import FeelScripts, failed
from engine.kernel.bpmn.states import READY, WAITING
from engine.kernel.bpmn.task import RunTask
from engine.kernel.bpmn.workflow import RunWorkflow
from engine.kernel.changes import Changes, TaskOpened
from engine.kernel.feel import OFFICE_ZONE, Feel
from engine.kernel.migrate import move
from engine.kernel.migrate_values import Move
from engine.kernel.ports import ActionPort, TimePort
from engine.kernel.settle import Settled, settle
from engine.kernel.snapshot import restored, snapshot_of
from engine.kernel.specs import Procedure, ProcedureSource, SpecCache
from engine.values import Data

__all__ = ["Effect", "Kernel", "Ports", "ProcedureSource", "Run"]


@dataclass(frozen=True)
class Ports:
    """What a step needs from outside the kernel."""

    time: TimePort
    actions: ActionPort


@dataclass(frozen=True)
class Effect:
    """An element that does something beyond the instance: calls a server action, or sends a message."""

    element_id: str
    name: str
    process_id: str
    action: str | None
    message: str | None
    properties: Mapping[str, str]


class Kernel:
    """Holds no state of an instance: only the parsed procedures and the FEEL runtime. Thread-safe.

    Times without a zone are in `zone`.
    """

    def __init__(self, feel: Feel, zone: ZoneInfo = OFFICE_ZONE) -> None:
        self.feel = feel
        self.zone = zone
        self.specs = SpecCache()

    def start(
        self, source: ProcedureSource, ports: Ports, data: Data, now: datetime, *, message: str | None = None
    ) -> tuple[Run, Changes]:
        """Begin an instance, at the start event for `message` or else at the plain one.

        Raises InvalidDiagram, InvalidState where no start event waits for that message, StepFailed.
        """
        procedure = self.specs.get(source)
        workflow = RunWorkflow(procedure.specs[procedure.main], dict(procedure.specs), _entry(procedure, message))
        run = Run(self, ports, workflow)
        return run, run._step(now, lambda: workflow.begin(dict(data), {}))

    def load(self, source: ProcedureSource, ports: Ports, snapshot: bytes) -> Run:
        """The instance that `snapshot` was taken of. Raises InvalidState for an unknown format."""
        return Run(self, ports, restored(snapshot, self.specs.get(source)))

    def variables_at(self, source: ProcedureSource, snapshot: bytes, task_id: str) -> dict[str, Any]:
        """The variables that a live task's scope has now; the top process's where the task is not live."""
        workflow = restored(snapshot, self.specs.get(source))
        task = workflow.find(task_id)
        scope = workflow if task is None else task.workflow
        return dict(scope.variables())

    def moved(
        self,
        snapshot: bytes,
        old: ProcedureSource,
        new: ProcedureSource,
        mapping: Mapping[str, str],
        *,
        rearm: bool = False,
    ) -> Move:
        """The instance of a snapshot under another version (`engine.kernel.migrate.move`). Raises InvalidState."""
        return move(snapshot, self.specs.get(old), self.specs.get(new), mapping, rearm=rearm)


class Run:
    """An instance in memory. Task ids and timer ids are those of the `Changes`."""

    def __init__(self, kernel: Kernel, ports: Ports, workflow: RunWorkflow) -> None:
        self._kernel = kernel
        self._workflow = workflow
        workflow.ports = ports

    def complete(self, task_id: str, data: Data, now: datetime, *, then: str | None = None) -> Changes:
        """Complete an open user or manual task; `data` become variables first.

        `then` is the element of another task for people: the token goes straight there, as `move` does. Raises
        InvalidState where the task is not open, or its token may not go there; StepFailed.
        """
        task = self._open(task_id)
        route = None if then is None else self._route(task, then)
        if route is not None and route.base is not task and route.base.workflow is task.workflow:
            # the end of one instance of several is the others' business too
            raise InvalidState(NOT_ALONE)

        def complete() -> None:
            task.write(data)
            if route is not None:
                task.onward = () if route.leaves_scopes else (route.entry,)
                self._workflow.detours = dict(route.inner)
            task.run()
            if route is not None and route.leaves_scopes:
                route.follow(self._workflow)

        return self._step(now, complete)

    def move(self, task_id: str, element_id: str, now: datetime, *, with_them: Collection[str] = ()) -> Changes:
        """Cancel an open task, and let its token go on at the element of another task for people.

        That one is in the same scope, in one around it (then what lies between is cancelled with all that is in
        it), or in a subprocess or call activity that is not running, which is then entered there. `with_them` are
        other open tasks whose tokens end with it. Raises InvalidState where a task is not open, or where another
        token would be left waiting or would run twice; StepFailed.
        """
        route = self._route(self._open(task_id), element_id, with_them)
        return self._step(now, lambda: route.follow(self._workflow))

    def refusal(
        self,
        task_id: str,
        element_id: str,
        *,
        with_them: Collection[str] = (),
        back: bool = False,
        single: bool = False,
    ) -> Message | None:
        """Why the token of an open task may not go to an element; None where it may.

        `back`: only to where the flow leads on to the task from; `single`: not where several would open.
        Raises InvalidState where a task is not open.
        """
        tasks = [self._open(each) for each in with_them]
        route = find_route(self._workflow, self._open(task_id), element_id, tasks)
        if isinstance(route, Message):
            return route
        if single and route.opens_several:
            return NOT_ALONE
        return _NOT_BEFORE if back and not route.leads_back() else None

    def deliver(self, task_id: str, payload: Data, now: datetime) -> Changes:
        """Give a message to the task that awaits it. Raises InvalidState where it does not wait, StepFailed."""
        task = self._waiting(task_id)
        if task is None or not isinstance(task.task_spec.event_definition, RunMessage):
            raise InvalidState(_NOT_AWAITED)

        def deliver() -> None:
            task.internal_data["payload"] = dict(payload)
            task._ready()

        return self._step(now, deliver)

    def fire(self, timer_id: str, now: datetime) -> Changes:
        """Fire an armed timer. Raises InvalidState where it is not armed, StepFailed."""
        task = self._waiting(timer_id.partition(":")[0])
        if task is None or timer_id_of(task) != timer_id:
            raise InvalidState(_NOT_ARMED)

        def fire() -> None:
            self._workflow.recorder.disarmed(timer_id, fired=True)
            fire_again: Callable[[RunTask], bool] | None = getattr(task.task_spec, "fire_again", None)
            if fire_again is None or not fire_again(task):
                task.is_over = True
                task._ready()

        return self._step(now, fire)

    def settle(self, move: Move, since: Mapping[str, datetime], now: datetime) -> Settled:
        """What follows from a move that this run was loaded from. Raises StepFailed.

        `since` is when clocks that are replaced began, by their firing keys: what replaces them counts from there.
        """
        described: dict[str, TaskOpened] = {}

        def begin() -> None:
            described.update(settle(self._workflow, move, since, self._kernel.feel, self._kernel.zone))

        changes = self._step(now, begin)
        people = [t for t in self._live() if t._state == READY and t.task_spec.manual] if move.has_regrouped else []
        return Settled(changes, described, {task.id: scopes_of(task) for task in people})

    def snapshot(self) -> bytes:
        """The instance's whole state, without its spec."""
        return snapshot_of(self._workflow)

    @property
    def data(self) -> dict[str, Any]:
        """The variables of the top process: of each, the last that any branch wrote. Not to be changed."""
        return self._workflow.variables()

    @property
    def is_ended(self) -> bool:
        return self._workflow.completed

    def open_tasks(self) -> tuple[str, ...]:
        """Ids of the tasks that people can complete, outer scopes last."""
        return tuple(t.id for t in self._live() if t._state == READY and t.task_spec.manual)

    def armed_timers(self) -> tuple[str, ...]:
        """Firing keys of the armed timers."""
        waiting = (timer_id_of(t) for t in self._live() if t._state == WAITING)
        return tuple(timer_id for timer_id in waiting if timer_id is not None)

    def awaited_messages(self) -> Mapping[str, str]:
        """Names of the messages waited for, by the id of the waiting task."""
        return {
            t.id: t.task_spec.event_definition.name
            for t in self._live()
            if t._state == WAITING and isinstance(getattr(t.task_spec, "event_definition", None), RunMessage)
        }

    def is_alone(self, task_id: str) -> bool:
        """Whether an open task is no instance of several, nor in one. Raises InvalidState where it is not open."""
        return not is_one_of_several(self._open(task_id))

    def effects_between(
        self, task_id: str, element_id: str, *, with_them: Collection[str] = ()
    ) -> tuple[Effect, ...]:
        """The effects on the ways from an element to an open task whose token may go there.

        Of a subprocess that the way touches, all: which of them came later, the path of the case tells.
        Raises InvalidState where it may not.
        """
        route = self._route(self._open(task_id), element_id, with_them)
        found = (_effect(task_spec) for task_spec in route.passed(self._workflow))
        return tuple({(e.process_id, e.element_id): e for e in found if e is not None}.values())

    def _open(self, task_id: str) -> RunTask:
        task = self._workflow.find(task_id)
        if task is None or task._state != READY or not task.task_spec.manual:
            raise InvalidState(_NOT_OPEN)
        return task

    def _route(self, task: RunTask, element_id: str, with_them: Collection[str] = ()) -> Route:
        route = find_route(self._workflow, task, element_id, [self._open(each) for each in with_them])
        if isinstance(route, Message):
            raise InvalidState(route)
        return route

    def _live(self) -> list[RunTask]:
        return [task for scope in self._workflow.scopes() for task in scope.live.values()]

    def _waiting(self, task_id: str) -> RunTask | None:
        task = self._workflow.find(task_id)
        if task is None or task._state != WAITING or not hasattr(task.task_spec, "event_definition"):
            return None
        return task

    def _step(self, now: datetime, begin: Callable[[], None]) -> Changes:
        workflow = self._workflow
        workflow.recorder = Recorder()
        workflow.scripts = FeelScripts(self._kernel.feel, now, self._kernel.zone)
        try:
            begin()
            workflow.advance()
        except SpiffWorkflowException as error:
            task = getattr(error, "task", None) or workflow.running or workflow.task_tree
            reason = Message(f"流程引擎报告：{error}", f"the engine reports: {error}")
            raise failed(task, reason, None) from error
        return workflow.recorder.changes(dict(workflow.variables()))


def _effect(task_spec: Any) -> Effect | None:
    action = task_spec.operation_name if isinstance(task_spec, RunService) else None
    thrown = task_spec.event_definition if isinstance(task_spec, Throwing) else None
    message = thrown.name if isinstance(thrown, RunMessage) else None
    element = task_spec.element
    if action is None and message is None:
        return None
    return Effect(element.id, element.name, element.process_id, action, message, element.properties)


def _entry(procedure: Procedure, message: str | None) -> Any | None:
    if message is None:
        return None
    if message not in procedure.entries:
        raise InvalidState(
            Message(f"此流程不由消息“{message}”启动", f"this procedure is not started by the message “{message}”")
        )
    return procedure.entries[message]


_NOT_BEFORE = Message(
    "该环节不在当前环节之前，不能退回。请另选环节。", "That step does not come before this one. Choose another."
)
_NOT_OPEN = Message("此任务已不在待办中，请刷新页面", "this task is no longer open; reload the page")
_NOT_AWAITED = Message("流程已不再等待此消息", "the instance no longer waits for this message")
_NOT_ARMED = Message("此定时器已触发或已取消", "this timer has fired or was cancelled")
