"""A task with all that its page needs."""

from __future__ import annotations

from datetime import datetime

from engine.cases.form_changes import shared_values
from engine.cases.form_context import TaskForm, form_for, top_names
from engine.definitions.sources import load_procedure
from engine.errors import EngineError
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import Draft, TaskState, UserTask
from engine.records.time import Deadline
from engine.records.views import TaskView
from engine.tasks.halted import halt_over
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
        procedure, zone = load_procedure(work, task.definition_id), engine.settings.timezone
        form = form_for(procedure, task, zone)
        draft = work.drafts.of_task(task_id, actor.person_id) if task.state is TaskState.OPEN else None
        running = work.instances.open_deadlines(task.instance_id)
        view = work.cases.view(case.case_id)
        instance = next((i for i in view.instances if i.instance_id == task.instance_id), None) if view else None
        # a task of a called procedure runs in the instance of the one that called it
        whole = procedure if instance is None else load_procedure(work, instance.definition_id)
        units = {unit.code: unit.name for unit in work.org.units()} if task.unit else {}
        assignee = work.org.person(task.assignee) if task.assignee else None
        halt = halt_over(work, task)
    shared = {}
    if instance is not None and task.state is TaskState.OPEN:
        snapshot = instance.snapshot
        shared = shared_values(
            case,
            form.schema,
            lambda: engine.kernel.variables_at(whole.source, snapshot, task_id),
            zone,
        )
    return TaskView(
        task=task,
        case=case,
        form=form.schema,
        values=_values(form, task, draft, shared),
        draft_saved_at=draft.saved_at if draft else None,
        deadlines=_standing_over(task, running),
        unit_name=units.get(task.unit or "", task.unit),
        assignee_name=assignee.name if assignee else None,
        instance_version=instance.version if instance else 0,
        may_complete=may_complete(actor, task, case),
        may_claim=may_claim(actor, task, case),
        next_hint=_hint(engine, task, engine.clock.now()),
        context=form.context,
        shared=shared,
        seen=shared if draft is None or draft.base is None else draft.base,
        halt=halt,
    )


def _may_open(work: UnitOfWork, actor: Actor, task: UserTask, case: CaseFile) -> bool:
    if is_accused(actor, case):
        return False
    if is_candidate(actor, task) or actor.person_id in {task.assignee, task.closed_by}:
        return True
    return work.cases.may_see(actor, case.case_id)


def _values(form: TaskForm, task: UserTask, draft: Draft | None, shared: Data) -> dict[str, Value]:
    """What the case holds of the form's fields, then what was typed; of a closed task what was submitted."""
    keys = set(top_names(form.schema))
    values = {name: value for name, value in task.data.items() if name in keys} | dict(shared)
    typed = {**draft.data, **draft.party} if draft else None
    for later in (task.result, typed):
        values.update({name: value for name, value in (later or {}).items() if name in keys})
    return values


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
