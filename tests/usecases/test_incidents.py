"""What fails inside a diagram leaves no trace but an incident, which can be retried."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.firing import fire_timer
from engine.cases.incidents import list_incidents, retry_incident
from engine.cases.start import start_case
from engine.errors import Forbidden, InvalidState, StepFailed
from engine.records.case import CaseFile
from engine.records.task import TaskState
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form


def linking() -> Bpmn:
    """ask → link_case(number): fails until a case of that number exists."""
    return (
        Bpmn("linking")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .user("ask", form="ask", lane="l")
        .service("link", "link_case", {"number": "earlier"}, result="linked", name="关联案件", lane="l")
        .manual("go_on", lane="l")
        .end("e", lane="l")
    )


ASK = a_form(a_field("earlier"), a_field("name", properties={"store": "party"}))


def failed(world: World) -> tuple[CaseFile, str]:
    """A completed form whose step failed."""
    world.deploy(linking(), ask=ASK)
    case = start_case(world.engine, world.actor("dengji"), "linking", {})
    task_id = world.task(case, "ask").task_id
    with pytest.raises(StepFailed, match="XF2025-00001") as caught:
        complete_task(world.engine, world.actor("dengji"), task_id, {"earlier": "XF2025-00001", "name": "张三"})
    assert (caught.value.element_id, caught.value.element_name) == ("link", "关联案件")
    return case, task_id


def register_earlier_case(world: World) -> None:
    diagram = (
        Bpmn("earlier")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .service("number", "register_case", lane="l")
        .end("e", lane="l")
    )
    world.deploy(diagram)
    start_case(world.engine, world.actor("dengji"), "earlier", {})


def test_a_failing_step_leaves_the_state_before_it_and_an_incident(world: World) -> None:
    case, task_id = failed(world)

    view = world.view(case)
    assert [(t.task_id, t.state, t.result) for t in view.tasks] == [(task_id, TaskState.OPEN, None)]
    assert view.instances[0].version == 1
    (incident,) = view.incidents
    assert (incident.element_id, incident.state) == ("link", "open")
    assert incident.operation["data"] == {"earlier": "XF2025-00001"}
    assert "张三" not in repr(incident)
    assert world.events(case)[-1] == "IncidentRecorded"
    assert verify_chain(world.engine, case.case_id) == []


def test_a_retry_does_it_in_the_persons_name_with_what_was_typed(world: World) -> None:
    case, _ = failed(world)
    (incident,) = list_incidents(world.engine, world.actor("admin"))
    with pytest.raises(StepFailed):
        retry_incident(world.engine, world.actor("admin"), incident.incident_id)
    assert [i.state for i in world.view(case).incidents] == ["open"]

    register_earlier_case(world)
    retry_incident(world.engine, world.actor("admin"), incident.incident_id)

    done = world.task(case, "ask")
    assert (done.state, done.closed_by, done.result) == (
        TaskState.COMPLETED,
        "p-dengji",
        {"earlier": "XF2025-00001"},
    )
    assert [t.element_id for t in world.tasks(case)] == ["go_on"]
    assert [i.state for i in world.view(case).incidents] == ["retried"]
    with world.engine.store.read() as work:
        assert [p.name for p in work.cases.parties(case.case_id)] == ["张三"]
    with pytest.raises(InvalidState):
        retry_incident(world.engine, world.actor("admin"), incident.incident_id)


def test_a_retry_of_what_was_done_meanwhile_closes_the_incident(world: World) -> None:
    case, task_id = failed(world)
    register_earlier_case(world)
    complete_task(world.engine, world.actor("dengji"), task_id, {"earlier": "XF2025-00001"})
    (incident,) = list_incidents(world.engine, world.actor("admin"))

    retry_incident(world.engine, world.actor("admin"), incident.incident_id)

    assert len(world.tasks(case, element="go_on")) == 1
    assert list_incidents(world.engine, world.actor("admin")) == ()


def test_only_an_admin_retries(world: World) -> None:
    failed(world)
    (incident,) = list_incidents(world.engine, world.actor("shenji"))

    with pytest.raises(Forbidden):
        retry_incident(world.engine, world.actor("dengji"), incident.incident_id)
    with pytest.raises(Forbidden):
        list_incidents(world.engine, world.actor("dengji"))


def test_a_start_that_fails_keeps_nothing(world: World) -> None:
    diagram = (
        Bpmn("doomed")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .service("link", "link_case", {"number": '"XF1900-00001"'}, lane="l")
        .end("e", lane="l")
    )
    world.deploy(diagram)

    with pytest.raises(StepFailed):
        start_case(world.engine, world.actor("dengji"), "doomed", {}, submission_key="k")

    with world.engine.store.read() as work:
        assert work.cases.by_submission_key("k") is None
        assert work.registers.incidents(state=None, limit=10) == ()


def poisoned() -> Bpmn:
    """wait ⏱ PT1H → link_case of an unknown number."""
    return (
        Bpmn("poisoned")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .manual("wait", lane="l")
        .end("e", lane="l")
        .timer_boundary("t", on="wait", expression="PT1H", interrupting=False, lane="l")
        .service("link", "link_case", {"number": '"XF2025-00001"'}, lane="l")
        .end("linked", lane="l")
    )


def test_a_poisoned_timer_does_not_hold_up_the_person(world: World) -> None:
    world.deploy(poisoned())
    case = start_case(world.engine, world.actor("dengji"), "poisoned", {})
    world.clock.advance(timedelta(hours=2))

    complete_task(world.engine, world.actor("dengji"), world.task(case, "wait").task_id, {})

    view = world.view(case)
    assert view.case.closed_at == world.clock.now()
    assert [i.element_id for i in view.incidents] == ["link"]


def test_a_poisoned_timer_makes_one_incident_and_can_be_retried(world: World) -> None:
    world.deploy(poisoned())
    case = start_case(world.engine, world.actor("dengji"), "poisoned", {})
    (timer,) = world.view(case).timers
    world.clock.advance(timedelta(hours=2))
    with pytest.raises(StepFailed):
        fire_timer(world.engine, timer.timer_id, "w1")
    (incident,) = world.view(case).incidents

    register_earlier_case(world)
    retry_incident(world.engine, world.actor("admin"), incident.incident_id)

    assert [t.state.value for t in world.view(case).timers] == ["fired"]
    assert [i.state for i in world.view(case).incidents] == ["retried"]
