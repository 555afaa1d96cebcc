"""Who may have a task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.records.org import Actor
from engine.records.task import TaskState
from engine.tasks.rights import is_accused, is_candidate, may_claim, may_complete
from tests.builders import a_case, a_task, an_actor

REGISTRAR = an_actor("dengji", "xfj", "registrar")
COLLEAGUE = an_actor("second", "xfj", "registrar")


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (REGISTRAR, True),
        (an_actor("other", "cgjd", "registrar"), False),
        (an_actor("leader", "xfj", "duty_leader"), False),
        (an_actor("admin", "xfj", "process_admin"), False),
        (an_actor("nobody", "xfj"), False),
    ],
)
def test_a_candidate_holds_the_role_in_the_unit(actor: Actor, expected: bool) -> None:
    task = a_task(role="registrar", unit="xfj")

    assert is_candidate(actor, task) is expected
    assert may_complete(actor, task, a_case()) is expected
    assert may_claim(actor, task, a_case()) is expected


def test_a_claimed_task_is_its_assignees() -> None:
    task = a_task(assignee=REGISTRAR.person_id)

    assert may_complete(REGISTRAR, task, a_case())
    assert not may_complete(COLLEAGUE, task, a_case())
    assert not may_claim(COLLEAGUE, task, a_case())


@pytest.mark.parametrize("state", [TaskState.COMPLETED, TaskState.CANCELLED])
def test_a_closed_task_is_nobodys(state: TaskState) -> None:
    task = a_task(state=state)

    assert not may_complete(REGISTRAR, task, a_case())
    assert not may_claim(REGISTRAR, task, a_case())


def test_the_accused_may_nothing_even_as_assignee() -> None:
    case = a_case(accused_units=("xfj",))
    task = a_task(assignee=REGISTRAR.person_id)

    assert is_accused(REGISTRAR, case)
    assert not may_complete(REGISTRAR, task, case)
    assert not may_claim(REGISTRAR, replace(task, assignee=None), case)


def test_who_acts_for_another_unit_is_accused_with_the_own_one_too() -> None:
    seconded = replace(REGISTRAR, unit="zrzyj")

    assert is_accused(seconded, a_case(accused_units=("zrzyj",)))
