"""Lanes, forms, actions, decisions, called procedures, properties: what a diagram refers to must exist."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.kernel.findings import Severity
from engine.kernel.lint import lint_procedure
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.unit.kernel.lint.linting import ACTIONS, FEEL, found, lint, procedure, table, task

NO_VALUE = "<spiffworkflow:properties><spiffworkflow:property name='unit' /></spiffworkflow:properties>"

CASES: list[tuple[str, str | None, Callable[[], Bpmn]]] = [
    ("no-role", "u", lambda: Bpmn("p").start("s", form="f").user("u", form="f").end()),
    ("no-role", "u", lambda: Bpmn("p").lane("L").start("s", form="f").user("u", form="f", lane="L").end()),
    ("lane-name", "M", lambda: task().lane("M", name="登记岗", role="chief").manual("m", lane="M").end()),
    ("unknown-form", "u", lambda: procedure().user("u", form="g", lane="L").end()),
    ("unknown-form", "s", lambda: Bpmn("p").start("s", form="intake").end()),
    ("unknown-form", "u", lambda: procedure().user("u", form="f", properties={"shows": "g"}, lane="L").end()),
    ("form-fields", "u", lambda: procedure().user("u", form="f", properties={"fields": "kind=x"}, lane="L").end()),
    (
        "unknown-priority",
        "u",
        lambda: procedure().user("u", form="f", properties={"priority": "high"}, lane="L").end(),
    ),
    (
        "unknown-field",
        "u",
        lambda: procedure().user("u", form="f", properties={"fields": "x: hidden"}, lane="L").end(),
    ),
    ("no-form", "u", lambda: procedure().user("u", lane="L").end()),
    ("unknown-action", "x", lambda: procedure().service("x", "send_sms").end()),
    ("unknown-parameter", "x", lambda: procedure().service("x", "register_case", {"serie": '"XF"'}).end()),
    ("missing-parameter", "x", lambda: procedure().service("x", "notify", {"role": '"chief"'}).end()),
    ("no-action", "x", lambda: procedure().node("x", "serviceTask").end()),
    ("unknown-decision", "x", lambda: procedure().decision("x", "path_off").end()),
    ("no-decision", "x", lambda: procedure().node("x", "businessRuleTask").end()),
    ("unknown-called-process", "x", lambda: procedure().call("x", "r").end()),
    ("no-called-process", "x", lambda: procedure().node("x", "callActivity").end()),
    ("calls-itself", "x", lambda: procedure().call("x", "p").end()),
    (
        "unknown-property",
        "u",
        lambda: procedure().user("u", lane="L", properties={"form": "f", "asignee": "started_by"}).end(),
    ),
    (
        "unknown-property",
        "L",
        lambda: Bpmn("p").lane("L", role="chief", units="case_unit").start("s", form="f").end(),
    ),
    ("property-value", "u", lambda: procedure().manual("u", lane="L", extensions=[NO_VALUE]).end()),
    (
        "unknown-extension",
        "u",
        lambda: (
            procedure()
            .manual("u", lane="L", extensions=["<spiffworkflow:postscript>{ a: 1 }</spiffworkflow:postscript>"])
            .end()
        ),
    ),
    (
        "foreign-extension",
        "u",
        lambda: procedure().manual("u", lane="L", extensions=['<x:formData xmlns:x="urn:other" />']).end(),
    ),
]


@pytest.mark.parametrize(("rule", "element_id", "diagram"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_what_does_not_exist_is_found(rule: str, element_id: str, diagram: Callable[[], Bpmn]) -> None:
    assert (rule, element_id) in found(diagram())


def test_what_exists_is_not_found() -> None:
    diagram = (
        task()
        .service("n", "notify", {"role": '"chief"', "topic": "kind"})
        .service("r", "register_case", result="case")
        .decision("d", "path_of")
        .call("c", "q")
        .user("again", form="f", properties={"role": "chief", "unit": "case_unit", "assignee": "started_by"})
        .end()
    )
    assert found(diagram, called_names={"q": ()}) == []


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        (procedure().service("x", "registr_case").end(), "register_case"),
        (procedure().service("x", "notify", {"role": '"a"', "topik": "kind"}).end(), "topic"),
        (procedure().decision("x", "pathof").end(), "path_of"),
        (procedure().user("x", form="F1", lane="L").end(), "f"),
        (procedure().manual("x", lane="L", properties={"case_stat": "a"}).end(), "case_state"),
    ],
)
def test_the_nearest_name_is_offered(wrong: Bpmn, meant: str) -> None:
    findings = [f for f in lint(wrong) if f.element_id == "x"]
    assert any(f"“{meant}”" in f.message.zh or f"：{meant}" in f.message.zh for f in findings)


def test_roles_are_checked_where_they_are_known() -> None:
    assert ("unknown-role", "L") in found(task().end(), roles={"registry", "chief"})
    assert found(task().end(), roles={"registrar"}) == []
    assert found(task().end()) == []


def test_typing_errors_in_properties_warn_only() -> None:
    findings = lint(procedure().user("u", lane="L", properties={"form": "f", "verbs": "登记"}).end())
    assert [(f.rule, f.severity) for f in findings] == [("unknown-property", Severity.WARNING)]


def test_an_urgent_step_is_no_finding() -> None:
    assert lint(procedure().user("u", lane="L", properties={"form": "f", "priority": "urgent"}).end()) == ()


def test_an_element_in_two_lanes() -> None:
    text = task().lane("M", name="局长", role="chief").manual("m", lane="M").end().text()
    text = text.replace("<flowNodeRef>m</flowNodeRef>", "<flowNodeRef>m</flowNodeRef><flowNodeRef>u</flowNodeRef>")
    assert found(text.encode()) == [("lane-content", "u")]


def test_a_lane_that_lists_what_does_not_exist_warns() -> None:
    text = (
        task()
        .end()
        .text()
        .replace("<flowNodeRef>u</flowNodeRef>", "<flowNodeRef>u</flowNodeRef><flowNodeRef>z</flowNodeRef>")
    )
    (finding,) = lint(text.encode())
    assert (finding.rule, finding.severity) == ("lane-content", Severity.WARNING)


def test_nested_lanes_are_no_conflict() -> None:
    text = (
        task()
        .end()
        .text()
        .replace(
            "<flowNodeRef>u</flowNodeRef></lane>",
            '<flowNodeRef>u</flowNodeRef><childLaneSet id="cs"><lane id="N" name="窗口">'
            '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="role" value="chief" />'
            "</spiffworkflow:properties></extensionElements><flowNodeRef>u</flowNodeRef></lane></childLaneSet></lane>",
        )
    )
    assert found(text.encode()) == []


def test_a_diagram_without_drawing_warns() -> None:
    (finding,) = lint(task().end().xml(drawing=False))
    assert (finding.rule, finding.severity) == ("no-drawing", Severity.WARNING)


def test_one_diagram_exactly() -> None:
    options = {"known_processes": (), "actions": ACTIONS, "feel": FEEL}
    assert [f.rule for f in lint_procedure({}, {}, **options)] == ["one-diagram"]
    both = {"a.bpmn": task().end().xml(), "b.bpmn": task().end().xml()}
    assert [f.rule for f in lint_procedure(both, {}, **options)] == ["one-diagram"]


def test_a_decision_in_two_files() -> None:
    assert ("decision-twice", "path_of") in found(task().end(), {"copy.dmn": table("path_of")})


def test_broken_tables_are_findings_of_their_file() -> None:
    findings = lint(task().end(), {"broken.dmn": b"<definitions"})
    assert findings
    assert {f.file for f in findings} == {"broken.dmn"}


def test_broken_forms_are_findings_of_their_file() -> None:
    findings = lint(task().end(), {"forms/f.form.json": b"{"})
    assert findings
    assert {f.file for f in findings} == {"forms/f.form.json"}
