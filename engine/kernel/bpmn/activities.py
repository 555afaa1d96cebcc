"""Tasks, subprocesses and call activities, loops and multi-instance activities."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowDataException
from SpiffWorkflow.spiff.specs.defaults import (
    CallActivity,
    ManualTask,
    NoneTask,
    ParallelMultiInstanceTask,
    ScriptTask,
    SequentialMultiInstanceTask,
    ServiceTask,
    StandardLoopTask,
    SubWorkflowTask,
    TransactionSubprocess,
    UserTask,
)
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

from engine.errors import EngineError, Message, StepFailed
from engine.kernel import decisions
from engine.kernel.bpmn.lean import Lean
from engine.kernel.bpmn.merge import combined
from engine.kernel.bpmn.scripts import failed
from engine.kernel.bpmn.states import STARTED, WAITING
from engine.kernel.bpmn.task import RunTask
from engine.kernel.changes import TaskOpened
from engine.kernel.decisions import Decision
from engine.kernel.ports import ActionCall
from engine.values import Value

_NOTHING_TO_REPEAT = Message(
    "多实例的集合或次数不存在或不可用", "the collection or number of its instances is missing or unusable"
)
_NO_DECISION = Message("找不到决策表", "the decision table is missing")


GIVEN = ("assignee", "role_from", "name_from")
"""Properties of a task that are FEEL and say whose it is and what it is called."""


class RunNone(Lean, NoneTask):
    pass


class RunScript(Lean, ScriptTask):
    def _run_hook(self, my_task: RunTask) -> bool:
        spec: Any = self
        return bool(my_task.workflow.script_engine.execute(my_task, spec.script))


class _ForPeople(Lean):
    """Opens for people when it is ready."""

    def _on_ready_hook(self, my_task: RunTask) -> None:
        if my_task.is_passed_over():
            my_task.workflow.top_workflow.queue.append(my_task)
            return
        opened = self.described(my_task)
        if opened is not None:
            my_task.workflow.top_workflow.recorder.opened(opened)

    def described(self, my_task: RunTask) -> TaskOpened | None:
        """The task as it opens now; None for what SpiffWorkflow added. Raises StepFailed."""
        element = self.element
        if element is None:
            return None
        texts = {"unit": element.unit, **{key: element.properties.get(key) for key in GIVEN}}
        given = {key: text for key, text in texts.items() if text}
        values = my_task.workflow.script_engine.evaluate_all(my_task, list(given.values()))
        found = dict(zip(given, values, strict=True))
        return TaskOpened(
            task_id=my_task.id,
            element_id=element.id,
            name=_text(found.get("name_from")) or element.name,
            process_id=element.process_id,
            lane=element.lane,
            role=_text(found.get("role_from")) or element.role,
            unit=_text(found.get("unit")),
            assignee=_text(found.get("assignee")),
            form=element.properties.get("form"),
            properties=element.properties,
            scopes=scopes_of(my_task),
            data=dict(my_task.data),
        )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def scopes_of(task: RunTask) -> tuple[str, ...]:
    """Ids of the enclosing subprocess, call-activity, loop and multi-instance tasks, outermost first."""
    ids: list[str] = []
    each: RunTask | None = task
    while each is not None:
        above = each.parent
        if above is not None and isinstance(above.task_spec, _Repeating):
            ids.append(above.id)
        each = getattr(each.workflow, "host", None)
        if each is not None:
            ids.append(each.id)
    return tuple(reversed(ids))


class RunUser(_ForPeople, UserTask):
    pass


class RunManual(_ForPeople, ManualTask):
    pass


class RunService(Lean, ServiceTask):
    """Calls a server action. A result variable is only set where the diagram names one."""

    result_variable: str | None

    def _run_hook(self, my_task: RunTask) -> bool:
        spec: Any = self
        top = my_task.workflow.top_workflow
        names = list(spec.operation_params)
        values = top.script_engine.evaluate_all(my_task, [spec.operation_params[n]["value"] for n in names])
        element = spec.element
        call = ActionCall(
            name=spec.operation_name,
            params=dict(zip(names, values, strict=True)),
            data=dict(my_task.data),
            element_id=element.id,
            element_name=element.name,
            process_id=element.process_id,
            task_id=my_task.id,
            scopes=scopes_of(my_task),
        )
        try:
            result = top.ports.actions.run(call)
        except StepFailed:
            raise
        except EngineError as error:
            raise failed(my_task, error, None) from error
        my_task.write(result.variables)
        if self.result_variable:
            my_task.write({self.result_variable: result.value})
        return True


class RuleTask(SpiffBpmnTask):
    """What the parser makes of a business rule task."""

    def __init__(self, wf_spec: Any, name: str, decision_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision_id = decision_id


class RunRule(Lean, RuleTask):
    """Evaluates a decision table; its outputs become variables."""

    decision: Decision | None = None

    def _run_hook(self, my_task: RunTask) -> bool:
        decision = self.decision
        if decision is None:
            raise failed(my_task, _NO_DECISION, self.decision_id)
        scripts = my_task.workflow.script_engine
        try:
            result = decisions.evaluate(decision, my_task.data, scripts.feel, scripts.now)
        except EngineError as error:
            raise failed(my_task, error, getattr(error, "expression", None)) from error
        if isinstance(result, dict):
            my_task.write(result)
        elif isinstance(result, list):
            my_task.write({decision.decision_id: result})
        else:
            my_task.write({decision.outputs[0].name or decision.decision_id: result})
        return True


class _Nested(Lean):
    """An activity with a workflow of its own, which sees all variables and gives its own back."""

    spec: str

    def _update_hook(self, my_task: RunTask) -> bool:
        self._enter(my_task)
        my_task._set_state(STARTED)
        my_task.workflow.top_workflow.create_subprocess(my_task, self.spec).begin(
            self._given(my_task), my_task.stamps
        )
        return False

    def _given(self, my_task: RunTask) -> dict[str, Any]:
        return my_task.data

    def on_scope_completed(self, scope: Any, my_task: RunTask) -> None:
        """The nested workflow ended by itself."""
        my_task.data, my_task.stamps = dict(scope.last_data), scope.last_stamps
        my_task._ready()

    def _on_cancel(self, my_task: RunTask) -> None:
        scope = my_task.workflow.top_workflow.subprocesses.get(my_task.id)
        if scope is not None:
            scope.drop()


class RunSubprocess(_Nested, SubWorkflowTask):
    pass


class RunTransaction(_Nested, TransactionSubprocess):
    pass


class RunCall(_Nested, CallActivity):
    """A called process with declared inputs or outputs gets and gives back only these."""

    def _given(self, my_task: RunTask) -> dict[str, Any]:
        declared = my_task.workflow.top_workflow.subprocess_specs[self.spec].io_specification
        if declared is None or not declared.data_inputs:
            return my_task.data
        return {name: _declared(my_task.data, name, my_task) for name in _ids(declared.data_inputs)}

    def on_scope_completed(self, scope: Any, my_task: RunTask) -> None:
        declared = scope.spec.io_specification
        if declared is None or not declared.data_outputs:
            super().on_scope_completed(scope, my_task)
            return
        given = {name: _declared(scope.last_data, name, my_task) for name in _ids(declared.data_outputs)}
        my_task.write(given)
        my_task._ready()


def _ids(references: Any) -> list[str]:
    return [reference.bpmn_id for reference in references]


def _declared(data: dict[str, Any], name: str, my_task: RunTask) -> Value:
    if name not in data:
        raise WorkflowDataException(f"“{name}” is declared but was not set", task=my_task)
    return data[name]


class _Repeating(Lean):
    """A loop or multi-instance activity: one container task, one child task an instance."""

    task_spec: str

    def child_spec(self, my_task: RunTask) -> Any:
        return my_task.workflow.spec.task_specs[self.task_spec]


class RunLoop(_Repeating, StandardLoopTask):
    """Repeats while its condition is true, at most `maximum` times; `count` in the internal data."""

    maximum: int | None
    condition: str | None
    test_before: bool

    def _update_hook(self, my_task: RunTask) -> bool:
        self._enter(my_task)
        my_task.internal_data["count"] = 0
        if self.test_before and self.loop_complete(my_task):
            return True
        my_task._set_state(STARTED)
        self.create_child(my_task)
        return False

    def create_child(self, my_task: RunTask) -> None:
        child = my_task._add_child(self.child_spec(my_task), WAITING)
        child.triggered = True
        child.task_spec._update(child)

    def merge_child(self, workflow: Any, child: RunTask) -> None:
        del workflow
        my_task: Any = child.parent
        my_task.data, my_task.stamps = dict(child.data), child.stamps
        my_task.internal_data["count"] += 1
        if self.loop_complete(my_task):
            my_task._ready()
        else:
            self.create_child(my_task)

    def loop_complete(self, my_task: RunTask) -> bool:
        if self.maximum is not None and my_task.internal_data["count"] >= self.maximum:
            return True
        return self.condition is not None and not my_task.workflow.script_engine.truth(my_task, self.condition)


class _Multiple(_Repeating):
    """Instances over a collection or a number. The item is the instance's own and does not come back."""

    data_input: Any
    data_output: Any
    output_item: Any
    input_item: Any

    def _update_hook(self, my_task: RunTask) -> bool | None:
        stock: Any = super(Lean, self)
        try:
            is_empty: bool | None = stock._update_hook(my_task)
        except (TypeError, WorkflowDataException) as error:
            raise failed(my_task, _NOTHING_TO_REPEAT, None) from error
        return is_empty

    def create_child(self, my_task: RunTask, item: Value, key_or_index: Any = None) -> None:
        child = my_task._add_child(self.child_spec(my_task), WAITING)
        child.triggered = True
        if self.input_item is not None:
            child.data[self.input_item.bpmn_id] = item
        if key_or_index is not None:
            child.internal_data["key_or_index"] = key_or_index
        child.task_spec._update(child)

    def merge_child(self, workflow: Any, child: RunTask) -> None:
        """Take over an instance's result; never changes a list that others share."""
        my_task: Any = child.parent
        my_task.internal_data["merged"] = []
        stock: Any = super()
        if self.data_output is not None and self.output_item is not None:
            name = self.data_output.bpmn_id
            result = my_task.data.get(name)
            my_task.write({name: dict(result) if isinstance(result, dict) else list(result or [])})
            stock.merge_child(workflow, child)
            return
        item = self.input_item.bpmn_id if self.input_item is not None else None
        given = {key: value for key, value in child.data.items() if key != item}
        my_task.data, my_task.stamps = combined(my_task.data, my_task.stamps, given, child.stamps)
        # What remains to be merged is equal, so that SpiffWorkflow only counts the instance.
        child.data = my_task.data
        stock.merge_child(workflow, child)

    def check_completion_condition(self, my_task: RunTask) -> bool:
        """Asked after each instance, of its own variables and the results so far."""
        condition: str | None = getattr(self, "condition", None)
        merged = my_task.internal_data.get("merged") or []
        if condition is None or not merged:
            return False
        last = next(child for child in my_task.children if child.id == merged[-1])
        if self.data_output is not None:
            name = self.data_output.bpmn_id
            last.data = {**last.data, name: my_task.data[name]}
        return bool(my_task.workflow.script_engine.truth(last, condition))

    def init_data_output_with_input_data(self, my_task: RunTask, input_data: Value) -> None:
        """Begin with an empty result, also when the activity runs again; unless it updates its input in place."""
        name = self.data_output.bpmn_id
        if self.data_input is None or name != self.data_input.bpmn_id:
            my_task.data[name] = {} if isinstance(input_data, dict) else []

    def init_data_output_with_cardinality(self, my_task: RunTask) -> None:
        my_task.data[self.data_output.bpmn_id] = []


class RunSequential(_Multiple, SequentialMultiInstanceTask):
    def add_next_child(self, my_task: RunTask) -> None:
        spec: Any = self
        next_item = spec.get_next_input_item if self.data_input is not None else spec.get_next_index
        key_or_index, item = next_item(my_task)
        self.create_child(my_task, item, key_or_index)

    def merge_child(self, workflow: Any, child: RunTask) -> None:
        my_task: Any = child.parent
        super().merge_child(workflow, child)
        my_task.internal_data.pop("merged", None)


class RunSimultaneous(_Multiple, ParallelMultiInstanceTask):
    def merge_child(self, workflow: Any, child: RunTask) -> None:
        my_task: Any = child.parent
        super().merge_child(workflow, child)
        my_task.internal_data.pop("merged", None)
