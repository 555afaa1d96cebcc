"""Drafts: what a person typed is never lost, and is nobody else's to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.audit.record import record_refusal
from engine.cases.form_context import form_for, top_names
from engine.cases.form_flow import parted
from engine.cases.start import open_desk
from engine.definitions.sources import load_procedure
from engine.errors import Forbidden, InvalidState, Message
from engine.ports.engine import Engine
from engine.records.draft import StartDraft
from engine.records.org import Actor
from engine.records.task import Draft, TaskState
from engine.tasks.refusals import closed_task, not_yours, taken_task, unknown_task
from engine.tasks.rights import is_accused, is_handler, principal_for
from engine.values import dumps

_LIMIT = 1_000_000
"""Characters of JSON; a form that a person types stays far below."""


def save_draft(
    engine: Engine,
    actor: Actor,
    task_id: str,
    data: Mapping[str, Any],
    *,
    seen: Mapping[str, Any] | None = None,
) -> None:
    """Keeps what is typed, unchecked; fields of the parties are stored sealed. The last counts.

    A deputy has a draft of its own. `seen` are the case's values that it began from, None where they are not to
    change. Raises NotFound, Forbidden (audited), Conflict (somebody else has the task), InvalidState (closed, or
    too long).
    """
    _require_short(data, seen or {})
    try:
        with engine.store.write() as work:
            task = work.tasks.get(task_id)
            case = work.cases.get(task.case_id) if task else None
            if task is None or case is None or is_accused(actor, case):
                raise unknown_task(task_id)
            if not is_handler(actor, task):
                raise not_yours(task)
            if task.state is not TaskState.OPEN:
                raise closed_task(work, task, engine.settings.timezone)
            if task.assignee not in (None, actor.person_id) and principal_for(actor, task) is None:
                raise taken_task(work, task)
            schema = form_for(load_procedure(work, task.definition_id), task, engine.settings.timezone).schema
            earlier = work.drafts.of_task(task_id, actor.person_id)
            base = _base(schema, seen) if seen is not None else (earlier.base if earlier else None)
            typed, party = parted(schema, data)
            now = engine.clock.now()
            work.drafts.save(Draft(task_id, actor.person_id, typed, now, base, party))
            if task.begun_at is None:
                work.desk.begin(task_id, now)
    except Forbidden:
        record_refusal(engine, actor, "save_draft", {"task_id": task_id})
        raise


def save_start_draft(engine: Engine, actor: Actor, procedure: str, data: Mapping[str, Any]) -> None:
    """Keeps what is typed on the form that starts a case, for this person and procedure. The last counts.

    Files are not kept: they are sent with the form. Raises NotFound, Forbidden (audited), InvalidState.
    """
    _require_short(data, {})
    desk = open_desk(engine, actor, procedure)
    typed, party = parted(desk.schema, data)
    with engine.store.write() as work:
        draft = StartDraft(actor.person_id, procedure, typed, engine.clock.now(), party)
        work.drafts.save_start(draft)


def start_draft(engine: Engine, actor: Actor, procedure: str) -> StartDraft | None:
    """The actor's own. Raises NotFound, Forbidden (audited), InvalidState."""
    open_desk(engine, actor, procedure)
    with engine.store.read() as work:
        return work.drafts.of_start(actor.person_id, procedure)


def drop_start_draft(engine: Engine, actor: Actor, procedure: str) -> None:
    """Once the case is registered, or where the person begins anew."""
    with engine.store.write() as work:
        work.drafts.drop_start(actor.person_id, procedure)


def _base(schema: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    known = set(top_names(schema))
    return {name: value for name, value in seen.items() if name in known}


def _require_short(data: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    if len(dumps([dict(data), dict(seen)])) > _LIMIT:
        raise InvalidState(
            Message(
                "草稿太长，没有保存。请把长篇内容作为附件上传。",
                "The draft is too long and was not saved. Upload long texts as attachments.",
            )
        )
