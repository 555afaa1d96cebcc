"""Catching and throwing events, boundary events and the event gateway."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    EventBasedGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions import (
    CancelEventDefinition,
    ConditionalEventDefinition,
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins import BoundaryEventMixin
from SpiffWorkflow.spiff.specs.defaults import ReceiveTask, SendTask

from engine.kernel.bpmn.definitions import RunMessage, RunTimer
from engine.kernel.bpmn.lean import Lean
from engine.kernel.bpmn.states import COMPLETED, FUTURE, WAITING
from engine.kernel.bpmn.task import RunTask


class Catching(Lean):
    """Waits for its event. The event manager knows it for signals, errors and escalations."""

    event_definition: Any

    def _update_hook(self, my_task: RunTask) -> bool:
        if my_task.is_entered:
            return self._has_fired(my_task)
        my_task.is_entered = True
        self._enter(my_task)
        if isinstance(self.event_definition, NoneEventDefinition):
            return True
        my_task._set_state(WAITING)
        my_task.workflow.top_workflow.event_manager.add_task(my_task)
        if isinstance(self.event_definition, RunTimer | RunMessage):
            self.event_definition.arm(my_task)
            return False
        return self._has_fired(my_task)

    def _has_fired(self, my_task: RunTask) -> bool:
        if isinstance(self.event_definition, ConditionalEventDefinition):
            scripts = my_task.workflow.script_engine
            return bool(scripts.truth(my_task, self.event_definition.expression))
        return bool(my_task.internal_data.get("event_fired"))

    def wake(self, my_task: RunTask) -> bool:
        """Ask a conditional event again."""
        if my_task._state != WAITING or not self._has_fired(my_task):
            return False
        my_task._ready()
        return True

    def catch(self, my_task: RunTask, event: Any) -> None:
        if my_task._state == WAITING:
            self.event_definition.catch(my_task, event)

    def _update(self, my_task: RunTask) -> None:
        if my_task._state < COMPLETED and self._update_hook(my_task):
            my_task._ready()

    def _on_ready_hook(self, my_task: RunTask) -> None:
        self._stop_listening(my_task, fired=True)
        race = my_task.internal_data.pop("race", None)
        if race is not None:
            for rival in list(my_task.workflow.live.values()):
                if rival.internal_data.get("race") == race:
                    rival.cancel()

    def _run_hook(self, my_task: RunTask) -> bool:
        before = dict(my_task.data)
        self.event_definition.update_task_data(my_task)
        given = {key: value for key, value in my_task.data.items() if before.get(key, self) is not value}
        my_task.write(given)
        return True

    def _on_cancel(self, my_task: RunTask) -> None:
        self._stop_listening(my_task, fired=False)

    def _stop_listening(self, my_task: RunTask, *, fired: bool) -> None:
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)
        if isinstance(self.event_definition, RunTimer | RunMessage) and not my_task.is_over:
            my_task.is_over = True
            self.event_definition.disarm(my_task, fired=fired)


class RunCatch(Catching, IntermediateCatchEvent):
    """An intermediate catch event; also the far end of a link."""


class RunReceive(Catching, ReceiveTask):
    pass


class RunStartEvent(Catching, StartEvent):
    """Starts at once: whoever starts the instance has chosen it."""

    def _update_hook(self, my_task: RunTask) -> bool:
        return self._enter(my_task)

    def _on_ready_hook(self, my_task: RunTask) -> None:
        """Nothing was waited for."""


class RunBoundary(Catching, BoundaryEvent):
    is_listening = True
    cancel_activity: bool

    def catches(self, my_task: RunTask, event: Any) -> bool:
        return my_task._state == WAITING and bool(self.event_definition.catches(my_task, event))

    def _on_ready_hook(self, my_task: RunTask) -> None:
        super()._on_ready_hook(my_task)
        if self.cancel_activity:
            activity = my_task.workflow.tasks.get(my_task.workflow.top_workflow.id_of(my_task.internal_data["on"]))
            if activity is not None:
                activity.cancel()

    def fire_again(self, my_task: RunTask) -> bool:
        """One firing of a cycle that has more to come: a branch of its own starts, and the event waits on."""
        if self.cancel_activity or not self.event_definition.next_firing(my_task):
            return False
        my_task.workflow.top_workflow.recorder.completed(my_task)
        for output in self.followers:
            branch = my_task._add_child(output, FUTURE)
            branch.task_spec._update(branch)
            if branch in my_task._children and my_task.parent is not None:
                my_task._children.remove(branch)
                branch.parent = my_task.parent
                my_task.parent._children.append(branch)
        return True


class RunBoundarySplit(Lean, BoundaryEventSplit):
    """Starts an activity and the events on it; the first follower is the activity."""

    spreads = True

    def _run_hook(self, my_task: RunTask) -> bool:
        my_task._sync_children(list(self.followers), FUTURE)
        activity, *events = my_task.children
        for event in events:
            if isinstance(event.task_spec, BoundaryEventMixin):
                event.internal_data["on"] = activity.number
        return True


class RunEventGateway(Lean, EventBasedGateway):
    """All following events wait, each for itself; the first to fire cancels the others."""

    spreads = True

    def _run_hook(self, my_task: RunTask) -> bool:
        my_task._sync_children(list(self.followers), FUTURE)
        for child in my_task.children:
            child.internal_data["race"] = my_task.number
        return True


class Throwing(Lean):
    event_definition: Any

    def _run_hook(self, my_task: RunTask) -> bool:
        self.event_definition.throw(my_task)
        return True


class RunThrow(Throwing, IntermediateThrowEvent):
    pass


class RunSend(Throwing, SendTask):
    pass


class RunEndEvent(Throwing, EndEvent):
    def _on_complete_hook(self, my_task: RunTask) -> None:
        workflow = my_task.workflow
        if isinstance(self.event_definition, TerminateEventDefinition):
            workflow.cancel_all()
            workflow._mark_complete(my_task)
        elif isinstance(self.event_definition, CancelEventDefinition):
            workflow.cancel()
