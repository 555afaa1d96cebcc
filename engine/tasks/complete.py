"""Completing a task: the form checked, the step done, what it sends delivered.

What a delegate completes goes back to its owner; what signers are still to see is kept until they have agreed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.cases.advance import Operation
from engine.cases.form_flow import parties_of
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import SignMode, TaskKind, UserTask
from engine.tasks.acting import Acting, act_on, checked_text, refuse
from engine.tasks.checked_form import checked_form
from engine.tasks.delegate import given_back, refuse_suspended
from engine.tasks.refusals import stale_page
from engine.tasks.released import completion_by, held_for_signers
from engine.tasks.signers import open_signers


def complete_task(
    engine: Engine,
    actor: Actor,
    task_id: str,
    data: Mapping[str, Any],
    *,
    seen_version: int | None = None,
    opinion: str = "",
    seen: Mapping[str, Any] | None = None,
) -> None:
    """Completes an open task with its form's data; a candidate's completion claims it.

    `seen_version` is the instance's version that the page showed. A page stays good while its task is open: what
    other branches and reminders do meanwhile does not change what this task is about. `opinion` goes to the owner
    where the task was delegated. `seen` are the case's values that the page showed, by field: what somebody else
    has changed since is not overwritten.

    Raises NotFound (also where the actor may not know of the case), Forbidden (audited), Conflict (another person
    completed or claimed it; ChangedMeanwhile), InvalidState (the procedure closed it; it is suspended, submitted
    already, or waits for signers), InvalidForm, StepFailed (incident recorded).
    """
    opinion = checked_text(opinion, zh="交回意见", en="opinion", required=False)

    def complete(acting: Acting) -> Operation:
        _check(acting, seen_version)
        return _completion(acting, data, opinion, seen or {})

    act_on(engine, actor, task_id, "complete_task", complete)


def _check(acting: Acting, seen_version: int | None) -> None:
    task = acting.task
    acting.require_hand(seen=lambda: _refuse_stale(acting, seen_version))
    if task.kind is TaskKind.SIGN:
        refuse("加签任务请签署意见：同意或不同意。", "A signer gives an opinion: agree or disagree.")
    refuse_suspended(acting)
    acting.require_unheld()


def _refuse_stale(acting: Acting, seen_version: int | None) -> None:
    if seen_version is not None and seen_version > acting.held.instance.version:
        raise stale_page(acting.task)


def _completion(acting: Acting, data: Mapping[str, Any], opinion: str, seen: Mapping[str, Any]) -> Operation:
    """By a delegate: back to the owner. With signers to come: kept. Else the step is done."""
    task = acting.task
    afterwards = _signers_afterwards(acting)
    form, schema = checked_form(acting, data, seen)
    if task.owner is not None:
        return given_back(acting, schema, data, opinion)
    known = acting.work.cases.parties(acting.case.case_id) if form.party else ()
    parties = parties_of(form.party, acting.case.case_id, known)
    if afterwards:
        return held_for_signers(acting, form.variables, parties, afterwards)
    actor = acting.actor
    done = completion_by(
        acting,
        task,
        schema,
        form.variables,
        person_id=actor.person_id,
        person_unit=actor.unit,
        parties=parties,
    )
    return replace(done, acted_for=acting.acted_for)


def _signers_afterwards(acting: Acting) -> tuple[UserTask, ...]:
    """Raises InvalidState while an opinion is still to come that the owner waits for."""
    if not acting.held.has_signers:
        return ()
    signers = open_signers(acting)
    awaited = [signer for signer in signers if signer.sign_mode is not SignMode.AFTER]
    if awaited and acting.task.owner is None:
        found = (acting.work.org.person(signer.assignee or "") for signer in awaited)
        names = "、".join(person.name for person in found if person is not None)
        refuse(
            f"“{acting.task.name}”还在等{names}签署意见。等签完，或减签后再提交。",
            f"“{acting.task.name}” still waits for the opinion of {names}. Wait, or stop asking them.",
        )
    return signers
