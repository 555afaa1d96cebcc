"""What an operator does to an instance that cannot go on: each with a reason, previewed, audited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.audit.verify import verify_chain
from engine.cases.incidents import retry_incident
from engine.cases.start import start_case
from engine.errors import Forbidden, InvalidForm, InvalidState, NotFound, StepFailed
from engine.operating.halts import read_halts, suspend
from engine.operating.incident_acts import correct_submitted, open_incident, skip_incident
from engine.operating.instances import open_instance, reveal_variables
from engine.operating.repairs import Repair, RepairKind, preview_repair, repair_instance
from engine.records.case import CaseFile, InstanceState
from engine.records.operating import HaltScope
from engine.records.org import Grant
from engine.records.task import TaskState
from engine.records.time import DeadlineState
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form

CHECK = a_form(
    a_field("amount", "number", label="金额"),
    a_field("earlier", label="原件编号"),
    a_field("name", label="姓名", properties={"store": "party"}),
)


def paying() -> Bpmn:
    """check ⏱ T5 → link_case(earlier) → amount > 10: big, else small."""
    return (
        Bpmn("paying")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .user("check", name="核对", form="check", lane="l")
        .service("link", "link_case", {"number": "earlier"}, result="linked", name="关联", lane="l")
        .exclusive("how", default="less", lane="l")
        .manual("big", name="大额", when="amount > 10", lane="l")
        .end("e", lane="l")
        .manual("small", name="小额", after="how", flow="less", lane="l")
        .end("e2", lane="l")
        .timer_boundary("due", on="check", expression='deadline("T5")', interrupting=False, lane="l")
        .end("late", lane="l")
    )


TYPED = {"amount": 5, "earlier": "XF2025-00001", "name": "张三"}


def begun(world: World) -> tuple[CaseFile, str]:
    """A case at its first step, and its instance."""
    world.deploy(paying(), check=CHECK)
    case = start_case(world.engine, world.actor("dengji"), "paying", {})
    return case, world.view(case).instances[0].instance_id


def failed(world: World) -> tuple[CaseFile, str]:
    """A case whose first step failed, and the incident."""
    case, _ = begun(world)
    with pytest.raises(StepFailed):
        complete_task(world.engine, world.actor("dengji"), world.tasks(case)[0].task_id, TYPED)
    return case, world.view(case).incidents[0].incident_id


def open_elements(world: World, case: CaseFile) -> list[str]:
    return [task.element_id for task in world.tasks(case)]


def test_an_incident_tells_what_failed_with_which_data_and_no_party(world: World) -> None:
    _, incident_id = failed(world)

    view = open_incident(world.engine, world.actor("shenji"), incident_id)

    assert (view.kind, view.may_skip) == ("serviceTask", True)
    assert [(v.name, v.value, v.kind, v.label) for v in view.submitted] == [
        ("amount", 5, "number", "金额"),
        ("earlier", "XF2025-00001", "string", "原件编号"),
    ]
    assert "张三" not in repr(view)


def test_what_was_submitted_is_corrected_as_its_field_takes_it_then_tried_again(world: World) -> None:
    case, incident_id = failed(world)
    admin, engine = world.actor("admin"), world.engine
    with pytest.raises(InvalidForm):
        correct_submitted(engine, admin, incident_id, {"amount": "many"}, "更正")
    with pytest.raises(InvalidState):
        correct_submitted(engine, admin, incident_id, {"unknown": "1"}, "更正")

    correct_submitted(engine, admin, incident_id, {"amount": "50"}, "少写了一个零")
    skip_incident(engine, admin, incident_id, "原件不在本系统")

    assert open_elements(world, case) == ["big"]
    done = world.task(case, "check")
    assert (done.state, done.closed_by, done.result) == (
        TaskState.COMPLETED,
        "p-dengji",
        {"amount": 50, "earlier": "XF2025-00001"},
    )
    assert [i.state for i in world.view(case).incidents] == ["skipped"]
    corrected = next(e for e in world.view(case).audit if e.event == "SubmittedValueCorrected")
    assert corrected.detail == {
        "incident_id": incident_id,
        "name": "amount",
        "before": 5,
        "after": 50,
        "reason": "少写了一个零",
    }
    assert [(p.element_id, p.closure) for p in world.view(case).path if p.element_id == "link"] == [
        ("link", "cancelled")
    ]
    assert verify_chain(engine, case.case_id) == []
    with pytest.raises(InvalidState):
        retry_incident(engine, admin, incident_id)


def test_a_repair_is_previewed_with_its_deadlines_and_writes_nothing(world: World) -> None:
    case, instance_id = begun(world)
    before = world.view(case)
    move = Repair(RepairKind.MOVE, token=before.tasks[0].task_id, to="small")

    preview = preview_repair(world.engine, world.actor("admin"), instance_id, move)

    assert [(d.name, d.effect, d.due_after) for d in preview.deadlines] == [
        (before.deadlines[0].name, "closed", None)
    ]
    assert (preview.opens, preview.closes, preview.ends) == (("小额",), ("核对",), False)
    assert world.view(case) == before


def test_a_token_is_moved(world: World) -> None:
    case, instance_id = begun(world)
    move = Repair(RepairKind.MOVE, token=world.tasks(case)[0].task_id, to="small")

    repair_instance(world.engine, world.actor("admin"), instance_id, move, "误登记")

    assert open_elements(world, case) == ["small"]
    assert [d.state for d in world.view(case).deadlines] == [DeadlineState.VOIDED]
    assert next(e.detail for e in world.view(case).audit if e.event == "TokenMoved") == {
        "task_id": move.token,
        "element": "check",
        "name": "核对",
        "to": "small",
        "reason": "误登记",
    }
    with pytest.raises(InvalidState):
        repair_instance(world.engine, world.actor("admin"), instance_id, move, "再来")


def test_an_element_is_skipped_and_what_follows_runs(world: World) -> None:
    case, instance_id = begun(world)
    skip = Repair(RepairKind.SKIP, token=world.tasks(case)[0].task_id)
    with pytest.raises(StepFailed):
        preview_repair(world.engine, world.actor("admin"), instance_id, skip)
    assert world.view(case).incidents == ()


def test_a_variable_is_corrected_where_people_see_it(world: World) -> None:
    case, instance_id = begun(world)
    fix = Repair(RepairKind.CORRECT, name="amount", text="50")
    repair_instance(world.engine, world.actor("admin"), instance_id, fix, "补填")
    title = Repair(RepairKind.CORRECT, name="title", text='"更正后的标题"')
    repair_instance(world.engine, world.actor("admin"), instance_id, title, "更正")

    task = world.tasks(case)[0]
    assert (task.data["amount"], task.data["title"]) == (50, "更正后的标题")
    assert world.view(case).case.title == "更正后的标题"
    for name, text in (("title", "50"), ("amount", "many"), ("name", "李四"), ("$x", "1")):
        wrong = Repair(RepairKind.CORRECT, name=name, text=text)
        with pytest.raises((InvalidState, InvalidForm)):
            repair_instance(world.engine, world.actor("admin"), instance_id, wrong, "更正")
    told = [e.detail for e in world.view(case).audit if e.event == "VariableCorrected"]
    assert told == [
        {"name": "amount", "before": None, "after": 50, "reason": "补填"},
        {"name": "title", "reason": "更正"},
    ]


def test_an_instance_is_cancelled_with_all_that_hangs_on_it(world: World) -> None:
    case, instance_id = begun(world)
    cancel = Repair(RepairKind.CANCEL)
    assert preview_repair(world.engine, world.actor("admin"), instance_id, cancel).ends

    repair_instance(world.engine, world.actor("admin"), instance_id, cancel, "重复登记")

    view = world.view(case)
    assert (view.instances[0].state, view.case.state) == (InstanceState.CANCELLED, "已终止")
    assert view.case.closed_at == world.clock.now()
    assert {t.state for t in view.tasks} == {TaskState.CANCELLED}
    assert {t.state.value for t in view.timers} == {"cancelled"}
    assert [d.state for d in view.deadlines] == [DeadlineState.VOIDED]
    with pytest.raises(InvalidState):
        repair_instance(world.engine, world.actor("admin"), instance_id, cancel, "再来")


def test_values_are_shown_for_a_purpose_and_only_to_admins(world: World) -> None:
    case, instance_id = begun(world)
    looked = open_instance(world.engine, world.actor("shenji"), instance_id)
    assert [(t.element_id, t.kind) for t in looked.tokens] == [("check", "people")]
    assert {p.element_id for p in looked.places} == {"check", "big", "small"}
    assert all(v.value is None for v in looked.names)
    assert "title" in {v.name for v in looked.names}

    with pytest.raises(InvalidState):
        reveal_variables(world.engine, world.actor("admin"), instance_id, " ")
    _, shown = reveal_variables(world.engine, world.actor("admin"), instance_id, "查明网关无路可走")
    assert {v.name: v.value for v in shown}["title"] == case.title
    assert world.events(case)[-1] == "VariablesRevealed"
    for username in ("shenji", "dengji"):
        actor = world.actor(username)
        with pytest.raises(Forbidden):
            reveal_variables(world.engine, actor, instance_id, "看看")
        with pytest.raises(Forbidden):
            repair_instance(world.engine, actor, instance_id, Repair(RepairKind.CANCEL), "理由")
    with pytest.raises(NotFound):
        open_instance(world.engine, world.actor("admin"), "nothing")


def test_to_an_accused_admin_there_is_no_such_instance(world: World) -> None:
    case, incident_id = failed(world)
    instance_id = world.view(case).instances[0].instance_id
    accuse = Repair(RepairKind.CORRECT, name="accused_units", text='["cgjd"]')
    repair_instance(world.engine, world.actor("admin"), instance_id, accuse, "补列")
    suspend(world.engine, world.actor("admin"), HaltScope.INSTANCE, instance_id, "核对")
    theirs = replace(world.actor("admin"), grants=frozenset({Grant("process_admin", "cgjd")}), unit="cgjd")

    assert world.view(case).case.accused_units == ("cgjd",)
    assert read_halts(world.engine, theirs).now == ()
    for attempt in (
        lambda: open_instance(world.engine, theirs, instance_id),
        lambda: reveal_variables(world.engine, theirs, instance_id, "看看"),
        lambda: open_incident(world.engine, theirs, incident_id),
        lambda: skip_incident(world.engine, theirs, incident_id, "试试"),
        lambda: repair_instance(world.engine, theirs, instance_id, Repair(RepairKind.CANCEL), "试试"),
        lambda: preview_repair(world.engine, theirs, instance_id, Repair(RepairKind.CANCEL)),
        lambda: suspend(world.engine, theirs, HaltScope.INSTANCE, instance_id, "试试"),
    ):
        with pytest.raises(NotFound):
            attempt()
