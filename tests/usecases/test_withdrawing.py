"""撤回: taken back while nobody has begun with what followed; and what returning does to the law's limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.cases.consequences import consequences
from engine.cases.returning import return_task, returns_of
from engine.cases.start import start_case
from engine.cases.withdrawing import may_withdraw, withdraw_task
from engine.errors import Forbidden, InvalidState
from engine.records.case import CaseFile
from engine.records.time import Deadline, DeadlineState
from engine.tasks.claim import claim_task
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.usecases.test_returning import done, opened
from tests.worlds import World


def test_taken_back_with_what_was_typed(either: World) -> None:
    world = either
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    first = world.task(case, "a")
    clerk = world.actor("dengji")
    assert may_withdraw(world.engine, clerk, first.task_id) is None
    withdraw_task(world.engine, clerk, first.task_id, "漏了材料")
    (again,) = world.tasks(case)
    assert (again.element_id, again.assignee) == ("a", "p-dengji")
    with world.engine.store.read() as work:
        draft = work.drafts.of_task(again.task_id, "p-dengji")
    assert draft is not None
    assert draft.data["note"] == "甲"
    assert world.events(case)[-4:-1] != []
    assert "TaskWithdrawn" in world.events(case)
    done(world, case, "a", "dengji", "改")
    done(world, case, "b", "dengji", "乙")
    assert may_withdraw(world.engine, clerk, world.task(case, "b").task_id) is None
    done(world, case, "c", "zhiban", "丙")
    refusal = may_withdraw(world.engine, clerk, world.task(case, "b").task_id)
    assert refusal is not None


@pytest.mark.parametrize("how", ["claim", "draft", "complete"])
def test_not_once_somebody_has_begun(two: World, how: str) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    done(world, case, "b", "dengji", "乙")
    leader, task = world.actor("zhiban"), world.task(case, "c")
    if how == "claim":
        claim_task(world.engine, leader, task.task_id)
    elif how == "draft":
        save_draft(world.engine, leader, task.task_id, {"note": "写了一半"})
    else:
        complete_task(world.engine, leader, task.task_id, {"note": "丙"})
    with pytest.raises(InvalidState):
        withdraw_task(world.engine, world.actor("dengji"), world.task(case, "b").task_id)
    with pytest.raises(InvalidState):
        withdraw_task(world.engine, world.actor("dengji"), world.task(case, "a").task_id)


def test_taking_back_gives_no_more_time(two: World) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    limit = running(world, case)
    world.clock.advance(timedelta(days=2))
    done(world, case, "b", "dengji", "乙")
    clerk, task = world.actor("dengji"), world.task(case, "b")
    (shown,) = consequences(world.engine, clerk, task.task_id, "withdraw")
    assert (shown.effect, shown.due_before, shown.due_after) == ("rearmed", None, limit.legal_due)
    withdraw_task(world.engine, clerk, task.task_id)
    assert running(world, case).legal_due == limit.legal_due
    assert consequences(world.engine, clerk, world.task(case, "b").task_id, "transfer")[0].effect == "kept"


def test_nobody_else_takes_it_back(two: World) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    with pytest.raises(Forbidden):
        withdraw_task(world.engine, world.actor("zhiban"), world.task(case, "a").task_id)


def branching() -> Bpmn:
    diagram = Bpmn("branching", name="分头办理").lane("l", role="registrar").start("start", lane="l")
    diagram.manual("first", name="分派", lane="l").parallel("split", lane="l").manual("left", name="左", lane="l")
    diagram.subprocess(
        "sub", lambda s: s.start("s2").manual("right", properties=_POST).end("e2"), after="split", lane="l"
    )
    diagram.parallel("join", after=("left", "sub"), lane="l").manual("last", name="汇总", lane="l").end(
        "end", lane="l"
    )
    return diagram


_POST = {"role": "registrar", "unit": "case_unit"}


def test_all_that_it_opened_goes_back_together(two: World) -> None:
    world = two
    world.deploy(branching())
    clerk = world.actor("dengji")
    case = start_case(world.engine, clerk, "branching", {})
    complete_task(world.engine, clerk, world.task(case, "first").task_id, {})
    assert [t.element_id for t in world.tasks(case)] == ["left", "right"]
    withdraw_task(world.engine, clerk, world.task(case, "first").task_id)
    assert [t.element_id for t in world.tasks(case)] == ["first"]
    complete_task(world.engine, clerk, world.task(case, "first").task_id, {})
    complete_task(world.engine, clerk, world.task(case, "left").task_id, {})
    with pytest.raises(InvalidState):
        withdraw_task(world.engine, clerk, world.task(case, "first").task_id)
    found = returns_of(world.engine, clerk, world.task(case, "right").task_id)
    assert "其他分支" in (found.refusal.zh if found.refusal else "")
    for name in ("right", "last"):
        complete_task(world.engine, clerk, world.task(case, name).task_id, {})
    assert world.view(case).instances[0].outcome == "end"


def lawful(rule: str = "T2") -> Bpmn:
    """first → (a limit of the law around) look → decide → after; `number` gives a number on the way to `last`."""
    diagram = Bpmn("lawful", name="法定期限").lane("l", role="registrar").start("start", lane="l")
    diagram.manual("first", name="登记", lane="l")
    inner = lambda s: s.start("s2").manual("look", properties=_POST).manual("decide", properties=_POST).end("e2")  # noqa: E731
    diagram.subprocess("limit", inner, lane="l")
    diagram.timer_boundary("due", on="limit", expression=f'deadline("{rule}")', interrupting=False, lane="l")
    diagram.end("late", after="due", lane="l")
    diagram.manual("after", name="送达", after="limit", lane="l")
    diagram.service("number", "register_case", {"series": '"XF"'}, name="编号", lane="l")
    return diagram.manual("last", name="归档", lane="l").end("end", lane="l")


def started(world: World) -> CaseFile:
    world.deploy(lawful())
    return start_case(world.engine, world.actor("dengji"), "lawful", {})


def step(world: World, case: CaseFile, element: str, **data: Any) -> None:
    world.clock.advance(timedelta(days=1))
    complete_task(world.engine, world.actor("dengji"), world.task(case, element).task_id, data)


def running(world: World, case: CaseFile) -> Deadline:
    (found,) = [d for d in world.view(case).deadlines if d.is_open]
    return found


def back(world: World, case: CaseFile, element: str, to: str) -> None:
    world.clock.advance(timedelta(days=1))
    return_task(world.engine, world.actor("dengji"), world.task(case, element).task_id, to=to, reason="重来")


def test_a_limit_of_the_law_never_begins_anew_by_a_return(either: World) -> None:
    """Out of it, into it again by the flow, into it when it is over: always the same start."""
    world = either
    case = started(world)
    step(world, case, "first")
    (limit,) = world.view(case).deadlines
    back(world, case, "look", "first")
    assert world.view(case).deadlines[0].state is DeadlineState.VOIDED
    step(world, case, "first")
    second = running(world, case)
    assert (second.started_at, second.legal_due) == (limit.started_at, limit.legal_due)
    step(world, case, "look")
    clerk = world.actor("dengji")
    kept = consequences(world.engine, clerk, world.task(case, "decide").task_id, "return", to="look")
    assert [(c.effect, c.due_before, c.due_after) for c in kept] == [("kept", limit.legal_due, limit.legal_due)]
    step(world, case, "decide")
    world.clock.advance(timedelta(days=30))
    shown = consequences(world.engine, clerk, world.task(case, "after").task_id, "return", to="decide")
    assert [(c.effect, c.due_before, c.due_after) for c in shown] == [("rearmed", None, limit.legal_due)]
    back(world, case, "after", "first")
    assert {d.history[-1]["event"] for d in world.view(case).deadlines} == {"voided", "undone"}
    step(world, case, "first")
    third = running(world, case)
    assert (third.started_at, third.legal_due) == (limit.started_at, limit.legal_due)
    for element in ("look", "decide", "after"):
        step(world, case, element)
    ended = next(d for d in world.view(case).deadlines if d.deadline_id == third.deadline_id)
    assert ended.state is DeadlineState.MET_LATE


def test_what_was_given_a_number_is_not_gone_back_behind(two: World) -> None:
    world = two
    case = started(world)
    for element in ("first", "look", "decide", "after"):
        step(world, case, element)
    found = returns_of(world.engine, world.actor("dengji"), world.task(case, "last").task_id)
    assert found.targets == ()
    assert "已经登记编号" in (found.refusal.zh if found.refusal else "")
    with pytest.raises(InvalidState, match="编号"):
        withdraw_task(world.engine, world.actor("dengji"), world.task(case, "after").task_id)
