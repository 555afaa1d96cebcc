"""Who may see and do what: deny by default; to an accused unit, the case does not exist."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.read import open_case, register, reveal_parties
from engine.cases.start import start_case
from engine.documents.attachments import add_attachment, list_attachments, open_attachment
from engine.errors import Forbidden, InvalidFile, InvalidState, NotFound, StepFailed
from engine.records.case import CaseFile
from engine.records.views import InboxQuery
from engine.tasks.claim import claim_task
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft
from engine.tasks.inbox import inbox
from engine.tasks.read import open_task
from engine.tasks.transfer import transfer_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form

PDF = b"%PDF-1.7 ..."


def routed() -> Bpmn:
    """intake names the accused units and the unit that handles."""
    return (
        Bpmn("routed")
        .lane("l", role="registrar")
        .lane("d", role="resp_dept", unit="to_unit")
        .start("s", form="intake", lane="l")
        .manual("check", lane="l")
        .manual("handle", name="办理", lane="d")
        .end("e", lane="d")
    )


INTAKE = a_form(
    a_field("accused", label="被反映单位"),
    a_field("accused_units", "checklist", values=[{"value": u, "label": u} for u in ("zrzyj", "cgjd")]),
    a_field("to_unit", required=True),
    a_field("name", properties={"store": "party"}),
)


def started(world: World, *accused: str, to: str = "cgjd") -> CaseFile:
    world.keep(routed(), intake=INTAKE)  # the check would refuse it; who handles a case is asked anew at every step
    data = {"accused_units": list(accused), "to_unit": to, "name": "张三"}
    return start_case(world.engine, world.actor("dengji"), "routed", data)


def test_the_unit_named_in_the_data_handles(world: World) -> None:
    case = started(world)
    complete_task(world.engine, world.actor("dengji"), world.task(case, "check").task_id, {})

    task = world.task(case, "handle")
    assert (task.role, task.unit) == ("resp_dept", "cgjd")
    assert open_task(world.engine, world.actor("cgjd.banli"), task.task_id).may_complete
    with pytest.raises(NotFound):
        open_task(world.engine, world.actor("zrzyj.banli"), task.task_id)
    with pytest.raises(Forbidden):
        complete_task(world.engine, world.actor("zrzyj.banli"), task.task_id, {})


def test_a_task_never_goes_to_the_accused(world: World) -> None:
    case = started(world, "zrzyj", to="zrzyj")

    with pytest.raises(StepFailed, match="被反映的单位"):
        complete_task(world.engine, world.actor("dengji"), world.task(case, "check").task_id, {})

    assert [t.element_id for t in world.tasks(case)] == ["check"]
    assert [i.element_id for i in world.view(case).incidents] == ["handle"]


def test_to_the_accused_the_case_does_not_exist(world: World) -> None:
    case = started(world, "zrzyj")
    complete_task(world.engine, world.actor("dengji"), world.task(case, "check").task_id, {})
    task_id = world.task(case, "handle").task_id
    accused = world.actor("zrzyj.banli")

    for attempt in (
        lambda: open_case(world.engine, accused, case.case_id),
        lambda: open_task(world.engine, accused, task_id),
        lambda: complete_task(world.engine, accused, task_id, {}),
        lambda: claim_task(world.engine, accused, task_id),
        lambda: save_draft(world.engine, accused, task_id, {}),
        lambda: reveal_parties(world.engine, accused, case.case_id, "办理"),
        lambda: list_attachments(world.engine, accused, case.case_id),
        lambda: add_attachment(world.engine, accused, case.case_id, "a.pdf", PDF),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert register(world.engine, accused).total == 0
    for box in ("mine", "claimable", "done"):
        assert inbox(world.engine, accused, InboxQuery(box=box)).total == 0


def test_a_stranger_finds_nothing(world: World) -> None:
    case = started(world)

    with pytest.raises(NotFound):
        open_case(world.engine, world.actor("rsj.banli"), case.case_id)
    assert register(world.engine, world.actor("rsj.banli")).total == 0
    assert register(world.engine, world.actor("dengji")).total == 1


def test_a_task_is_handed_to_candidates_only(world: World) -> None:
    case = started(world, "zrzyj")
    task_id = world.task(case, "check").task_id

    for person_id in ("p-zrzyj.banli", "p-zhiban"):
        with pytest.raises(Forbidden):
            transfer_task(world.engine, world.actor("dengji"), task_id, person_id, "外出")
    with pytest.raises(Forbidden):
        transfer_task(world.engine, world.actor("zhiban"), task_id, "p-zhiban", "外出")

    assert world.task(case, "check").assignee is None
    with world.engine.store.read() as work:
        assert [e.event for e in work.registers.audit_of(None)].count("AccessRefused") == 3


def test_parties_are_for_handlers_with_a_purpose_and_each_reveal_is_kept(world: World) -> None:
    case = started(world)

    (party,) = reveal_parties(world.engine, world.actor("dengji"), case.case_id, "电话核实")

    assert party.name == "张三"
    entry = world.view(case).audit[-1]
    assert (entry.event, entry.actor, entry.detail) == ("PartiesRevealed", "p-dengji", {"purpose": "电话核实"})
    with pytest.raises(InvalidState):
        reveal_parties(world.engine, world.actor("dengji"), case.case_id, "  ")
    with pytest.raises(Forbidden):
        reveal_parties(world.engine, world.actor("admin"), case.case_id, "好奇")
    assert world.events(case)[-1] == "AccessRefused"


def test_a_reveal_does_not_break_the_chain_of_the_next_step(world: World) -> None:
    case = started(world)
    reveal_parties(world.engine, world.actor("dengji"), case.case_id, "电话核实")
    complete_task(world.engine, world.actor("dengji"), world.task(case, "check").task_id, {})

    assert verify_chain(world.engine, case.case_id) == []


def test_attachments_are_kept_once_for_each_content(world: World) -> None:
    case = started(world)
    actor = world.actor("dengji")

    first = add_attachment(world.engine, actor, case.case_id, "../决定.pdf", PDF)
    world.clock.advance(timedelta(seconds=1))
    second = add_attachment(world.engine, actor, case.case_id, "副本.pdf", PDF)

    assert (first.name, first.media_type, first.size) == ("决定.pdf", "application/pdf", len(PDF))
    assert first.sha256 == second.sha256
    assert open_attachment(world.engine, actor, second.attachment_id) == (second, PDF)
    assert list_attachments(world.engine, actor, case.case_id) == (first, second)
    with pytest.raises(NotFound):
        open_attachment(world.engine, world.actor("rsj.banli"), first.attachment_id)


def test_a_bad_attachment_changes_nothing(world: World) -> None:
    case = started(world)
    actor = world.actor("dengji")
    too_large = b"%PDF-" + bytes(world.engine.settings.max_upload_bytes)

    for name, content in (("大.pdf", too_large), ("a.html", b"<html>"), ("a.pdf", b"MZ")):
        with pytest.raises(InvalidFile):
            add_attachment(world.engine, actor, case.case_id, name, content)

    assert list_attachments(world.engine, actor, case.case_id) == ()


def test_a_draft_keeps_fields_of_parties_apart_and_only_for_its_person(world: World) -> None:
    diagram = Bpmn("asking").lane("l", role="registrar").start("s", lane="l")
    diagram.user("ask", form="ask", lane="l").end("e", lane="l")
    form = a_form(a_field("name", properties={"store": "party"}), a_field("opinion"))
    world.deploy(diagram, ask=form)
    case = start_case(world.engine, world.actor("dengji"), "asking", {})
    task_id, actor = world.task(case, "ask").task_id, world.actor("dengji")

    save_draft(world.engine, actor, task_id, {"name": "张三", "opinion": "初稿"})

    assert open_task(world.engine, actor, task_id).values == {"opinion": "初稿", "name": "张三"}
    with world.engine.store.read() as work:
        kept = work.drafts.of_task(task_id, actor.person_id)
        assert kept is not None
        assert (kept.data, kept.party) == ({"opinion": "初稿"}, {"name": "张三"})
    assert open_task(world.engine, world.actor("jiedai"), task_id).values == {"opinion": None}


@pytest.mark.parametrize("task_id", ["", "none", "' OR 1=1 --", "任务"])
def test_a_task_that_does_not_exist_is_not_found(world: World, task_id: str) -> None:
    actor = world.actor("dengji")

    for attempt in (open_task, claim_task):
        with pytest.raises(NotFound):
            attempt(world.engine, actor, task_id)
    with pytest.raises(NotFound):
        complete_task(world.engine, actor, task_id, {})
