"""A case from its start to its end, as its people walk it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.read import open_case
from engine.cases.start import start_case
from engine.errors import Conflict, Forbidden, InvalidForm, InvalidState, NotFound
from engine.records.case import CaseFile, InstanceState
from engine.records.org import Actor, Grant, Person
from engine.records.task import TaskState
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft
from engine.tasks.read import open_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form

INTAKE = {"title": "征地补偿款", "demand": "补发", "name": "张三", "contact": "13800000000"}


def started(world: World) -> CaseFile:
    return start_case(world.engine, world.actor("jiedai"), "two_steps", INTAKE)


def test_the_start_opens_a_case_with_columns_facts_and_sealed_parties(two: World) -> None:
    case = started(two)

    assert (case.title, case.unit, case.state, case.facts) == ("征地补偿款", "xfj", "来访", {"主要诉求": "补发"})
    with two.engine.store.read() as work:
        (party,) = work.cases.parties(case.case_id)
        snapshot = work.cases.view(case.case_id)
    assert (party.name, party.contact, party.is_primary) == ("张三", "13800000000", True)
    assert snapshot is not None
    assert "张三" not in repr(snapshot)


def test_two_people_walk_it_to_the_end(two: World) -> None:
    case = started(two)

    complete_task(two.engine, two.actor("dengji"), two.task(case, "check").task_id, {"opinion": "属实"})
    two.clock.advance(timedelta(hours=1))
    complete_task(two.engine, two.actor("zhiban"), two.task(case, "sign").task_id, {"agreed": True})

    view = open_case(two.engine, two.actor("jiedai"), case.case_id)
    assert (view.case.state, view.case.closed_at) == ("办结", two.clock.now())
    assert view.instances[0].state is InstanceState.COMPLETED
    assert [(t.element_id, t.state, t.closed_by, t.assignee) for t in view.tasks] == [
        ("check", TaskState.COMPLETED, "p-dengji", "p-dengji"),
        ("sign", TaskState.COMPLETED, "p-zhiban", "p-zhiban"),
    ]
    assert [p.element_id for p in view.path] == ["start", "check", "sign", "end"]
    assert [e.event for e in view.audit] == [
        "CaseStarted",
        "TaskOpened",
        "TaskCompleted",
        "TaskOpened",
        "TaskCompleted",
        "ProcedureEnded",
    ]
    assert verify_chain(two.engine, case.case_id) == []


def test_who_completed_and_when_are_variables_of_the_next_task(two: World) -> None:
    case = started(two)

    complete_task(two.engine, two.actor("dengji"), two.task(case, "check").task_id, {"opinion": "属实"})

    data = two.task(case, "sign").data
    assert (data["completed_by"], data["completed_unit"], data["opinion"]) == ("p-dengji", "xfj", "属实")
    assert data["completed_at"] == two.clock.now()
    assert (data["case_id"], data["case_unit"], data["started_by"]) == (case.case_id, "xfj", "p-jiedai")


def test_only_candidates_complete_and_an_attempt_is_kept(two: World) -> None:
    case = started(two)
    task = two.task(case, "check")

    for username in ("zhiban", "admin", "jiedai"):
        with pytest.raises(Forbidden):
            complete_task(two.engine, two.actor(username), task.task_id, {"opinion": "x"})

    assert two.task(case, "check") == task
    with two.engine.store.read() as work:
        refused = [entry.actor for entry in work.registers.audit_of(None) if entry.event == "AccessRefused"]
    assert refused == ["p-zhiban", "p-admin", "p-jiedai"]


def test_only_the_role_of_the_start_may_start(two: World) -> None:
    with pytest.raises(Forbidden):
        start_case(two.engine, two.actor("admin"), "two_steps", INTAKE)


def test_an_unknown_procedure_is_not_found(two: World) -> None:
    with pytest.raises(NotFound):
        start_case(two.engine, two.actor("jiedai"), "no_such", INTAKE)


def test_a_form_is_checked_before_anything_is_written(two: World) -> None:
    with pytest.raises(InvalidForm) as caught:
        start_case(two.engine, two.actor("jiedai"), "two_steps", {"demand": "补发"})
    assert [error.path for error in caught.value.errors] == ["title"]

    case = started(two)
    with pytest.raises(InvalidForm):
        complete_task(two.engine, two.actor("dengji"), two.task(case, "check").task_id, {})
    assert two.task(case, "check").state is TaskState.OPEN


def test_a_form_sent_twice_starts_one_case(two: World) -> None:
    actor = two.actor("jiedai")

    first = start_case(two.engine, actor, "two_steps", INTAKE, submission_key="k1")
    again = start_case(two.engine, actor, "two_steps", INTAKE, submission_key="k1")
    other = start_case(two.engine, actor, "two_steps", INTAKE, submission_key="k2")

    assert first.case_id == again.case_id != other.case_id


def test_a_task_completed_twice_tells_who_and_when(two: World) -> None:
    case = started(two)
    task_id = two.task(case, "check").task_id
    complete_task(two.engine, two.actor("dengji"), task_id, {"opinion": "属实"})

    with pytest.raises(Conflict, match="周雨") as caught:
        complete_task(two.engine, two.actor("dengji"), task_id, {"opinion": "again"})

    assert (caught.value.by, caught.value.at) == ("周雨", two.clock.now().isoformat())
    assert len(two.tasks(case, element="sign")) == 1


def test_a_claimed_task_is_for_its_claimer(world: World) -> None:
    registrar_too = world.actor("dengji")
    case, task_id = _one_step(world)
    claim_task(world.engine, registrar_too, task_id)
    claim_task(world.engine, registrar_too, task_id)
    other = _second_registrar(world)

    with pytest.raises(Conflict, match="周雨"):
        complete_task(world.engine, other, task_id, {})
    with pytest.raises(Conflict, match="周雨"):
        claim_task(world.engine, other, task_id)
    with pytest.raises(Forbidden):
        unclaim_task(world.engine, other, task_id)

    unclaim_task(world.engine, registrar_too, task_id)
    complete_task(world.engine, other, task_id, {})
    assert world.task(case, "check").closed_by == other.person_id


def test_a_draft_prefills_the_form_and_goes_with_the_task(two: World) -> None:
    case = started(two)
    task_id, actor = two.task(case, "check").task_id, two.actor("dengji")

    save_draft(two.engine, actor, task_id, {"opinion": "初稿", "stray": 1})
    view = open_task(two.engine, actor, task_id)
    assert (view.values, view.draft_saved_at) == ({"opinion": "初稿"}, two.clock.now())
    assert (view.may_complete, view.may_claim) == (True, True)

    complete_task(two.engine, actor, task_id, {"opinion": "定稿"}, seen_version=view.instance_version)
    view = open_task(two.engine, actor, task_id)
    assert (view.values, view.draft_saved_at, view.may_complete) == ({"opinion": "定稿"}, None, False)
    with pytest.raises(Conflict):
        save_draft(two.engine, actor, task_id, {"opinion": "late"})


def test_a_page_from_another_database_is_refused(two: World) -> None:
    case = started(two)

    with pytest.raises(Conflict):
        complete_task(
            two.engine, two.actor("dengji"), two.task(case, "check").task_id, {"opinion": "x"}, seen_version=99
        )


def test_a_procedure_without_plain_start_is_not_started_by_hand(world: World) -> None:
    diagram = (
        Bpmn("by_message")
        .message("m", "some.message")
        .lane("l", role="registrar")
        .start("s", message="m", lane="l")
        .manual("check", lane="l")
        .end("e", lane="l")
    )
    world.deploy(diagram)

    with pytest.raises(InvalidState):
        start_case(world.engine, world.actor("dengji"), "by_message", {})


def _one_step(world: World) -> tuple[CaseFile, str]:
    diagram = (
        Bpmn("one_step")
        .lane("l", role="registrar")
        .start("s", form="intake", lane="l")
        .user("check", name="核对", form="check", lane="l")
        .end("e", lane="l")
    )
    world.deploy(diagram, intake=a_form(a_field("title")), check=a_form(a_field("note")))
    case = start_case(world.engine, world.actor("dengji"), "one_step", {"title": "T"})
    return case, world.task(case, "check").task_id


def _second_registrar(world: World) -> Actor:
    with world.engine.store.write() as work:
        work.org.add_person(Person("p-second", "second", "副登记", "xfj", "-"), [Grant("registrar", "xfj")])
    return world.actor("second")
