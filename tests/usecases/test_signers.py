"""Opinions asked of others on a step: before, beside and after its owner; agreed, refused, and asked no longer."""

from __future__ import annotations

from datetime import date

import pytest

from engine.audit.verify import verify_chain
from engine.cases.consequences import consequences
from engine.cases.read import open_case, reveal_parties
from engine.cases.start import start_case
from engine.cases.withdrawing import withdraw_task
from engine.errors import Conflict, Forbidden, InvalidState, NotFound
from engine.org.absences import set_absence
from engine.org.pick import pick_people
from engine.records.task import SignMode, TaskState
from engine.tasks.complete import complete_task
from engine.tasks.copies import copy_task
from engine.tasks.delegate import delegate_task
from engine.tasks.desk import read_desk
from engine.tasks.read import open_task
from engine.tasks.signers import add_signers, remove_signer, sign
from engine.tasks.transfer import transfer_task
from tests.usecases.acting_office import DONE, Desk, a_desk
from tests.worlds import World, a_field, a_form, two_step_forms, two_steps


def ask(desk: Desk, mode: SignMode, *who: str) -> None:
    people = [f"p-{username}" for username in who]
    task_id = desk.task.task_id
    add_signers(desk.world.engine, desk.actor("dengji"), task_id, people, mode=mode, request="请会签")


def give(desk: Desk, who: str, verdict: str = "agree", opinion: str = "") -> None:
    sign(desk.world.engine, desk.actor(who), desk.signer(who).task_id, verdict, opinion)


def submit(desk: Desk) -> None:
    complete_task(desk.world.engine, desk.actor("dengji"), desk.task.task_id, DONE)


@pytest.mark.parametrize("mode", [SignMode.BEFORE, SignMode.PARALLEL])
def test_the_owner_waits_for_who_signs_before_or_beside(world: World, mode: SignMode) -> None:
    desk = a_desk(world)
    ask(desk, mode, "zhiban", "rsj.banli")
    with pytest.raises(InvalidState, match="沈立秋"):
        submit(desk)
    give(desk, "zhiban")
    give(desk, "rsj.banli", "disagree", "面积有出入")
    assert desk.topics("dengji") == ["signed", "signed"]
    submit(desk)

    assert desk.step_is("sign")
    asked = desk.signer("rsj.banli")
    assert (asked.state, asked.closed_by, asked.result) == (
        TaskState.COMPLETED, "p-rsj.banli", {"verdict": "disagree", "opinion": "面积有出入"},
    )  # fmt: skip
    assert verify_chain(world.engine, desk.case.case_id) == []


def test_a_signer_of_another_unit_sees_the_case_and_not_who_petitions(world: World) -> None:
    desk = a_desk(world)
    signer = desk.actor("rsj.banli")
    with pytest.raises(NotFound):
        open_case(world.engine, signer, desk.case.case_id)
    ask(desk, SignMode.PARALLEL, "rsj.banli")
    assert open_case(world.engine, signer, desk.case.case_id).case.title == "占道经营"
    assert open_task(world.engine, signer, desk.signer("rsj.banli").task_id).may_complete
    with pytest.raises(Forbidden):
        reveal_parties(world.engine, signer, desk.case.case_id, "签署")
    with pytest.raises(NotFound):
        open_case(world.engine, desk.actor("rsj.lingdao"), desk.case.case_id)


def test_the_step_goes_on_when_the_last_who_signs_afterwards_agrees(world: World) -> None:
    desk = a_desk(world)
    ask(desk, SignMode.AFTER, "zhiban", "juzhang")
    with pytest.raises(InvalidState, match="还没有提交"):
        give(desk, "zhiban")
    assert desk.topics("zhiban") == []
    submit(desk)
    assert desk.step_is("check")
    assert desk.topics("zhiban") == desk.topics("juzhang") == ["sign_asked"]
    with pytest.raises(InvalidState, match="已经提交"):
        submit(desk)
    with pytest.raises(InvalidState, match="已经提交"):
        transfer_task(world.engine, desk.actor("dengji"), desk.task.task_id, "p-dengji2", "外出")
    give(desk, "zhiban")
    assert desk.step_is("check")
    give(desk, "juzhang")

    assert desk.step_is("sign")
    assert (desk.task.closed_by, desk.task.result) == ("p-dengji", DONE)
    assert world.task(desk.case, "sign").data["completed_by"] == "p-dengji"
    assert {t.state for t in world.view(desk.case).tasks if t.parent_id} == {TaskState.COMPLETED}
    path = world.view(desk.case).path
    assert [p.by for p in path if p.element_id == "check"] == ["p-dengji"]
    assert verify_chain(world.engine, desk.case.case_id) == []


