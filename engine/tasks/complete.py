"""Completing a task: the form checked, the step done, what it sends delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.audit.record import record_refusal
from engine.cases.advance import Held, Operation, hold_by_task
from engine.cases.completion import completion_of
from engine.cases.form_flow import case_columns, facts_of, parties_of
from engine.cases.step import run_step
from engine.definitions.sources import load_procedure
from engine.errors import Forbidden
from engine.kernel.forms import FormData, require_musts, validate_form
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.task import TaskState, UserTask
from engine.tasks.refusals import closed_task, not_yours, stale_page, taken_task, unknown_task
from engine.tasks.rights import is_accused, is_candidate, may_complete


def complete_task(
    engine: Engine, actor: Actor, task_id: str, data: Mapping[str, Any], *, seen_version: int | None = None
) -> None:
    """Completes an open task with its form's data; a candidate's completion claims it.

    `seen_version` is the instance's version that the page showed. A page stays good while its task is open: what
    other branches and reminders do meanwhile does not change what this task is about.

    Raises NotFound (also where the actor may not know of the case), Forbidden (audited), Conflict (another person
    completed or claimed it), InvalidState (the procedure closed it), InvalidForm, StepFailed (incident recorded).
    """
    completion = _Completion(engine, actor, task_id, data, seen_version)
    try:
        run_step(engine, completion.hold, completion.plan, actor=actor.person_id)
    except Forbidden:
        record_refusal(engine, actor, "complete_task", {"task_id": task_id})
        raise


@dataclass(frozen=True)
class _Completion:
    engine: Engine
    actor: Actor
    task_id: str
    data: Mapping[str, Any]
    seen_version: int | None

    def hold(self, work: UnitOfWork) -> Held:
        held = hold_by_task(work, self.task_id)
        if held is None or is_accused(self.actor, held.case):
            raise unknown_task(self.task_id)
        return held

    def plan(self, work: UnitOfWork, held: Held, now: datetime) -> Operation:
        task = held.task
        if task is None:
            raise unknown_task(self.task_id)
        self._check_right(work, held, task)
        form, schema = self._validated(work, task, now)
        known = work.cases.parties(held.case.case_id) if form.party else ()
        return completion_of(
            task,
            form.variables,
            person_id=self.actor.person_id,
            person_unit=self.actor.unit,
            zone=self.engine.settings.timezone,
            columns={
                **case_columns(form.variables),
                "facts": facts_of(schema, form.variables, only_marked=True) or None,
            },
            parties=parties_of(form.party, held.case.case_id, known),
        )

    def _check_right(self, work: UnitOfWork, held: Held, task: UserTask) -> None:
        involved = is_candidate(self.actor, task) or task.assignee == self.actor.person_id
        if not involved:
            raise not_yours(task)
        if task.state is not TaskState.OPEN:
            raise closed_task(work, task, self.engine.settings.timezone)
        if self.seen_version is not None and self.seen_version > held.instance.version:
            raise stale_page(task)
        if not may_complete(self.actor, task, held.case):
            raise taken_task(work, task)

    def _validated(self, work: UnitOfWork, task: UserTask, now: datetime) -> tuple[FormData, Mapping[str, Any]]:
        if task.form is None:
            return FormData({}, {}), {}
        schema = load_procedure(work, task.definition_id).form(task.form)
        feel = self.engine.kernel.feel
        form = validate_form(schema, self.data, feel, now)
        require_musts(schema, form.variables, task.data, feel, now)
        return form, schema
