"""Collects what a step does, in order, and sums it up as `Changes`."""

from __future__ import annotations

from typing import Any

from engine.kernel.changes import (
    Changes,
    Closure,
    Ended,
    MessageAwaited,
    MessageThrown,
    MessageUnawaited,
    Passed,
    TaskClosed,
    TaskOpened,
    TimerArmed,
    TimerDisarmed,
)
from engine.values import Data


class Recorder:
    """One step's changes. What begins and is cancelled within the step is left out."""

    def __init__(self) -> None:
        self.opened_tasks: dict[str, TaskOpened] = {}
        self.closed_tasks: list[TaskClosed] = []
        self.passed: list[Passed] = []
        self.armed_timers: dict[str, TimerArmed] = {}
        self.disarmed_timers: list[TimerDisarmed] = []
        self.awaited_messages: dict[str, MessageAwaited] = {}
        self.unawaited_messages: list[MessageUnawaited] = []
        self.thrown: list[MessageThrown] = []
        self.end: Ended | None = None

    def opened(self, opened: TaskOpened) -> None:
        self.opened_tasks[opened.task_id] = opened

    def completed(self, task: Any) -> None:
        """An element was left in the ordinary way."""
        element = task.task_spec.element
        if element is None:
            return
        if task.is_passed_over():
            self.passed.append(Passed(task.id, element.id, element.name, element.process_id, Closure.CANCELLED))
            return
        if task.task_spec.manual:
            self._closed(task.id, Closure.COMPLETED)
        self.passed.append(Passed(task.id, element.id, element.name, element.process_id, Closure.COMPLETED))
        if element.kind == "endEvent" and task.workflow is task.workflow.top_workflow:
            task.workflow.last_end = (element.id, element.name)

    def cancelled(self, task: Any) -> None:
        """A live task was cancelled. Events that merely waited leave no trace in the history."""
        if task.workflow.top_workflow.running is task:
            self.completed(task)  # it was its own effect that cancelled it: an error end event
            return
        element = task.task_spec.element
        if element is None or task.task_spec.is_listening:
            return
        if task.task_spec.manual:
            self._closed(task.id, Closure.CANCELLED)
        self.passed.append(Passed(task.id, element.id, element.name, element.process_id, Closure.CANCELLED))

    def _closed(self, task_id: str, closure: Closure) -> None:
        if self.opened_tasks.pop(task_id, None) is None:
            self.closed_tasks.append(TaskClosed(task_id, closure))

    def armed(self, armed: TimerArmed) -> None:
        self.armed_timers[armed.timer_id] = armed

    def disarmed(self, timer_id: str, *, fired: bool) -> None:
        if self.armed_timers.pop(timer_id, None) is None:
            self.disarmed_timers.append(TimerDisarmed(timer_id, fired))

    def awaited(self, awaited: MessageAwaited) -> None:
        self.awaited_messages[awaited.task_id] = awaited

    def unawaited(self, task_id: str) -> None:
        if self.awaited_messages.pop(task_id, None) is None:
            self.unawaited_messages.append(MessageUnawaited(task_id))

    def ended(self, outcome: str, name: str) -> None:
        self.end = Ended(outcome, name)

    def changes(self, data: Data) -> Changes:
        return Changes(
            opened=tuple(self.opened_tasks.values()),
            closed=tuple(self.closed_tasks),
            passed=tuple(self.passed),
            armed=tuple(self.armed_timers.values()),
            disarmed=tuple(self.disarmed_timers),
            awaited=tuple(self.awaited_messages.values()),
            unawaited=tuple(self.unawaited_messages),
            thrown=tuple(self.thrown),
            ended=self.end,
            data=data,
        )