def test_the_owner_takes_back_what_waits_for_signers_until_one_has_answered(world: World) -> None:
    desk = a_desk(world)
    dengji = desk.actor("dengji")
    ask(desk, SignMode.AFTER, "zhiban", "juzhang")
    due = desk.task.due_at
    submit(desk)
    assert {c.effect for c in consequences(world.engine, dengji, desk.task.task_id, "withdraw")} <= {"kept"}
    assert "withdraw" in read_desk(world.engine, dengji, desk.task, desk.case).acts
    with pytest.raises(Forbidden):
        withdraw_task(world.engine, desk.actor("dengji2"), desk.task.task_id)
    withdraw_task(world.engine, dengji, desk.task.task_id, "数字要改")

    assert (desk.task.held_result, desk.task.assignee, desk.task.due_at) == (None, "p-dengji", due)
    view = open_task(world.engine, dengji, desk.task.task_id)
    assert (dict(view.values), view.may_complete) == (DONE, True)
    assert "withdrawn" in desk.topics("zhiban")
    with pytest.raises(InvalidState, match="还没有提交"):
        give(desk, "zhiban")
    submit(desk)
    give(desk, "zhiban")
    assert "withdraw" not in read_desk(world.engine, dengji, desk.task, desk.case).acts
    with pytest.raises(InvalidState, match="已经有人签署"):
        withdraw_task(world.engine, dengji, desk.task.task_id)
    give(desk, "juzhang")
    assert desk.step_is("sign")
    assert (desk.task.result, [p.by for p in world.view(desk.case).path if p.element_id == "check"]) == (
        DONE,
        ["p-dengji"],
    )
    assert verify_chain(world.engine, desk.case.case_id) == []


def test_a_refusal_gives_it_back_and_all_are_asked_again(world: World) -> None:
    desk = a_desk(world)
    ask(desk, SignMode.AFTER, "zhiban", "juzhang", "fenguan")
    submit(desk)
    give(desk, "zhiban")
    with pytest.raises(InvalidState, match="意见"):
        give(desk, "juzhang", "disagree")
    give(desk, "juzhang", "disagree", "依据不足")

    task = desk.task
    assert (task.held_result, task.asked_by, task.note, task.came_by) == (
        None,
        "p-juzhang",
        "依据不足",
        "disagreed",
    )
    view = open_task(world.engine, desk.actor("dengji"), task.task_id)
    assert (dict(view.values), view.may_complete) == (DONE, True)
    with pytest.raises(InvalidState, match="还没有提交"):
        give(desk, "fenguan")
    submit(desk)
    for who in ("zhiban", "juzhang", "fenguan"):
        assert desk.step_is("check")
        give(desk, who)
    assert desk.step_is("sign")
    assert len([t for t in world.view(desk.case).tasks if t.parent_id]) == 5


def test_removing_the_last_signer_lets_the_step_go_on(world: World) -> None:
    desk = a_desk(world)
    ask(desk, SignMode.PARALLEL, "zhiban")
    ask(desk, SignMode.AFTER, "juzhang")
    engine, owner = world.engine, desk.actor("dengji")
    with pytest.raises(Forbidden):
        remove_signer(engine, desk.actor("zhiban"), desk.signer("zhiban").task_id, "不签了")
    remove_signer(engine, owner, desk.signer("zhiban").task_id, "已另行沟通")
    assert desk.topics("zhiban") == ["sign_asked", "sign_dropped"]
    with pytest.raises(InvalidState):
        give(desk, "zhiban")
    submit(desk)
    assert desk.step_is("check")
    remove_signer(engine, owner, desk.signer("juzhang").task_id, "出差")
    assert desk.step_is("sign")
    assert desk.task.closed_by == "p-dengji"


def test_nobody_is_asked_twice_nor_oneself(world: World) -> None:
    desk = a_desk(world)
    ask(desk, SignMode.PARALLEL, "zhiban")
    ask(desk, SignMode.PARALLEL, "zhiban")
    assert len([t for t in world.tasks(desk.case) if t.parent_id]) == 1
    for people in (["p-dengji"], []):
        with pytest.raises((Forbidden, InvalidState)):
            add_signers(
                world.engine, desk.actor("dengji"), desk.task.task_id, people, mode=SignMode.AFTER, request="签"
            )


