"""What an operator does to an instance that cannot go on by itself: passing over, correcting, ending.

Moving a token is `Run.move`. As after any step, a run that raised is useless.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import InvalidState, Message
from engine.kernel.bpmn.activities import _Multiple
from engine.kernel.bpmn.definitions import RunMessage, RunTimer
from engine.kernel.bpmn.routes import NOT_ALONE, is_one_of_several
from engine.kernel.bpmn.states import READY, WAITING
from engine.kernel.bpmn.task import RunTask
from engine.kernel.changes import Changes
from engine.kernel.run import Run
from engine.values import Data, Value


@dataclass(frozen=True)
class Token:
    """Where a token stands. `kind` is people, timer, message, event or gateway; `data` is what it sees.

    `refusal` says why it cannot be passed over, None where it can.
    """

    task_id: str
    element_id: str
    name: str
    process_id: str
    kind: str
    data: Data
    refusal: Message | None


def tokens_of(run: Run) -> tuple[Token, ...]:
    """All that wait for somebody or something, outer scopes last; not events that merely watch an activity."""
    waiting = (task for task in run._live() if task._state in (READY, WAITING))
    return tuple(
        Token(
            task_id=task.id,
            element_id=task.task_spec.element.id,
            name=task.task_spec.element.name,
            process_id=task.task_spec.element.process_id,
            kind=_kind(task),
            data=dict(task.data),
            refusal=_refusal(task),
        )
        for task in waiting
        if task.task_spec.element is not None and not task.task_spec.is_listening
    )


def pass_over(run: Run, task_id: str, now: datetime) -> Changes:
    """Lets a token go on behind the element where it waits, which ends as cancelled.

    Returns the `Changes`. Raises InvalidState where it does not wait there, or cannot go on alone; StepFailed.
    """
    task = run._workflow.find(task_id)
    if task is None or task._state not in (READY, WAITING):
        raise InvalidState(_NOT_THERE)
    refusal = _refusal(task)
    if refusal is not None:
        raise InvalidState(refusal)
    (follower,) = task.task_spec.followers
    return run._step(now, lambda: task.cancel(onto=follower))


def passing_over(run: Run, element_ids: Collection[str]) -> Run:
    """The run whose next step leaves the effects of these elements out: no script, no call, no task opens."""
    run._workflow.passed_over = frozenset(element_ids)
    return run


def correct(run: Run, values: Mapping[str, Value], now: datetime) -> Changes:
    """Sets variables wherever a token sees them; called procedures with declared data only where they have them.

    Raises InvalidState for a variable that each instance of a multi-instance activity has for itself.
    """
    live = run._live()
    own = {
        task.task_spec.input_item.bpmn_id
        for task in live
        if isinstance(task.task_spec, _Multiple) and task.task_spec.input_item is not None
    }
    if not own.isdisjoint(values):
        raise InvalidState(_EACH_ITS_OWN)

    def write() -> None:
        for scope in run._workflow.scopes():
            _write(scope, values, is_top=scope is run._workflow)

    return run._step(now, write)


def _write(scope: Any, values: Mapping[str, Value], *, is_top: bool) -> None:
    declared = scope.spec.io_specification
    is_closed = not is_top and declared is not None and bool(declared.data_inputs)
    known = scope.variables() if is_closed else values
    given = {name: value for name, value in values.items() if name in known}
    for task in scope.live.values():
        task.data = {**task.data, **given}
    scope.last_data = {**scope.last_data, **given}


def _kind(task: RunTask) -> str:
    spec = task.task_spec
    if spec.manual:
        return "people"
    definition = getattr(spec, "event_definition", None)
    if isinstance(definition, RunTimer):
        return "timer"
    if isinstance(definition, RunMessage):
        return "message"
    return "gateway" if definition is None else "event"


def _refusal(task: RunTask) -> Message | None:
    if _kind(task) == "gateway":
        return _WAITS_FOR_OTHERS
    if "race" in task.internal_data:
        return _IN_A_RACE
    if is_one_of_several(task):
        return NOT_ALONE
    return None if len(task.task_spec.followers) == 1 else _SEVERAL_WAYS


_NOT_THERE = Message(
    "案件已不在该环节。请刷新页面。", "The instance no longer waits at that element. Reload the page."
)
_EACH_ITS_OWN = Message(
    "这个变量在多实例环节中每份各不相同，不能统一更正。请改用“转到其他环节”。",
    "Each instance of a multi-instance activity has its own value of this variable. Move the token instead.",
)
_WAITS_FOR_OTHERS = Message(
    "汇合处在等其他分支，跳过会使其他分支无处汇合。请处理其他分支。",
    "A join waits here for other branches; passing over it would strand them. Deal with the other branches.",
)
_IN_A_RACE = Message(
    "这里同时等待几个事件中的一个，不能只跳过其一。请改用“转到其他环节”。",
    "One of several events is awaited here; a single one cannot be passed over. Move the token instead.",
)
_SEVERAL_WAYS = Message(
    "该环节之后不止一条路径，无法确定跳到哪里。请改用“转到其他环节”。",
    "Several flows leave this element, or none; it is not clear where to go on. Move the token instead.",
)
