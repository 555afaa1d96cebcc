"""Returning and taking back: two at once, a failure in the middle, and what they cost."""

from __future__ import annotations

import pytest

from engine.cases.returning import return_task
from engine.cases.withdrawing import may_withdraw, withdraw_task
from engine.records.task import SignMode, TaskKind, TaskState
from engine.store.repositories.instances import Instances
from engine.store.statements import count_statements
from engine.tasks.claim import claim_task
from engine.tasks.complete import complete_task
from engine.tasks.signers import add_signers
from tests.usecases.test_races import at_once
from tests.usecases.test_returning import done, opened
from tests.worlds import World

MOST = 26
"""Statements of a return or a withdrawal: what lies behind is looked at, once."""


def test_of_two_who_return_at_once_one_wins(either: World) -> None:
    world = either
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    done(world, case, "b", "dengji", "乙")
    task, leader = world.task(case, "c"), world.actor("zhiban")
    refused = at_once(
        lambda: return_task(world.engine, leader, task.task_id, to="a", reason="甲"),
        lambda: return_task(world.engine, leader, task.task_id, to="b", reason="乙"),
        lambda: complete_task(world.engine, leader, task.task_id, {"note": "丙"}),
    )
    assert len(refused) == 2
    events = world.events(case)
    assert events.count("TaskReturned") + events.count("TaskCompleted") == 3
    assert len(world.tasks(case)) == (1 if "TaskReturned" in events else 0)


def test_taking_back_against_claiming(either: World) -> None:
    world = either
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    done(world, case, "b", "dengji", "乙")
    before, task = world.task(case, "b"), world.task(case, "c")
    refused = at_once(
        lambda: withdraw_task(world.engine, world.actor("dengji"), before.task_id),
        lambda: claim_task(world.engine, world.actor("zhiban"), task.task_id),
    )
    assert len(refused) == 1
    (now,) = world.tasks(case)
    assert (now.element_id, now.assignee) in {("b", "p-dengji"), ("c", "p-zhiban")}


def test_a_failure_in_the_middle_leaves_the_state_before(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    before = world.view(case)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    clerk, first, second = world.actor("dengji"), world.task(case, "a").task_id, world.task(case, "b").task_id
    monkeypatch.setattr(Instances, "save_steps", broken)
    with pytest.raises(ZeroDivisionError):
        return_task(world.engine, clerk, second, to="a", reason="x")
    with pytest.raises(ZeroDivisionError):
        withdraw_task(world.engine, clerk, first)
    assert world.view(case) == before


def test_signers_end_with_what_is_returned(two: World) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    clerk, task = world.actor("dengji"), world.task(case, "b")
    add_signers(world.engine, clerk, task.task_id, ["p-zhiban"], mode=SignMode.PARALLEL, request="请看")
    return_task(world.engine, clerk, task.task_id, to="a", reason="重来")
    signer = next(t for t in world.view(case).tasks if t.kind is TaskKind.SIGN)
    assert signer.state is TaskState.CANCELLED
    assert may_withdraw(world.engine, clerk, world.tasks(case)[0].task_id) is not None


def test_what_going_back_costs(two: World) -> None:
    world = two
    case = opened(world)
    clerk, counts = world.actor("dengji"), []
    for _ in range(3):
        done(world, case, "a", "dengji", "甲")
        task = world.task(case, "b")
        with count_statements(world.engine.store) as returning:
            return_task(world.engine, clerk, task.task_id, to="a", reason="重来", straight_back=True)
        task = world.task(case, "a")
        with count_statements(world.engine.store) as coming_back:
            complete_task(world.engine, clerk, task.task_id, {"note": "改"})
        with count_statements(world.engine.store) as taking:
            withdraw_task(world.engine, clerk, task.task_id)
        counts.append((returning.count, coming_back.count, taking.count))
        assert returning.count <= MOST, str(returning)
        assert coming_back.count <= 12, str(coming_back)
        assert taking.count <= MOST, str(taking)
    assert counts[0] == counts[-1]