def test_signers_go_with_their_step(world: World) -> None:
    desk = a_desk(world)
    ask(desk, SignMode.AFTER, "zhiban")
    asked = desk.signer("zhiban")
    task_id = desk.task.task_id
    with pytest.raises(InvalidState, match="签署意见"):
        complete_task(world.engine, desk.actor("zhiban"), asked.task_id, {})
    with pytest.raises(Forbidden):
        sign(world.engine, desk.actor("juzhang"), asked.task_id, "agree", "")
    with pytest.raises(NotFound):
        sign(world.engine, desk.actor("dengji"), task_id, "agree", "")
    with pytest.raises(Conflict):
        complete_task(world.engine, desk.actor("dengji2"), task_id, DONE)
    assert (asked.due_at, asked.role, asked.unit) == (desk.task.due_at, None, None)


def test_the_accused_are_never_asked_told_or_offered(world: World) -> None:
    forms = two_step_forms()
    forms["intake"] = a_form(a_field("title"), a_field("accused_units", "checklist", values=[
        {"value": "rsj", "label": "rsj"}]))  # fmt: skip
    world.deploy(two_steps("accusing"), **forms)
    case = start_case(world.engine, world.actor("jiedai"), "accusing", {"title": "x", "accused_units": ["rsj"]})
    task_id, me = world.task(case, "check").task_id, world.actor("dengji")
    for refused in (
        lambda: add_signers(world.engine, me, task_id, ["p-rsj.banli"], mode=SignMode.AFTER, request="签"),
        lambda: copy_task(world.engine, me, task_id, ["p-zhiban", "p-rsj.banli"]),
        lambda: delegate_task(world.engine, me, task_id, "p-rsj.banli", "办"),
    ):
        with pytest.raises(Forbidden):
            refused()
    for purpose in ("transfer", "delegate", "sign", "copy", "mention"):
        found = pick_people(world.engine, me, purpose=purpose, task_id=task_id, limit=100)
        assert not [pick for pick in found if pick.unit == "rsj"], purpose
    with pytest.raises(NotFound):
        pick_people(world.engine, world.actor("rsj.banli"), purpose="sign", task_id=task_id)


def test_colleagues_are_found_by_name_unit_and_initials(world: World) -> None:
    desk = a_desk(world)
    me, task_id = desk.actor("dengji"), desk.task.task_id

    def found(text: str, purpose: str = "sign") -> list[str]:
        return [p.name for p in pick_people(world.engine, me, purpose=purpose, text=text, task_id=task_id)]

    assert found("slq") == found("沈") == found("信访局 立秋") == ["沈立秋"]
    assert found("rsj 常") == ["常青"]
    assert found("", "transfer") == ["白露"]
    assert "林小满" in found("", "delegate")
    assert found("", "delegate").count("周雨") == 0
    assert found("zzz") == []
    with pytest.raises(InvalidState):
        found("", "anything")


def test_who_stands_in_signs_and_submits_and_every_trace_says_for_whom(world: World) -> None:
    desk = a_desk(world)
    ask(desk, SignMode.AFTER, "zhiban")
    days = {"starts_on": date(2025, 9, 26), "ends_on": date(2025, 9, 30)}
    for who, deputy in (("dengji", "jiedai"), ("zhiban", "fenguan")):
        set_absence(world.engine, desk.actor(who), deputy_id=f"p-{deputy}", **days)
    complete_task(world.engine, desk.actor("jiedai"), desk.task.task_id, DONE)
    assert desk.topics("fenguan") == ["sign_asked"]
    sign(world.engine, desk.actor("fenguan"), desk.signer("zhiban").task_id, "agree", "")

    assert desk.step_is("sign")
    assert (desk.task.closed_by, desk.task.closed_for) == ("p-jiedai", "p-dengji")
    assert (desk.signer("zhiban").closed_by, desk.signer("zhiban").closed_for) == ("p-fenguan", "p-zhiban")
    said = {e.event: e.detail.get("acted_for") for e in world.view(desk.case).audit}
    assert (said["TaskSubmitted"], said["SignerAgreed"]) == ("p-dengji", "p-zhiban")
