"""What people do with a task: handed over, delegated, set aside, urged, copied, followed; who may, who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.read import open_case
from engine.cases.start import start_case
from engine.errors import Conflict, EngineError, Forbidden, InvalidState, NotFound
from engine.records.task import TaskState
from engine.store.statements import count_statements
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.copies import copy_case, copy_task, mark_copies_read, read_copies
from engine.tasks.delegate import delegate_task, give_back_task, recall_task
from engine.tasks.drafts import save_draft
from engine.tasks.following import follow_case, unfollow_case
from engine.tasks.phrases import add_phrase, drop_phrase, edit_phrase, list_phrases, move_phrase
from engine.tasks.read import open_task
from engine.tasks.suspend import resume_task, suspend_task
from engine.tasks.transfer import transfer_task
from engine.tasks.urging import urge_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.usecases.acting_office import DONE, a_desk, hire
from tests.worlds import World, a_field, a_form


def test_a_task_is_handed_over_for_good(world: World) -> None:
    desk = a_desk(world)
    transfer_task(world.engine, desk.actor("dengji"), desk.task.task_id, "p-dengji2", "外出开会")

    task = desk.task
    assert (task.assignee, task.asked_by, task.note, task.came_by) == (
        "p-dengji2", "p-dengji", "外出开会", "transferred",
    )  # fmt: skip
    assert (desk.topics("dengji2"), desk.topics("dengji")) == (["transferred"], [])
    with pytest.raises(Conflict):
        complete_task(world.engine, desk.actor("dengji"), task.task_id, DONE)
    complete_task(world.engine, desk.actor("dengji2"), task.task_id, DONE)
    assert desk.step_is("sign")
    assert verify_chain(world.engine, desk.case.case_id) == []


@pytest.mark.parametrize("who", ["p-dengji", "p-zhiban", "p-nobody"])
def test_only_another_candidate_gets_it(world: World, who: str) -> None:
    desk = a_desk(world)
    with pytest.raises((Forbidden, NotFound)):
        transfer_task(world.engine, desk.actor("dengji"), desk.task.task_id, who, "外出")
    assert desk.task.assignee == "p-dengji"


def test_who_does_not_have_it_cannot_hand_it_over_but_the_head_of_the_unit_can(world: World) -> None:
    desk = a_desk(world)
    with pytest.raises(Conflict):
        transfer_task(world.engine, desk.actor("dengji2"), desk.task.task_id, "p-dengji2", "我来")
    with pytest.raises(Forbidden):
        transfer_task(world.engine, desk.actor("zhiban"), desk.task.task_id, "p-dengji2", "我来")
    with pytest.raises(InvalidState, match="转办理由"):
        transfer_task(world.engine, desk.actor("dengji"), desk.task.task_id, "p-dengji2", " ")

    transfer_task(world.engine, desk.actor("juzhang"), desk.task.task_id, "p-dengji2", "统筹安排")
    assert desk.task.assignee == "p-dengji2"


def test_a_delegate_works_and_the_owner_decides(world: World) -> None:
    desk = a_desk(world)
    task_id, owner, delegate = desk.task.task_id, desk.actor("dengji"), desk.actor("jiedai")
    delegate_task(world.engine, owner, task_id, "p-jiedai", "请先核实")

    assert (desk.task.assignee, desk.task.owner) == ("p-jiedai", "p-dengji")
    assert desk.topics("jiedai") == ["delegated"]
    for refused in (
        lambda: complete_task(world.engine, owner, task_id, DONE),
        lambda: transfer_task(world.engine, delegate, task_id, "p-dengji2", "转出去"),
        lambda: delegate_task(world.engine, delegate, task_id, "p-dengji2", "再委派"),
        lambda: unclaim_task(world.engine, delegate, task_id),
    ):
        with pytest.raises((Conflict, InvalidState)):
            refused()
    assert open_task(world.engine, delegate, task_id).may_complete

    complete_task(world.engine, delegate, task_id, DONE, opinion="已电话核实")
    assert desk.step_is("check")
    task = desk.task
    assert (task.assignee, task.owner, task.asked_by, task.note) == ("p-dengji", None, "p-jiedai", "已电话核实")
    view = open_task(world.engine, owner, task_id)
    assert dict(view.values) == DONE
    assert desk.topics("dengji") == ["given_back"]
    with pytest.raises(Conflict):
        complete_task(world.engine, desk.actor("dengji2"), task_id, DONE)
    complete_task(world.engine, owner, task_id, DONE)
    assert desk.step_is("sign")


def test_delegated_work_is_recalled_or_given_back_undone(world: World) -> None:
    desk = a_desk(world)
    task_id, owner = desk.task.task_id, desk.actor("dengji")
    delegate_task(world.engine, owner, task_id, "p-jiedai", "请先核实")
    with pytest.raises(Forbidden):
        recall_task(world.engine, desk.actor("dengji2"), task_id)
    recall_task(world.engine, owner, task_id)
    assert (desk.task.assignee, desk.task.owner, desk.task.came_by) == ("p-dengji", None, "recalled")

    delegate_task(world.engine, owner, task_id, "p-jiedai", "还是请您核实")
    with pytest.raises(InvalidState, match="交回说明"):
        give_back_task(world.engine, desk.actor("jiedai"), task_id, "")
    give_back_task(world.engine, desk.actor("jiedai"), task_id, "不熟悉情况")
    assert (desk.task.assignee, desk.task.note, desk.task.came_by) == ("p-dengji", "不熟悉情况", "given_back")
    assert [e for e in world.events(desk.case) if e.startswith("Task")][-4:] == [
        "TaskDelegated", "TaskRecalled", "TaskDelegated", "TaskHandedBack",
    ]  # fmt: skip


def test_a_suspended_task_waits_and_resumes_by_itself(world: World) -> None:
    desk = a_desk(world)
    task_id, actor = desk.task.task_id, desk.actor("dengji")
    until = world.clock.now() + timedelta(days=1)
    with pytest.raises(InvalidState, match="晚于现在"):
        suspend_task(world.engine, actor, task_id, "等材料", world.clock.now())
    suspend_task(world.engine, actor, task_id, "等材料", until)
    with pytest.raises(InvalidState, match="已挂起"):
        complete_task(world.engine, actor, task_id, DONE)
    with pytest.raises(Conflict):
        resume_task(world.engine, desk.actor("dengji2"), task_id)

    world.clock.move_to(until)
    complete_task(world.engine, actor, task_id, DONE)
    assert desk.step_is("sign")


def test_a_suspended_task_is_resumed_by_hand(world: World) -> None:
    desk = a_desk(world)
    task_id, actor = desk.task.task_id, desk.actor("dengji")
    suspend_task(world.engine, actor, task_id, "等材料")
    resume_task(world.engine, actor, task_id)
    resume_task(world.engine, actor, task_id)
    assert (desk.task.suspended, desk.task.suspended_why) == (False, "")
    assert world.events(desk.case).count("TaskResumed") == 1


def test_whoever_waits_urges_once_in_two_hours(world: World) -> None:
    desk = a_desk(world)
    task_id = desk.task.task_id
    with pytest.raises(Forbidden):
        urge_task(world.engine, desk.actor("dengji"), task_id)
    with pytest.raises(Forbidden):
        urge_task(world.engine, desk.actor("zhiban"), task_id)
    urge_task(world.engine, desk.actor("jiedai"), task_id, "信访人在等")
    with pytest.raises(InvalidState, match="11:00"):
        urge_task(world.engine, desk.actor("duban"), task_id)
    world.clock.advance(timedelta(hours=2))
    urge_task(world.engine, desk.actor("duban"), task_id)

    assert desk.task.urged == 2
    assert [(n.topic, n.level) for n in desk.notices("dengji") if n.task_id] == [("urged", "warning")] * 2
    assert desk.topics("dengji2") == []


def test_an_unclaimed_task_is_urged_at_all_its_candidates(world: World) -> None:
    desk = a_desk(world, claimed=False)
    urge_task(world.engine, desk.actor("duban"), desk.task.task_id)
    assert desk.topics("dengji") == desk.topics("dengji2") == ["urged"]


def test_a_copy_lets_its_receiver_read_the_case(world: World) -> None:
    desk = a_desk(world)
    reader = desk.actor("rsj.banli")
    with pytest.raises(NotFound):
        open_case(world.engine, reader, desk.case.case_id)
    with pytest.raises(Forbidden):
        copy_task(world.engine, desk.actor("zhiban"), desk.task.task_id, ["p-rsj.banli"])

    copy_task(world.engine, desk.actor("dengji"), desk.task.task_id, ["p-rsj.banli", "p-rsj.banli"], "请知悉")
    copy_case(world.engine, desk.actor("duban"), desk.case.case_id, ["p-rsj.lingdao"])
    assert open_case(world.engine, reader, desk.case.case_id).case == desk.case
    assert [n.topic for n in desk.notices("rsj.banli")] == ["copied"]
    assert read_copies(world.engine, reader, desk.case.case_id) == 1
    assert read_copies(world.engine, reader, desk.case.case_id) == 0
    with world.engine.store.read() as work:
        (other,) = work.desk.unread_copies("p-rsj.lingdao", desk.case.case_id)
    assert mark_copies_read(world.engine, reader, [other.copy_id]) == 0


def test_a_confidential_case_is_copied_to_nobody_who_may_not_see_it(world: World) -> None:
    intake = a_form(a_field("confidential", "checkbox"))
    diagram = Bpmn("quiet").lane("l", role="registrar").start("s", form="intake", lane="l")
    world.deploy(diagram.manual("check", lane="l").end("e", lane="l"), intake=intake)
    case = start_case(world.engine, world.actor("dengji"), "quiet", {"confidential": True})
    with pytest.raises(Forbidden, match="保密"):
        copy_task(world.engine, world.actor("dengji"), world.task(case, "check").task_id, ["p-duban"])


def test_who_follows_hears_of_the_end_once_and_only_while_it_may_see(world: World) -> None:
    desk = a_desk(world)
    case_id = desk.case.case_id
    follower, leaver = desk.actor("duban"), desk.actor("jingban")
    for actor in (follower, follower, leaver):
        follow_case(world.engine, actor, case_id)
    unfollow_case(world.engine, leaver, case_id)
    with pytest.raises(NotFound):
        follow_case(world.engine, desk.actor("rsj.banli"), case_id)
    complete_task(world.engine, desk.actor("dengji"), desk.task.task_id, DONE)
    complete_task(world.engine, desk.actor("zhiban"), world.task(desk.case, "sign").task_id, {})

    assert [n.topic for n in desk.notices("duban")] == ["followed"]
    assert desk.notices("jingban") == []
    assert world.events(desk.case).count("CaseFollowed") == 2


def test_phrases_are_ones_own_and_in_ones_own_order(world: World) -> None:
    me, other = world.actor("dengji"), world.actor("zhiban")
    for text in ("同意。", "情况属实。", "同意。"):
        add_phrase(world.engine, me, text)
    first, second = list_phrases(world.engine, me)
    move_phrase(world.engine, me, second.phrase_id, -1)
    edit_phrase(world.engine, other, first.phrase_id, "改掉")
    edit_phrase(world.engine, me, first.phrase_id, "同意，请按程序办理。")
    drop_phrase(world.engine, other, second.phrase_id)

    assert [p.text for p in list_phrases(world.engine, me)] == ["情况属实。", "同意，请按程序办理。"]
    assert list_phrases(world.engine, other) == ()
    with pytest.raises(InvalidState):
        add_phrase(world.engine, me, "字" * 201)


def test_typing_begins_a_task(world: World) -> None:
    desk = a_desk(world, claimed=False)
    assert desk.task.begun_at is None
    save_draft(world.engine, desk.actor("dengji"), desk.task.task_id, {"opinion": "初"})
    begun = desk.task.begun_at
    assert begun == world.clock.now()
    world.clock.advance(timedelta(hours=1))
    save_draft(world.engine, desk.actor("dengji"), desk.task.task_id, {"opinion": "初稿"})
    assert desk.task.begun_at == begun


def test_of_two_who_act_at_once_one_is_told_that_the_other_was_first(either: World) -> None:
    hire(either, "dengji2", "白露", "xfj", "registrar")
    case = start_case(either.engine, either.actor("jiedai"), "two_steps", {"title": "占道"})
    task_id = either.task(case, "check").task_id
    claim_task(either.engine, either.actor("dengji"), task_id)
    delegate_task(either.engine, either.actor("dengji"), task_id, "p-jiedai", "核实")
    for late in (
        lambda: claim_task(either.engine, either.actor("dengji2"), task_id),
        lambda: transfer_task(either.engine, either.actor("dengji"), task_id, "p-dengji2", "外出"),
        lambda: suspend_task(either.engine, either.actor("dengji"), task_id, "等"),
    ):
        with pytest.raises(Conflict):
            late()
    complete_task(either.engine, either.actor("jiedai"), task_id, DONE)
    with pytest.raises(EngineError):
        complete_task(either.engine, either.actor("jiedai"), task_id, DONE)
    complete_task(either.engine, either.actor("dengji"), task_id, DONE)
    assert either.task(case, "check").state is TaskState.COMPLETED


def test_an_act_costs_few_statements(world: World) -> None:
    desk = a_desk(world, claimed=False)
    actor, task_id = desk.actor("dengji"), desk.task.task_id
    for limit, act in (
        (8, lambda: claim_task(world.engine, actor, task_id)),
        (14, lambda: delegate_task(world.engine, actor, task_id, "p-jiedai", "核实")),
        (12, lambda: recall_task(world.engine, actor, task_id)),
        (14, lambda: transfer_task(world.engine, actor, task_id, "p-dengji2", "外出")),
        (12, lambda: urge_task(world.engine, desk.actor("duban"), task_id)),
    ):
        with count_statements(world.engine.store) as statements:
            act()
        assert statements.count <= limit, str(statements)
