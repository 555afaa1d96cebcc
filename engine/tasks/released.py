"""A step that was submitted to signers: it waits, goes on when the last has agreed, or goes back to its owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from engine.cases.advance import Operation
from engine.cases.collector import Collector
from engine.cases.completion import completion_of
from engine.cases.form_flow import case_columns, facts_of
from engine.definitions.sources import load_procedure
from engine.records.case import Party
from engine.records.task import Draft, SignMode, TaskState, UserTask
from engine.tasks.acting import Acting
from engine.tasks.notices import notice, people_to_tell
from engine.values import Data, Value


def completion_by(
    acting: Acting,
    task: UserTask,
    schema: Mapping[str, Any],
    variables: Data,
    *,
    person_id: str,
    person_unit: str,
    parties: tuple[Party, ...] = (),
) -> Operation:
    """The completion of a step with what its form gave."""
    columns: dict[str, Value] = {
        **case_columns(variables),
        "facts": facts_of(schema, variables, only_marked=True) or None,
    }
    return completion_of(
        task,
        variables,
        person_id=person_id,
        person_unit=person_unit,
        zone=acting.engine.settings.timezone,
        columns=columns,
        parties=parties,
    )


def held_for_signers(
    acting: Acting, variables: Data, parties: tuple[Party, ...], signers: tuple[UserTask, ...]
) -> Operation:
    """Keeps the owner's submission, and asks those who sign afterwards. Parties are sealed at once."""
    task, me = acting.task, acting.actor
    waiting = [replace(signer, suspended=False) for signer in signers]
    held = {
        "variables": dict(variables),
        "by": me.person_id,
        "unit": me.unit,
        "for": acting.acted_for,
        "at": acting.now,
    }
    kept = replace(
        task, assignee=task.assignee or me.person_id, begun_at=task.begun_at or acting.now, held_result=held
    )
    asked = people_to_tell(acting, [signer.assignee for signer in waiting])
    operation = acting.operation(
        "TaskSubmitted",
        {"people": [signer.assignee for signer in waiting]},
        changed=[kept, *waiting],
        beside=notice(
            acting,
            asked,
            "sign_asked",
            f"{me.name}已提交“{task.name}”，请您签署意见。",
            f"{me.name} has submitted “{task.name}” and asks for your opinion.",
        ),
    )
    return replace(operation, parties=parties)


def release_if_signed(acting: Acting, step: UserTask, operation: Operation) -> Operation:
    """What ends a signer's task; where a submission waited for that one only, the step is completed with it."""
    if step.held_result is None:
        return operation
    others = acting.work.desk.signers_of(step.task_id)
    if any(t.state is TaskState.OPEN and t.task_id != acting.task.task_id for t in others):
        return operation
    held = step.held_result
    form = load_procedure(acting.work, step.definition_id).form(step.form) if step.form else {}
    done = completion_by(acting, step, form, held["variables"], person_id=held["by"], person_unit=held["unit"])
    beside = operation.beside

    def tell(collector: Collector) -> None:
        # the signer's act is what the step is; that it completes the owner's follows from it
        collector.event("TaskReleased", {**done.event.detail, "by": held["by"]})
        if beside is not None:
            beside(collector)

    return replace(
        done,
        event=operation.event,
        acted_for=operation.acted_for,
        done_by=held["by"],
        done_for=held["for"],
        tasks_closed=operation.tasks_closed,
        beside=tell,
    )


def given_to_owner(acting: Acting, step: UserTask, operation: Operation, opinion: str) -> Operation:
    """A disagreement with a submission: the owner has it again, and whoever signs afterwards waits for the next."""
    if step.held_result is None:
        return operation
    owner = step.held_result["by"]
    back = replace(step, held_result=None, asked_by=acting.actor.person_id, note=opinion, came_by="disagreed")
    asked = [t for t in acting.work.desk.signers_of(step.task_id) if t.sign_mode is SignMode.AFTER]
    waiting = [
        replace(t, suspended=True) for t in asked if t.state is TaskState.OPEN and t.task_id != acting.task.task_id
    ]
    agreed = _to_ask_again(asked, acting.task, {t.assignee for t in waiting})
    again = [_anew(acting, t) for t in agreed]
    draft = acting.work.drafts.of_task(step.task_id, owner)
    party = draft.party if draft is not None else {}
    acting.work.drafts.save(Draft(step.task_id, owner, step.held_result["variables"], acting.now, party=party))
    return replace(
        operation,
        tasks_changed=(*operation.tasks_changed, back, *waiting),
        tasks_opened=(*operation.tasks_opened, *again),
    )


def _to_ask_again(asked: list[UserTask], given: UserTask, waiting: set[str | None]) -> list[UserTask]:
    """Those who have answered to this submission, whoever disagrees now among them; each once."""
    answered = [t for t in asked if t.task_id == given.task_id or t.state is TaskState.COMPLETED]
    by_person = {t.assignee: t for t in answered if t.assignee not in waiting}
    return list(by_person.values())


def _anew(acting: Acting, task: UserTask) -> UserTask:
    return replace(
        task,
        task_id=str(uuid4()),
        state=TaskState.OPEN,
        opened_at=acting.now,
        closed_at=None,
        closed_by=None,
        closed_for=None,
        result=None,
        suspended=True,
        begun_at=None,
        urged=0,
        urged_at=None,
    )
