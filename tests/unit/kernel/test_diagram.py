"""A well-formed file becomes a Diagram that says what the file says."""

from __future__ import annotations

from hashlib import sha256

import pytest

from engine.errors import InvalidDiagram
from engine.kernel.diagram import Diagram, read_diagram, read_leniently
from tests.unit.kernel.bpmn_builder import Bpmn, Scope, multi_instance, standard_loop


def petition() -> Bpmn:
    return (
        Bpmn("petition", name="信访件办理")
        .lane("desk", name="登记岗", role="registrar", unit="case_unit")
        .message("m1", "petition.received")
        .start("s", form="intake", role="receptionist", message="m1")
        .user("register", name="登记", lane="desk", form="register", loop=multi_instance(over="units", item="unit"))
        .exclusive("g", default="f_no")
        .script("mark", "{ major: true }", when="kind = 1")
        .end("e1")
        .service("number", "register_case", {"series": '"XF"'}, result="case", after="g", flow="f_no")
        .decision("path", "intake_path")
        .subprocess("sub", lambda s: s.start("s2").user("inner").end("e2"), lane="desk")
        .throw_message("tell", "m1", "{ a: 1 }")
        .call("order", "supervision_order", loop=standard_loop(condition="again", maximum=3))
        .end("e3")
        .timer_boundary("late", on="register", expression='deadline("T1")', interrupting=False)
        .script("remind", "{ reminded: true }")
        .end("e4")
    )


@pytest.fixture(scope="module")
def diagram() -> Diagram:
    return read_diagram(petition().xml(), "petition.bpmn")


def test_the_file_is_named_and_hashed(diagram: Diagram) -> None:
    assert (diagram.process_id, diagram.name, diagram.file) == ("petition", "信访件办理", "petition.bpmn")
    assert diagram.sha256 == sha256(petition().xml()).hexdigest()
    assert diagram.has_drawing
    assert not read_diagram(petition().xml(drawing=False)).has_drawing


def test_elements_know_kind_name_line_scope_and_lane(diagram: Diagram) -> None:
    register, inner = diagram.elements["register"], diagram.elements["inner"]
    assert (register.kind, register.name, register.scope, register.lane) == ("userTask", "登记", "petition", "desk")
    assert petition().text().splitlines()[register.line - 1].startswith('<userTask id="register"')
    assert (inner.scope, inner.lane) == ("sub", "desk")


def test_flows_are_read_from_both_sides(diagram: Diagram) -> None:
    assert diagram.elements["g"].outgoing == ("g_to_mark", "f_no")
    assert diagram.elements["mark"].incoming == ("g_to_mark",)
    assert diagram.flows["g_to_mark"].condition == "kind = 1"
    assert diagram.flows["f_no"].condition is None
    assert diagram.elements["g"].default == "f_no"


def test_boundary_timer(diagram: Diagram) -> None:
    late = diagram.elements["late"]
    assert (late.event, late.attached_to, late.interrupting) == ("timer", "register", False)
    assert [(t.kind, t.text) for t in late.timers] == [("timeDuration", 'deadline("T1")')]
    assert list(diagram.boundary_events("register")) == [late]


def test_loops(diagram: Diagram) -> None:
    many, again = diagram.elements["register"].loop, diagram.elements["order"].loop
    assert many is not None
    assert (many.kind, many.collection, many.item) == ("parallel", "units", "unit")
    assert again is not None
    assert (again.kind, again.condition, again.maximum) == ("standard", "again", "3")


def test_service_call(diagram: Diagram) -> None:
    call = diagram.elements["number"].service
    assert call is not None
    assert (call.action, call.params, call.result) == ("register_case", {"series": '"XF"'}, "case")


def test_what_the_diagram_refers_to(diagram: Diagram) -> None:
    assert diagram.called_elements == ("supervision_order",)
    assert diagram.decisions == ("intake_path",)
    assert diagram.forms == ("intake", "register")
    assert diagram.messages == {"m1": "petition.received"}


def test_how_it_starts(diagram: Diagram) -> None:
    assert (diagram.start_form, diagram.start_role) == ("intake", "receptionist")
    assert diagram.start_messages == ("petition.received",)


def test_lanes(diagram: Diagram) -> None:
    lane = diagram.lane_of("register")
    assert lane is not None
    assert (lane.name, lane.role, lane.unit) == ("登记岗", "registrar", "case_unit")
    assert diagram.lane_of("g") is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "gbk", "big5"])
def test_encodings_that_chinese_offices_have(encoding: str) -> None:
    text = Bpmn("p", name="信任").start().user("a").end().text()
    content = text.replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert read_diagram(content).name == "信任"


def test_a_comment_anywhere_does_no_harm() -> None:
    text = Bpmn("p").start().user("a").end().text().replace("<process", "<!-- <!DOCTYPE x> --><process")
    assert read_diagram(text.encode()).process_id == "p"


def test_duplicate_ids_are_named_once_with_both_lines() -> None:
    twice = Bpmn("p").start().user("a").node("a", "userTask", after=()).end("e", after=())
    with pytest.raises(InvalidDiagram) as refused:
        read_diagram(twice.xml(drawing=False))
    (finding,) = refused.value.findings
    assert (finding.rule, finding.element_id) == ("duplicate-id", "a")
    assert finding.line is not None
    assert str(finding.line - 1) in finding.message.zh


def test_the_schema_is_checked_and_every_error_reported_in_the_order_of_lines() -> None:
    text = Bpmn("p").start().user("a").user("b").end().text()
    text = text.replace('<userTask id="a"', '<userTask foo="1" id="a"').replace(
        '<userTask id="b"', '<userTask id="b c"'
    )
    _, findings = read_leniently(text.replace('sourceRef="start"', "").encode())
    assert [(f.rule, f.element_id) for f in findings] == [
        ("schema", "a"),
        ("schema", "b c"),
        ("schema", "start_to_a"),
    ]
    assert "不允许有属性“foo”" in findings[0].message.zh
    assert "不是合法的 ID" in findings[1].message.zh
    assert "缺少必填属性“sourceRef”" in findings[2].message.zh


def test_a_misplaced_element_is_explained() -> None:
    text = Bpmn("p").start().xml_part("<nonsense />").text()
    _, findings = read_leniently(text.encode())
    assert [f.rule for f in findings] == ["schema"]
    assert "“nonsense”不能放在这里" in findings[0].message.zh


def test_nested_subprocesses() -> None:
    def outer(s: Scope) -> None:
        s.start("s1").subprocess("deep", lambda d: d.start("s2").user("u").end("e2")).end("e1")

    diagram = read_diagram(Bpmn("p").start().subprocess("sub", outer).end().xml())
    assert [e.id for e in diagram.within("deep")] == ["s2", "u", "e2"]
    assert diagram.elements["deep"].scope == "sub"
