"""Our timer and message definitions: they wait for the ledger and for the router, not for a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.errors import EngineError
from engine.kernel.bpmn.instants import Schedule, Span, is_iso, schedule
from engine.kernel.bpmn.scripts import failed
from engine.kernel.bpmn.task import RunTask
from engine.kernel.changes import MessageAwaited, MessageThrown, ResolvedTime, TimerArmed
from engine.kernel.ports import Duty, TimeKind, TimeRequest


class RunTimer(EventDefinition):
    """Resolved once, when armed; fires only when `Run.fire` names it.

    `internal_data["timer"]` holds `n`, the number of the firing that is armed; for a cycle also `of` (how many
    there are, None without end), `start` (the first instant, ISO 8601), `months`, `seconds`. Absent: never armed.

    `duty` is what it stands on, set when the spec is built (`engine.kernel.bpmn.duties`).
    """

    duty: Duty | None = None

    def __init__(self, name: str, expression: str) -> None:
        super().__init__(name)
        self.expression = expression.strip()

    def arm(self, my_task: RunTask) -> None:
        """Resolve the expression and announce the first firing. Raises StepFailed."""
        top = my_task.workflow.top_workflow
        scripts = top.script_engine
        is_text = is_iso(self.expression)
        value = self.expression if is_text else scripts.evaluate(my_task, self.expression)

        def resolve(request: TimeRequest) -> ResolvedTime:
            asked = request if self.duty is None else replace(request, duty=self.duty)
            resolved: ResolvedTime = top.ports.time.resolve(asked, my_task.data, scripts.now)
            return resolved

        try:
            planned = schedule(value, scripts.now, scripts.zone, resolve)
            if planned is not None and planned.hours is not None and self.duty is not None:
                planned = Schedule(resolve(TimeRequest(TimeKind.HOURS, planned.hours)))
        except EngineError as error:
            raise failed(my_task, error, self.expression) from error
        if planned is None or planned.count == 0:
            return
        state: dict[str, Any] = {"n": 1}
        if planned.every is not None:
            state |= {"of": planned.count, "start": planned.first.at.isoformat()}
            state |= {"months": planned.every.months, "seconds": planned.every.rest.total_seconds()}
        my_task.internal_data["timer"] = state
        self._announce(my_task, planned.first)

    def next_firing(self, my_task: RunTask) -> bool:
        """Announce the next firing of a cycle; False when there is none."""
        state = my_task.internal_data["timer"]
        count = state.get("of", 1)
        if count is not None and state["n"] >= count:
            return False
        number = state["n"] + 1
        my_task.internal_data["timer"] = {**state, "n": number}
        every = Span(state["months"], timedelta(seconds=state["seconds"]))
        first = ResolvedTime(datetime.fromisoformat(state["start"]).astimezone(self._zone(my_task)))
        self._announce(my_task, Schedule(first, count, every).at(number))
        return True

    def disarm(self, my_task: RunTask, *, fired: bool) -> None:
        """The armed firing is over."""
        timer_id = timer_id_of(my_task)
        if timer_id is not None:
            my_task.workflow.top_workflow.recorder.disarmed(timer_id, fired=fired)

    def _announce(self, my_task: RunTask, resolved: ResolvedTime) -> None:
        element = my_task.task_spec.element
        top = my_task.workflow.top_workflow
        watched = my_task.internal_data.get("on")
        top.recorder.armed(
            TimerArmed(
                timer_id=timer_id_of(my_task) or "",
                element_id=element.id,
                name=element.name or (self.duty.name if self.duty is not None else ""),
                process_id=element.process_id,
                attached_to=top.id_of(watched) if watched is not None else None,
                interrupting=bool(getattr(my_task.task_spec, "cancel_activity", False)),
                resolved=resolved,
            )
        )

    @staticmethod
    def _zone(my_task: RunTask) -> Any:
        return my_task.workflow.top_workflow.script_engine.zone

    def catches(self, my_task: RunTask, event: Any) -> bool:
        del my_task, event
        return False


def timer_id_of(task: RunTask) -> str | None:
    """The firing key of the firing that a task has armed."""
    state = task.internal_data.get("timer")
    return f"{task.id}:{state['n']}" if state is not None else None


class RunMessage(EventDefinition):
    """A message by name. What is thrown leaves the instance; what is caught is delivered from outside.

    `payload` is the FEEL context sent, `variable` where a delivered payload goes (None: its entries become
    variables), `correlation` the FEEL of the key that is waited for.
    """

    def __init__(self, name: str, payload: str | None, variable: str | None, correlation: str | None) -> None:
        super().__init__(name)
        self.payload = payload
        self.variable = variable
        self.correlation = correlation

    def arm(self, my_task: RunTask) -> None:
        """Announce what is waited for."""
        top = my_task.workflow.top_workflow
        key = top.script_engine.evaluate(my_task, self.correlation) if self.correlation else None
        text = None if key is None else str(key)
        top.recorder.awaited(MessageAwaited(my_task.id, my_task.task_spec.element.id, self.name, text))

    def disarm(self, my_task: RunTask, *, fired: bool) -> None:
        del fired
        my_task.workflow.top_workflow.recorder.unawaited(my_task.id)

    def update_task_data(self, my_task: RunTask) -> None:
        payload = my_task.internal_data.pop("payload", None)
        if payload is None:
            return
        my_task.write(payload if self.variable is None else {self.variable: payload})

    def throw(self, my_task: RunTask) -> None:
        top = my_task.workflow.top_workflow
        payload = top.script_engine.context(my_task, self.payload) if self.payload else {}
        top.recorder.thrown.append(MessageThrown(my_task.task_spec.element.id, self.name, payload))

    def catches(self, my_task: RunTask, event: Any) -> bool:
        del my_task, event
        return False
