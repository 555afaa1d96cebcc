"""Deploying procedures."""

from __future__ import annotations

import pytest

from engine.cases.start import start_case
from engine.definitions.deploy import check_procedure, deploy_procedure
from engine.definitions.read import diagram_xml, list_definitions, open_definition, start_form, startable
from engine.errors import Forbidden, InvalidDiagram, NotFound
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, files_of, two_step_forms, two_steps


def test_the_same_content_deploys_nothing_new(two: World) -> None:
    again = two.deploy(two_steps(), **two_step_forms())
    forms = two_step_forms()
    forms["sign"]["components"][0]["label"] = "同意办理"
    changed = two.deploy(two_steps(), **forms)

    assert (again.version, changed.version) == (1, 2)
    assert again.sha256 != changed.sha256
    assert [(d.version, d.is_current) for d in list_definitions(two.engine, two.actor("dengji"))] in (
        [(1, False), (2, True)],
        [(2, True), (1, False)],
    )


def test_a_running_case_stays_on_its_version(two: World) -> None:
    case = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "T"})
    diagram = two_steps()
    diagram.nodes[2].attributes["name"] = "改名"

    changed = two.deploy(diagram, **two_step_forms())

    assert changed.version == 2
    assert two.view(case).instances[0].definition_id != changed.definition_id


def test_all_findings_and_nothing_stored(world: World) -> None:
    bad = (
        Bpmn("bad")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .user("u", form="missing", lane="l")
        .service("a", "no_such_action", lane="l")
        .end("e", lane="l")
    )

    with pytest.raises(InvalidDiagram) as caught:
        world.deploy(bad)

    named = {finding.element_id for finding in caught.value.findings if finding.is_error}
    assert {"u", "a"} <= named
    assert list_definitions(world.engine, world.actor("admin")) == ()
    assert check_procedure(world.engine, "bad", files_of(bad)) == caught.value.findings


@pytest.mark.parametrize("content", [b"", b"not xml", b"<a/>", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'])
def test_hostile_bytes_are_findings(world: World, content: bytes) -> None:
    with pytest.raises(InvalidDiagram):
        deploy_procedure(world.engine, None, "bad", {"bad.bpmn": content})


def test_no_diagram_is_a_finding(world: World) -> None:
    with pytest.raises(InvalidDiagram):
        deploy_procedure(world.engine, None, "bad", {"README.md": b"x"})


def test_only_a_process_admin_deploys(world: World) -> None:
    files = files_of(two_steps(), **two_step_forms())

    with pytest.raises(Forbidden):
        deploy_procedure(world.engine, world.actor("dengji"), "two_steps", files)

    assert deploy_procedure(world.engine, world.actor("admin"), "two_steps", files).deployed_by == "p-admin"


def caller() -> Bpmn:
    diagram = Bpmn("caller").lane("l", role="registrar").start("s", lane="l")
    return diagram.call("c", "called", lane="l").end("e", lane="l")


def called(name: str) -> Bpmn:
    diagram = Bpmn("called").lane("l", role="registrar").start("s", lane="l")
    return diagram.manual("m", name=name, lane="l").end("e", lane="l")


def test_a_caller_is_pinned_to_the_version_of_its_time(world: World) -> None:
    with pytest.raises(InvalidDiagram):
        world.deploy(caller())
    first = world.deploy(called("第一版"))
    pinned = world.deploy(caller())
    world.deploy(called("第二版"))

    case = start_case(world.engine, world.actor("dengji"), "caller", {})

    assert pinned.calls == {"called": first.definition_id}
    (task,) = world.tasks(case)
    assert (task.name, task.definition_id, task.procedure) == ("第一版", first.definition_id, "called")
    repinned = world.deploy(caller())
    assert repinned.version == 2


def test_reading(two: World) -> None:
    actor = two.actor("jiedai")
    (summary,) = list_definitions(two.engine, actor)

    assert b"two_steps" in diagram_xml(two.engine, actor, summary.definition_id)
    assert open_definition(two.engine, actor, summary.definition_id).name == "两步办理"
    assert [c["key"] for c in start_form(two.engine, actor, "two_steps")["components"]][:2] == ["title", "demand"]
    assert startable(two.engine, actor) == [("two_steps", "两步办理")]
    assert startable(two.engine, two.actor("dengji")) == []
    with pytest.raises(NotFound):
        open_definition(two.engine, actor, "none")
