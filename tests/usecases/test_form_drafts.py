"""A form that starts a case: its draft, its files; a task's form: what its files must be."""

from __future__ import annotations

import pytest

from engine.cases.form_files import Upload
from engine.cases.start import start_case
from engine.errors import Forbidden, InvalidForm
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_start_draft, start_draft
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form


def deploy(world: World) -> None:
    diagram = Bpmn("filing").lane("l", role="registrar").start("s", form="begin", lane="l")
    diagram.user("check", form="check", lane="l").end("e", lane="l")
    begin = a_form(
        a_field("subject", required=True),
        a_field("name", properties={"store": "party"}),
        a_field("letter", "filepicker", multiple=True),
    )
    world.deploy(diagram, begin=begin, check=a_form(a_field("proof", "filepicker", required=True)))


def test_a_draft_is_kept_until_the_case_is_registered(world: World) -> None:
    deploy(world)
    me = world.actor("dengji")

    save_start_draft(world.engine, me, "filing", {"subject": "来信", "name": "张三"})

    kept = start_draft(world.engine, me, "filing")
    assert kept is not None
    assert (kept.data, kept.party) == ({"subject": "来信"}, {"name": "张三"})
    with pytest.raises(Forbidden):
        start_draft(world.engine, world.actor("zrzyj.banli"), "filing")
    start_case(world.engine, me, "filing", {"subject": "来信"})
    assert start_draft(world.engine, me, "filing") is None


def test_files_come_with_the_case_or_not_at_all(world: World) -> None:
    deploy(world)
    me = world.actor("dengji")
    files = [Upload("来信.txt", "材料".encode()), Upload("骗.pdf", b"MZ")]

    with pytest.raises(InvalidForm) as refused:
        start_case(world.engine, me, "filing", {"subject": "来信", "letter": _named(files)}, uploads=files)
    assert [error.path for error in refused.value.errors] == ["letter"]
    case = start_case(world.engine, me, "filing", {"subject": "来信", "letter": _named(files[:1])}, uploads=files)

    with world.engine.store.read() as work:
        (attachment,) = work.registers.attachments(case.case_id)
    assert (attachment.name, attachment.field) == ("来信.txt", "letter")
    assert world.task(case, "check").data["letter"] == [{"id": attachment.attachment_id, "name": "来信.txt"}]
    assert "AttachmentAdded" in world.events(case)


def test_a_task_takes_files_of_its_own_case_only(world: World) -> None:
    deploy(world)
    me = world.actor("dengji")
    letter = [Upload("来信.txt", b"a")]
    ours, other = (
        start_case(world.engine, me, "filing", {"subject": "来信", "letter": _named(letter)}, uploads=letter)
        for _ in range(2)
    )
    with world.engine.store.read() as work:
        mine, theirs = (work.registers.attachments(case.case_id)[0].attachment_id for case in (ours, other))
    task = world.task(ours, "check").task_id

    for wrong in ([], [{"id": theirs, "name": "a"}], [{"upload": 0, "name": "a"}], "x"):
        with pytest.raises(InvalidForm):
            complete_task(world.engine, me, task, {"proof": wrong})
    complete_task(world.engine, me, task, {"proof": [{"id": mine, "name": "another name"}]})

    assert world.task(ours, "check").result == {"proof": [{"id": mine, "name": "来信.txt"}]}


def _named(files: list[Upload]) -> list[dict[str, object]]:
    return [{"upload": number, "name": file.name} for number, file in enumerate(files)]
