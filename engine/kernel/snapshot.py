"""An instance's state as bytes, and back: JSON in UTF-8, without the spec and without what has passed.

Two lines. The first is `{"format": 1, "values": …}`, where `values` says how variables are written: `plain` JSON,
`tagged` (as in `engine.values`, no name begins with $), or `escaped` (all of `engine.values`). The second is an
array: prefix of the ids; how many were given; whether the instance has ended; id and name of the last end event;
scopes, outer ones before inner ones.

A scope is an array: name of its spec; number of its activity's task (0 for the top); number of its root task;
variables (delta to those of the activity's task); stamps; data objects; tasks. A task is an array: number; name of
its spec; state; number of its parent where that is not the root, else 0; variables (delta to the scope's); internal
data; stamps; what is empty at the end left out. A delta is an array of what is other, and the names that are
missing. A task's number is the end of its id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeAlias

from engine.errors import InvalidState, Message
from engine.kernel.bpmn.states import COMPLETED, WAITING
from engine.kernel.bpmn.task import RunTask
from engine.kernel.bpmn.workflow import RunWorkflow, ScopeWorkflow
from engine.kernel.specs import Procedure
from engine.values import Value, from_json, to_json

FORMAT: Final = 1

_EMPTY: Final[list[Any]] = [0, "", 0, 0, [{}, []], {}, {}]
_PLAIN, _TAGGED, _ESCAPED = "plain", "tagged", "escaped"
Delta: TypeAlias = list[Any]
_SIMPLE: Final = frozenset({str, int, float, bool, date})
"""Types whose equal values are written alike: not so 1.0 and 1.00, or one instant in two zones."""


def snapshot_of(workflow: RunWorkflow) -> bytes:
    """The state of an instance between two steps.

    Raises TypeError for a variable that is none of `engine.values`.
    """
    scopes = [workflow, *workflow.subprocesses.values()]
    body = [
        workflow.id_prefix,
        workflow.id_count,
        workflow.completed,
        list(workflow.last_end),
        [_scope(scope) for scope in scopes],
    ]
    return bytes_of(body)


def bytes_of(body: list[Any]) -> bytes:
    """The snapshot of a body as the module describes it."""
    values, text = _written(body)
    return f'{{"format":{FORMAT},"values":"{values}"}}\n{text}'.encode()


def body_of(snapshot: bytes) -> list[Any]:
    """The body of a snapshot. Raises InvalidState for a format that this version does not know."""
    head, _, text = snapshot.partition(b"\n")
    body: list[Any] = _read(text, _values_of(head))
    return body


def restored(snapshot: bytes, procedure: Procedure) -> RunWorkflow:
    """The instance of a snapshot.

    Raises InvalidState for a format that this version does not know, and where the procedure is another one.
    """
    prefix, count, ended, end, scopes = body_of(snapshot)
    top = RunWorkflow(procedure.specs[procedure.main], dict(procedure.specs), is_loading=True)
    top.id_prefix, top.id_count, top.completed = prefix, count, ended
    top.last_end = (end[0], end[1])
    try:
        for described in scopes:
            _restore(top, described)
    except KeyError as error:
        raise InvalidState(_other_procedure(str(error.args[0]))) from error
    top.queue.clear()
    return top


def _scope(scope: Any) -> list[Any]:
    is_nested = isinstance(scope, ScopeWorkflow)
    data = scope.last_data
    return [
        scope.spec_name if is_nested else "",
        scope.host.number if is_nested else 0,
        scope.task_tree.number,
        delta_of(data, scope.host.data) if is_nested else [data, []],
        scope.last_stamps,
        scope.data,
        [_task(task, scope) for task in scope.live.values()],
    ]


def _task(task: RunTask, scope: Any) -> list[Any]:
    above = task.parent
    row = [
        task.number,
        task.task_spec.name,
        task._state,
        0 if above is None or above is scope.task_tree else above.number,
        delta_of(task.data, scope.last_data),
        task.internal_data,
        task.stamps,
    ]
    while not row[-1] or row[-1] == [{}, []]:
        row.pop()
    return row


def _restore(top: RunWorkflow, described: list[Any]) -> None:
    spec_name, host_number, root, data, stamps, own, rows = described
    scope: Any = top
    base: dict[str, Any] = {}
    if host_number:
        host: Any = top.get_task_from_id(top.id_of(host_number))
        scope = ScopeWorkflow(spec_name, host, top, is_loading=True)
        top.subprocesses[host.id] = scope
        base = host.data
    scope.last_data, scope.last_stamps, scope.data = applied(data, base), stamps, own
    scope.task_tree = RunTask(scope, scope.spec.start, None, COMPLETED, top.id_of(root))
    for row in rows:
        _restore_task(scope, row)
    for row in rows:
        if len(row) > 3 and row[3]:
            task, above = scope.tasks[top.id_of(row[0])], scope.tasks[top.id_of(row[3])]
            scope.task_tree._children.remove(task)
            task.parent = above
            above._children.append(task)


def _restore_task(scope: Any, row: list[Any]) -> None:
    top = scope.top_workflow
    number, name, state, _, data, internal, stamps = row + _EMPTY[len(row) :]
    spec = scope.spec.task_specs[name]
    task = RunTask(scope, spec, scope.task_tree, state, top.id_of(number))
    task.data = applied(data, scope.last_data)
    task.internal_data = dict(internal)
    task.stamps = stamps
    task.triggered = name.endswith(" [child]")
    if state == WAITING and hasattr(spec, "event_definition"):
        task.is_entered = True
        top.event_manager.add_task(task)


def delta_of(data: dict[str, Any], base: dict[str, Any]) -> Delta:
    """What to write of variables whose `base` is written elsewhere."""
    if data is base:
        return [{}, []]
    other = {key: value for key, value in data.items() if key not in base or not _same(base[key], value)}
    return [other, [key for key in base if key not in data]]


def applied(delta: Delta, base: dict[str, Any]) -> dict[str, Any]:
    """The variables that `delta_of` wrote."""
    data = {**base, **delta[0]}
    for key in delta[1]:
        del data[key]
    return data


def _same(one: Value, other: Value) -> bool:
    return one is other or (type(one) is type(other) and type(one) in _SIMPLE and bool(one == other))


def _written(body: list[Any]) -> tuple[str, str]:
    """How the values are written, and the text. Only names that begin with $ need the slow way."""
    tags = 0

    def tag(value: Value) -> Value:
        nonlocal tags
        if isinstance(value, Mapping):
            return dict(value)
        tags += 1
        return to_json(value)

    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=tag)
    if text.count('"$') != tags:
        return _ESCAPED, json.dumps(to_json(body), ensure_ascii=False, separators=(",", ":"))
    return (_TAGGED if tags else _PLAIN), text


def _read(text: bytes, values: str) -> Any:
    if values == _PLAIN:
        return json.loads(text)
    if values == _TAGGED:
        return json.loads(text, object_hook=_revived)
    return from_json(json.loads(text))


def _revived(item: dict[str, Any]) -> Value:
    if len(item) == 1 and next(iter(item)).startswith("$"):
        return from_json(item)
    return item


def _values_of(head: bytes) -> str:
    try:
        found = json.loads(head)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InvalidState(_UNKNOWN)
    return str(found["values"])


def _other_procedure(name: str) -> Message:
    return Message(
        f"案件的流程状态与此版本的流程图不符：图中没有“{name}”；请用案件开始时的版本",
        f"the instance does not fit this version of the procedure, which has no “{name}”",
    )


_UNKNOWN = Message(
    "此案件的流程状态由另一版本的程序保存，当前程序无法读取；请升级程序后再打开",
    "the instance was saved by another version of the program, which this one cannot read; upgrade the program",
)
