"""A task's form as it came back: checked as the browser checked it, and against what others did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.cases.form_changes import ChangedMeanwhile, changed_since, shared_values
from engine.cases.form_context import form_for, lists_of, plain
from engine.cases.form_files import require_files
from engine.cases.form_flow import joined
from engine.definitions.sources import load_procedure
from engine.kernel.forms import FormData, require_musts, validate_form
from engine.tasks.acting import Acting


def checked_form(
    acting: Acting, data: Mapping[str, Any], seen: Mapping[str, Any]
) -> tuple[FormData, Mapping[str, Any]]:
    """The values, and the form as the task has it: what it hides is no field, what it locks is not taken.

    `seen` are the case's values that the page showed. Raises InvalidForm, ChangedMeanwhile.
    """
    task, engine = acting.task, acting.engine
    if task.form is None:
        return FormData({}, {}), {}
    procedure, zone = load_procedure(acting.work, task.definition_id), engine.settings.timezone
    form = form_for(procedure, task, zone)
    feel, now = engine.kernel.feel, acting.now
    lists = lists_of(acting.work, form.schema, acting.case.accused_units)
    found = validate_form(form.schema, data, feel, now, context=form.context, lists=lists)
    found = require_files(acting.work, form.schema, found, acting.case.case_id)
    require_musts(form.schema, found.variables, task.data, feel, now)
    if seen:
        # a task of a called procedure runs in the instance of the one that called it
        whole = load_procedure(acting.work, acting.held.instance.definition_id)
        snapshot = acting.held.instance.snapshot
        current = shared_values(
            acting.case,
            form.schema,
            lambda: engine.kernel.variables_at(whole.source, snapshot, task.task_id),
            zone,
        )
        changes = changed_since(seen, current, plain(found.variables, zone), form.schema)
        if changes:
            raise ChangedMeanwhile(changes)
    return replace(found, variables=joined(found.variables, task.data)), form.schema
