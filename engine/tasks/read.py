"""A task with all that its page needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.definitions.sources import load_procedure
from engine.errors import EngineError
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import Draft, TaskState, UserTask
from engine.records.time import Deadline
from engine.records.views import TaskView
from engine.tasks.refusals import unknown_task
from engine.tasks.rights import is_accused, is_candidate, may_claim, may_complete
from engine.values import Data, Value


def open_task(engine: Engine, actor: Actor, task_id: str) -> TaskView:
    """Raises NotFound where the task does not exist, or the actor may not know that it does."""
    with engine.store.read() as work:
        task = work.tasks.get(task_id)
        case = work.cases.get(task.case_id) if task else None
        if task is None or case is None or not _may_open(work, actor, task, case):
            raise unknown_task(task_id)
        form = load_procedure(work, task.definition_id).form(task.form) if task.form else {}
        draft = work.drafts.of_task(task_id, actor.person_id) if task.state is TaskState.OPEN else None
        running = work.instances.open_deadlines(task.instance_id)
        view = work.cases.view(case.case_id)
        version = next((i.version for i in view.instances if i.instance_id == task.instance_id), 0) if view else 0
        units = {unit.code: unit.name for unit in work.org.units()} if task.unit else {}
        assignee = work.org.person(task.assignee) if task.assignee else None
    return TaskView(
        task=task,
        case=case,
        form=form,
        values=_values(form, task, draft),
        draft_saved_at=draft.saved_at if draft else None,
        deadlines=_standing_over(task, running),
        unit_name=units.get(task.unit or "", task.unit),
        assignee_name=assignee.name if assignee else None,
        instance_version=version,
        may_complete=may_complete(actor, task, case),
        may_claim=may_claim(actor, task, case),
        next_hint=_hint(engine, task, engine.clock.now()),
    )


def _may_open(work: UnitOfWork, actor: Actor, task: UserTask, case: CaseFile) -> bool:
    if is_accused(actor, case):
        return False
    if is_candidate(actor, task) or actor.person_id in {task.assignee, task.closed_by}:
        return True
    return work.cases.may_see(actor, case.case_id)


def _values(form: Mapping[str, Any], task: UserTask, draft: Draft | None) -> dict[str, Value]:
    """The case's variables that the form shows, then what was typed; of a closed task what was submitted."""
    keys = set(_keys(form))
    values = {name: value for name, value in task.data.items() if name in keys}
    for later in (task.result, draft.data if draft else None):
        values.update({name: value for name, value in (later or {}).items() if name in keys})
    return values


def _keys(form: Mapping[str, Any]) -> Iterator[str]:
    """Top-level names of the form's data: keys of fields, paths of groups and lists."""
    for component in form.get("components", ()):
        for name in (component.get("key"), component.get("path")):
            if isinstance(name, str) and name:
                yield name.partition(".")[0]
        yield from _keys(component)


def _standing_over(task: UserTask, running: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
    """The deadlines on the task and on what encloses it, the most urgent first."""
    attached = {task.task_id, *task.scopes}
    return tuple(sorted((d for d in running if d.attached_to in attached), key=lambda d: d.legal_due))


def _hint(engine: Engine, task: UserTask, now: datetime) -> tuple[str, str] | None:
    """What happens after, from the properties `hint` and `hint_en`; a hint that cannot be computed is left out."""
    zh, en = task.properties.get("hint"), task.properties.get("hint_en")
    if not zh:
        return None
    said = _say(engine, zh, task.data, now)
    return None if said is None else (said, (_say(engine, en, task.data, now) if en else None) or said)


def _say(engine: Engine, text: str, data: Data, now: datetime) -> str | None:
    try:
        value = engine.kernel.feel.evaluate(text, data, now)
    except EngineError:
        return None
    return None if value is None else str(value)
