"""The only script engine of a run: FEEL, and nothing else.

Every failure becomes a `StepFailed` that names the element and the expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from engine.errors import EngineError, Message, StepFailed
from engine.kernel.bpmn.task import RunTask
from engine.kernel.feel import Feel, FeelError
from engine.values import Value


class FeelScripts(PythonScriptEngine):
    """Evaluates at `now`, the instant of the step in hand."""

    def __init__(self, feel: Feel, now: datetime, zone: ZoneInfo) -> None:
        # The base class's constructor would set up an environment for Python; there is none here.
        self.feel = feel
        self.now = now
        self.zone = zone

    def validate(self, expression: str) -> None:
        self.feel.check(expression)

    def evaluate(self, task: RunTask, expression: str, external_context: dict[str, Any] | None = None) -> Value:
        """The value of an expression; whole numbers as int."""
        data = {**external_context, **task.data} if external_context else task.data
        try:
            value = self.feel.evaluate(expression, data, self.now)
        except FeelError as error:
            raise failed(task, error, expression) from error
        return _whole(value)

    def evaluate_all(self, task: RunTask, expressions: Sequence[str]) -> list[Value]:
        """The values of several expressions, evaluated in one crossing."""
        if not expressions:
            return []
        try:
            return self.feel.evaluate_many(expressions, task.data, self.now)
        except FeelError as error:
            raise failed(task, error, getattr(error, "expression", None) or expressions[0]) from error

    def truth(self, task: RunTask, expression: str) -> bool:
        """The value of a condition, which must be true or false."""
        return _truth(task, expression, self.evaluate(task, expression))

    def truths(self, task: RunTask, expressions: Sequence[str]) -> list[bool]:
        """The values of all the conditions of a gateway."""
        return [_truth(task, e, v) for e, v in zip(expressions, self.evaluate_all(task, expressions), strict=True)]

    def first_true(self, task: RunTask, expressions: Sequence[str]) -> int | None:
        """The position of the first condition that holds; those after it are not looked at."""
        try:
            values = self.feel.evaluate_many(expressions, task.data, self.now) if expressions else []
        except FeelError:
            # One of them fails; whether that matters depends on those before it.
            return next((i for i, e in enumerate(expressions) if self.truth(task, e)), None)
        return next((i for i, v in enumerate(values) if _truth(task, expressions[i], v)), None)

    def context(self, task: RunTask, expression: str) -> dict[str, Value]:
        """The entries of a FEEL context."""
        value = self.evaluate(task, expression)
        if not isinstance(value, dict):
            raise failed(task, _NOT_A_CONTEXT, expression)
        return value

    def execute(self, task: RunTask, script: str, external_context: dict[str, Any] | None = None) -> bool:
        """Run a script: a FEEL context whose entries become variables."""
        del external_context
        task.write(self.context(task, script))
        return True

    def call_service(self, task: RunTask, **_: Any) -> str:
        raise failed(task, _NO_SERVICE, None)


def failed(task: Any, cause: EngineError | Message, expression: str | None) -> StepFailed:
    """The error of a task's element."""
    reason = cause.message if isinstance(cause, EngineError) else cause
    element = task.task_spec.element
    element_id = element.id if element is not None else task.task_spec.name
    name = element.name if element is not None else ""
    label = f"“{name or element_id}”"
    return StepFailed(
        Message(f"环节{label}无法继续：{reason.zh}", f"Element {label} cannot go on: {reason.en}"),
        element_id=element_id,
        element_name=name,
        expression=expression,
    )


_NOT_A_CONTEXT = Message(
    "脚本必须是一个 FEEL 上下文，如 { a: 1 }", "the script must be a FEEL context such as { a: 1 }"
)
_NO_SERVICE = Message("服务任务没有操作", "the service task has no operator")


def _whole(value: Value) -> Value:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value)
    return value


def _truth(task: RunTask, expression: str, value: Value) -> bool:
    if isinstance(value, bool):
        return value
    shown = "null" if value is None else repr(value)
    raise failed(
        task,
        Message(
            f"条件“{expression}”的结果是 {shown}，必须是 true 或 false",
            f"the condition “{expression}” gives {shown}; it must give true or false",
        ),
        expression,
    )
