"""An instance's state as bytes, and back: JSON in UTF-8, without the spec and without what has passed.

Format 1 is an object: `format`; `prefix` and `count` of the ids; `ended`; `end` (the last end event); `scopes`, outer
ones before inner ones. A scope has `host` (number of its activity's task; absent for the top), `spec`, `data` (the
variables last seen), `own` (data objects) where it has any, `tasks` and `entered`. A task is an array: number, spec
name, state, number of its parent task or 0, what its variables have other than the scope's (an object, or an array of
that and the names it lacks), internal data.

Variables are in the tagged form of `engine.values` where `tagged` is true, else plain JSON.
"""

from __future__ import annotations

import json
from typing import Any, Final

from engine.errors import InvalidState, Message
from engine.kernel.bpmn.states import WAITING
from engine.kernel.bpmn.task import RunTask
from engine.kernel.bpmn.workflow import RunWorkflow, ScopeWorkflow
from engine.kernel.specs import Procedure
from engine.values import from_json, to_json

FORMAT: Final = 1
_ROOT: Final = 1
"""The number of the top scope's first task; those of other scopes are found as tasks without a parent."""


def snapshot_of(workflow: RunWorkflow) -> bytes:
    """The state of an instance between two steps."""
    scopes = [workflow, *workflow.subprocesses.values()]
    document = {
        "format": FORMAT,
        "prefix": workflow.id_prefix,
        "count": workflow.id_count,
        "ended": workflow.completed,
        "end": list(workflow.last_end),
        "scopes": [_scope(scope) for scope in scopes],
    }
    return _encoded(document)


def _scope(scope: Any) -> dict[str, Any]:
    base = scope.last_data
    described: dict[str, Any] = {"spec": scope.spec_name} if isinstance(scope, ScopeWorkflow) else {}
    if isinstance(scope, ScopeWorkflow):
        described["host"] = _number(scope.host.id)
    described["data"] = base
    if scope.data:
        described["own"] = scope.data
    described["tasks"] = [_task(task, base) for task in scope.tasks.values() if task is not scope.task_tree]
    described["root"] = _number(scope.task_tree.id)
    described["live"] = [_number(task_id) for task_id in scope.live]
    return described


def _task(task: RunTask, base: dict[str, Any]) -> list[Any]:
    own = {k: v for k, v in task.data.items() if k not in base or (base[k] is not v and not _same(base[k], v))}
    lacks = [k for k in base if k not in task.data]
    above = task.parent
    return [
        _number(task.id),
        task.task_spec.name,
        task._state,
        _number(above.id) if above is not None else 0,
        [own, lacks] if lacks else own,
        task.internal_data,
    ]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and not isinstance(one, dict | list) and bool(one == other)


def _number(task_id: str) -> int:
    return int(task_id[28:], 16)


def _encoded(document: dict[str, Any]) -> bytes:
    text = json.dumps({**document, "tagged": True, "scopes": to_json(document["scopes"])}, ensure_ascii=False)
    return text.encode()


def restored(snapshot: bytes, procedure: Procedure) -> RunWorkflow:
    """The instance of a snapshot. Raises InvalidState for a format that this version does not know."""
    document = json.loads(snapshot)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidState(_UNKNOWN)
    scopes = from_json(document["scopes"]) if document["tagged"] else document["scopes"]
    top = RunWorkflow(procedure.specs[procedure.main], dict(procedure.specs), is_loading=True)
    top.id_prefix, top.id_count = document["prefix"], document["count"]
    top.completed = document["ended"]
    top.last_end = (document["end"][0], document["end"][1])
    for described in scopes:
        scope: Any = top
        if "host" in described:
            host = top.get_task_from_id(_id(top, described["host"]))
            scope = ScopeWorkflow(described["spec"], host, top, is_loading=True)
            top.subprocesses[host.id] = scope
        _restore(scope, described)
    top.queue.clear()
    return top


def _restore(scope: Any, described: dict[str, Any]) -> None:
    top = scope.top_workflow
    base = described["data"]
    scope.last_data = base
    scope.data = described.get("own", scope.data)
    root = RunTask(scope, scope.spec.start, None, 64, _id(top, described["root"]))
    scope.task_tree = root
    for number, name, state, above, data, internal in described["tasks"]:
        parent = scope.tasks.get(_id(top, above), root)
        task = RunTask(scope, scope.spec.task_specs[name], parent, state, _id(top, number))
        own, lacks = data if isinstance(data, list) else (data, ())
        task.data = {**base, **own}
        for key in lacks:
            del task.data[key]
        task.internal_data = internal
        task.triggered = name.endswith(" [child]")
        if state == WAITING and hasattr(task.task_spec, "event_definition"):
            top.event_manager.add_task(task)
    scope.live = {task_id: scope.tasks[task_id] for n in described["live"] if (task_id := _id(top, n))}


def _id(top: RunWorkflow, number: int) -> str:
    return f"{top.id_prefix}{number:08x}"


_UNKNOWN = Message(
    "此案件的流程状态由更新的版本保存，当前程序无法读取；请升级程序",
    "the instance was saved by a newer version, which this program cannot read; upgrade the program",
)
