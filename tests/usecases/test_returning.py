"""退回: back to an earlier step with a reason, then on, or straight back to whoever returned it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.returning import return_targets, return_task, returns_of
from engine.cases.start import start_case
from engine.errors import Forbidden, InvalidState
from engine.records.case import CaseFile
from engine.records.reach import Absence
from engine.records.time import DeadlineState
from engine.records.work import Recusal
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form


def three() -> Bpmn:
    """a (registrar) → b (registrar) ⏱ T5 → c (duty_leader)."""
    return (
        Bpmn("three", name="三步办理")
        .lane("registry", role="registrar")
        .lane("leader", role="duty_leader")
        .start("start", lane="registry", name="来件")
        .user("a", name="拟办", form="note", lane="registry")
        .user("b", name="审核", form="note", lane="registry")
        .timer_boundary("due_b", on="b", expression='deadline("T5")', interrupting=False, lane="registry")
        .end("late", after="due_b", lane="registry")
        .user("c", name="签批", form="note", after="b", lane="leader")
        .end("end", after="c", lane="leader")
    )


NOTE = a_form(a_field("note", "textarea", label="意见", required=True))


def opened(world: World) -> CaseFile:
    world.deploy(three(), note=NOTE)
    return start_case(world.engine, world.actor("dengji"), "three", {})


def done(world: World, case: CaseFile, element: str, who: str, note: str) -> None:
    complete_task(world.engine, world.actor(who), world.task(case, element).task_id, {"note": note})
    world.clock.advance(timedelta(minutes=5))


def test_back_to_a_chosen_step_and_on_by_the_flow(either: World) -> None:
    world = either
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    done(world, case, "b", "dengji", "乙")
    leader, task = world.actor("zhiban"), world.task(case, "c")

    targets = return_targets(world.engine, leader, task.task_id)
    assert [(t.element_id, t.kind, t.person) for t in targets] == [
        ("b", "previous", "p-dengji"),
        ("a", "starter", "p-dengji"),
    ]
    with pytest.raises(InvalidState, match="退回理由"):
        return_task(world.engine, leader, task.task_id, to="a", reason=" ")
    return_task(world.engine, leader, task.task_id, to="a", reason="事实不清")

    (again,) = world.tasks(case)
    assert (again.element_id, again.assignee, again.note, again.asked_by) == (
        "a",
        "p-dengji",
        "事实不清",
        "p-zhiban",
    )
    assert again.data["note"] == "甲"
    assert again.returns_to is None
    view = world.view(case)
    assert [(p.element_id, p.closure, p.by) for p in view.path][-1] == ("c", "cancelled", "p-zhiban")
    assert "TaskReturned" in world.events(case)
    told = [e for e in _messages(world, "p-dengji") if e.topic == "returned"]
    assert len(told) == 1
    assert "事实" not in told[0].text_zh
    for element, who in (("a", "dengji"), ("b", "dengji"), ("c", "zhiban")):
        done(world, case, element, who, "再")
    assert world.view(case).instances[0].outcome == "end"
    assert not verify_chain(world.engine, case.case_id)


def test_straight_back_to_who_returned_it(two: World) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    done(world, case, "b", "dengji", "乙")
    return_task(
        world.engine,
        world.actor("zhiban"),
        world.task(case, "c").task_id,
        to="a",
        reason="补正",
        straight_back=True,
    )
    done(world, case, "a", "dengji", "改")
    (back,) = world.tasks(case)
    assert (back.element_id, back.assignee, back.data["note"]) == ("c", "p-zhiban", "改")
    done(world, case, "c", "zhiban", "同意")
    assert world.view(case).instances[0].outcome == "end"


def test_clocks_of_what_is_left_are_voided_and_those_of_what_opens_begin_anew(two: World) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    return_task(world.engine, world.actor("dengji"), world.task(case, "b").task_id, to="a", reason="重来")
    (left,) = world.view(case).deadlines
    assert (left.state, left.history[-1]["reason"]) == (DeadlineState.VOIDED, "returned")
    world.clock.advance(timedelta(days=1))
    done(world, case, "a", "dengji", "甲")
    fresh = world.view(case).deadlines[-1]
    assert fresh.is_open
    assert fresh.legal_due > left.legal_due


def test_only_who_has_the_task_may_return_it(two: World) -> None:
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    with pytest.raises(Forbidden):
        return_task(world.engine, world.actor("zhiban"), world.task(case, "b").task_id, to="a", reason="x")
    assert not return_targets(world.engine, world.actor("zhiban"), world.task(case, "b").task_id)
    assert "AccessRefused" in [e.event for e in _system_audit(world)]
    with pytest.raises(InvalidState):
        return_task(world.engine, world.actor("dengji"), world.task(case, "b").task_id, to="c", reason="x")


def test_nothing_is_before_the_first_step(two: World) -> None:
    world = two
    case = opened(world)
    found = returns_of(world.engine, world.actor("dengji"), world.task(case, "a").task_id)
    assert found.targets == ()
    assert found.refusal is not None
    assert "第一个环节" in found.refusal.zh


def _messages(world: World, person_id: str) -> tuple:  # type: ignore[type-arg]
    with world.engine.store.read() as work:
        return work.registers.inbox_messages(person_id, unread_only=True, limit=50)


def _system_audit(world: World) -> tuple:  # type: ignore[type-arg]
    with world.engine.store.read() as work:
        return work.registers.audit_of(None)


@pytest.mark.parametrize("why", ["left", "recused", "away"])
def test_who_cannot_have_it_again_does_not_get_it_by_name(two: World, why: str) -> None:
    """It goes to the post; who is away but stood in for keeps it."""
    world = two
    case = opened(world)
    done(world, case, "a", "dengji", "甲")
    done(world, case, "b", "dengji", "乙")
    now = world.clock.now()
    with world.engine.store.write() as work:
        person = work.org.person("p-dengji")
        assert person is not None
        if why == "left":
            work.org.save_person(replace(person, active=False))
        elif why == "recused":
            work.stand_ins.add_recusal(Recusal(case.case_id, "p-dengji", "亲属", now, "p-duban"))
        else:
            span = (now - timedelta(days=1), now + timedelta(days=9))
            work.reach.add_absence(Absence("x", "p-dengji", "p-jiedai", *span, ""))
    return_task(world.engine, world.actor("zhiban"), world.task(case, "c").task_id, to="a", reason="重来")
    (again,) = world.tasks(case)
    assert again.assignee == ("p-dengji" if why == "away" else None)
    assert (again.role, again.unit) == ("registrar", "xfj")
