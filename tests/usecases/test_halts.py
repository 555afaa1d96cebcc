"""Halts: nobody's step, no start, no timer and no message while one is in force; each goes on once afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.halted import Halted
from engine.cases.start import start_case
from engine.deadlines.fire import fire_due_timers
from engine.errors import Conflict, Forbidden, InvalidState, NotFound
from engine.operating.halts import read_halts, resume, suspend
from engine.operating.repairs import Repair, RepairKind, repair_instance
from engine.records.case import CaseFile
from engine.records.operating import HaltScope
from engine.records.views import InboxQuery
from engine.tasks.complete import complete_task
from engine.tasks.inbox import inbox
from engine.tasks.read import open_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World

HOUR = timedelta(hours=1)


def urging(key: str = "urging") -> Bpmn:
    """handle ⏱ T5, and after an hour `urged` opens beside it."""
    diagram = Bpmn(key).lane("l", role="registrar").start("s", lane="l").manual("handle", lane="l")
    diagram.end("e", lane="l")
    diagram.timer_boundary("urge", on="handle", expression="PT1H", interrupting=False, lane="l")
    diagram.manual("urged", lane="l").end("e2", lane="l")
    diagram.timer_boundary("due", on="handle", expression='deadline("T5")', interrupting=False, lane="l")
    return diagram.end("e3", lane="l")


def begun(world: World, key: str = "urging") -> CaseFile:
    return start_case(world.engine, world.actor("dengji"), key, {})


def instance_of(world: World, case: CaseFile) -> str:
    return world.view(case).instances[0].instance_id


def elements(world: World, case: CaseFile) -> set[str]:
    return {task.element_id for task in world.tasks(case)}


def test_timers_of_a_halted_instance_wait_and_fire_once(either: World) -> None:
    world, admin, clerk = either, either.actor("admin"), either.actor("dengji")
    world.deploy(urging())
    halted, other = begun(world), begun(world)
    halt = suspend(world.engine, admin, HaltScope.INSTANCE, instance_of(world, halted), "核对数据")
    listed = inbox(world.engine, clerk, InboxQuery(box="claimable"))
    assert (listed.halts, listed.halted) == ((), {halt.target})
    assert [open_task(world.engine, clerk, row.task.task_id).halt for row in listed.rows if row.task] == [
        halt if row.case_id == halted.case_id else None for row in listed.rows
    ]
    due = world.view(halted).deadlines[0].legal_due

    world.clock.advance(HOUR)
    report = fire_due_timers(world.engine, worker="w")
    again = fire_due_timers(world.engine, worker="w")

    assert (len(report.fired), report.parked, len(again.fired), again.parked) == (1, 1, 0, 0)
    assert (elements(world, halted), elements(world, other)) == ({"handle"}, {"handle", "urged"})
    with pytest.raises(Halted, match="核对数据"):
        complete_task(world.engine, world.actor("dengji"), world.tasks(halted)[0].task_id, {})
    assert world.view(halted).deadlines[0].legal_due == due

    world.clock.advance(HOUR)
    resume(world.engine, admin, halt.halt_id)
    fired = [len(fire_due_timers(world.engine, worker="w").fired) for _ in range(2)]

    assert fired == [1, 0]
    assert elements(world, halted) == {"handle", "urged"}
    complete_task(world.engine, world.actor("dengji"), world.task(halted, "handle").task_id, {})
    assert [e for e in world.events(halted) if e.startswith("Work")] == ["WorkSuspended", "WorkResumed"]
    assert verify_chain(world.engine, halted.case_id) == verify_chain(world.engine, None) == []


def test_a_halted_procedure_starts_nothing_and_others_go_on(world: World) -> None:
    world.deploy(urging())
    world.deploy(urging("other"))
    case, other = begun(world), begun(world, "other")
    halt = suspend(world.engine, world.actor("admin"), HaltScope.PROCEDURE, "urging", "新版有误")

    with pytest.raises(Halted):
        begun(world)
    with pytest.raises(Halted):
        complete_task(world.engine, world.actor("dengji"), world.tasks(case)[0].task_id, {})
    complete_task(world.engine, world.actor("dengji"), world.tasks(other)[0].task_id, {})
    everything = suspend(world.engine, world.actor("admin"), HaltScope.EVERYTHING, "ignored", "停机检修")
    with pytest.raises(Halted):
        begun(world, "other")

    views = read_halts(world.engine, world.actor("shenji"))
    assert {(v.halt.scope, v.halt.target) for v in views.now} == {("everything", ""), ("procedure", "urging")}
    resume(world.engine, world.actor("admin"), everything.halt_id)
    resume(world.engine, world.actor("admin"), halt.halt_id)
    begun(world)
    assert [v.halt.lifted_by for v in read_halts(world.engine, world.actor("admin")).past] == ["p-admin"] * 2


def sending() -> Bpmn:
    diagram = (
        Bpmn("sending").message("word").lane("l", role="registrar").start("s", lane="l").manual("go", lane="l")
    )
    return diagram.throw_message("send", "word", "{ n: 1 }", lane="l").end("e", lane="l")


def awaiting() -> Bpmn:
    diagram = Bpmn("awaiting").message("word").lane("l", role="registrar").start("s", lane="l")
    return diagram.catch_message("wait", "word", lane="l").manual("after", lane="l").end("e", lane="l")


def test_a_message_waits_for_its_receiver(world: World) -> None:
    world.deploy(sending())
    world.deploy(awaiting())
    sender, receiver = begun(world, "sending"), begun(world, "awaiting")
    halt = suspend(world.engine, world.actor("admin"), HaltScope.PROCEDURE, "awaiting", "检查")
    complete_task(world.engine, world.actor("dengji"), world.tasks(sender)[0].task_id, {})
    fire_due_timers(world.engine, worker="w")
    assert world.tasks(receiver) == []

    resume(world.engine, world.actor("admin"), halt.halt_id)
    fire_due_timers(world.engine, worker="w")

    assert elements(world, receiver) == {"after"}
    assert world.view(receiver).incidents == ()


def test_an_operator_mends_what_is_halted(world: World) -> None:
    world.deploy(urging())
    case = begun(world)
    suspend(world.engine, world.actor("admin"), HaltScope.INSTANCE, instance_of(world, case), "检查")
    world.clock.advance(HOUR)

    skip = Repair(RepairKind.SKIP, token=world.tasks(case)[0].task_id)
    repair_instance(world.engine, world.actor("admin"), instance_of(world, case), skip, "重复登记")

    assert world.view(case).case.closed_at is not None
    assert fire_due_timers(world.engine, worker="w").fired == ()


def test_only_admins_halt_and_only_with_a_reason(world: World) -> None:
    world.deploy(urging())
    case = begun(world)
    admin, engine = world.actor("admin"), world.engine
    for username in ("dengji", "shenji"):
        with pytest.raises(Forbidden):
            suspend(engine, world.actor(username), HaltScope.EVERYTHING, "", "理由")
    with pytest.raises(Forbidden):
        read_halts(engine, world.actor("dengji"))
    with pytest.raises(InvalidState):
        suspend(engine, admin, HaltScope.EVERYTHING, "", "  ")
    for scope in (HaltScope.PROCEDURE, HaltScope.INSTANCE):
        with pytest.raises(NotFound):
            suspend(engine, admin, scope, "nothing", "理由")
    halt = suspend(engine, admin, HaltScope.INSTANCE, instance_of(world, case), "理由")
    with pytest.raises(Conflict):
        suspend(engine, admin, HaltScope.INSTANCE, instance_of(world, case), "理由")
    resume(engine, admin, halt.halt_id)
    with pytest.raises(Conflict):
        resume(engine, admin, halt.halt_id)
