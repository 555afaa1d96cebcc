"""Drafts: what a person typed is never lost, and is nobody else's to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.audit.record import record_refusal
from engine.cases.form_flow import without_party
from engine.definitions.sources import load_procedure
from engine.errors import Forbidden, InvalidState, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import Draft, TaskState
from engine.tasks.refusals import closed_task, not_yours, taken_task, unknown_task
from engine.tasks.rights import is_accused, is_candidate
from engine.values import dumps

_LIMIT = 1_000_000
"""Characters of JSON; a form that a person types stays far below."""


def save_draft(engine: Engine, actor: Actor, task_id: str, data: Mapping[str, Any]) -> None:
    """Keeps what is typed, unchecked, but for fields of the parties: those are stored sealed only. The last counts.

    Raises NotFound, Forbidden (audited), Conflict (somebody else has the task), InvalidState (closed, or too long).
    """
    if len(dumps(dict(data))) > _LIMIT:
        raise InvalidState(
            Message(
                "草稿太长，没有保存。请把长篇内容作为附件上传。",
                "The draft is too long and was not saved. Upload long texts as attachments.",
            )
        )
    try:
        with engine.store.write() as work:
            task = work.tasks.get(task_id)
            case = work.cases.get(task.case_id) if task else None
            if task is None or case is None or is_accused(actor, case):
                raise unknown_task(task_id)
            if not (is_candidate(actor, task) or task.assignee == actor.person_id):
                raise not_yours(task)
            if task.state is not TaskState.OPEN:
                raise closed_task(work, task, engine.settings.timezone)
            if task.assignee not in (None, actor.person_id):
                raise taken_task(work, task)
            form = load_procedure(work, task.definition_id).form(task.form) if task.form else {}
            typed = without_party(form, data)
            work.drafts.save(Draft(task_id, actor.person_id, typed, engine.clock.now()))
    except Forbidden:
        record_refusal(engine, actor, "save_draft", {"task_id": task_id})
        raise
