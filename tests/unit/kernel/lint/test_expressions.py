"""FEEL, scripts, timers and names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.kernel.findings import Severity
from engine.kernel.lint import variables_set_by
from tests.unit.kernel.bpmn_builder import Bpmn, Scope, multi_instance, timer_definition
from tests.unit.kernel.lint.linting import FEEL, FORM, found, lint, procedure, table, task


def choice(condition: str) -> Bpmn:
    return task().exclusive("g", default="d").end("a", when=condition).end("b", after="g", flow="d")


def reminder(expression: str, *, interrupting: bool = False) -> Bpmn:
    return task().end().timer_boundary("t", on="u", expression=expression, interrupting=interrupting).end("e9")


CASES: list[tuple[str, str, Callable[[], Bpmn]]] = [
    ("feel", "g_to_a", lambda: choice("kind = ")),
    ("feel", "g_to_a", lambda: choice('kind == "1"')),
    ("feel", "g_to_a", lambda: choice('= kind = "1"')),
    ("feel", "g_to_a", lambda: choice("  ")),
    ("feel", "x", lambda: procedure().service("x", "notify", {"role": "(", "topic": "kind"}).end()),
    ("feel", "L", lambda: Bpmn("p").lane("L", role="chief", unit="case_unit +").start("s", form="f").end()),
    ("feel", "u", lambda: procedure().manual("u", lane="L", properties={"hint": "if"}).end()),
    ("feel", "u", lambda: procedure().manual("u", lane="L", loop=multi_instance(times="3 +")).end()),
    ("script", "x", lambda: procedure().script("x", "kind = 3").end()),
    ("script", "x", lambda: procedure().script("x", "import os\nos.system('x')").end()),
    ("script", "x", lambda: procedure().script("x", "{ a: }").end()),
    ("script", "x", lambda: procedure().node("x", "scriptTask").end()),
    ("script-language", "x", lambda: procedure().script("x", "{ a: 1 }", scriptFormat="python").end()),
    (
        "script",
        "u",
        lambda: (
            procedure()
            .manual("u", lane="L", extensions=["<spiffworkflow:preScript>a = 1</spiffworkflow:preScript>"])
            .end()
        ),
    ),
    ("unreadable-name", "x", lambda: procedure().script("x", "{ all: 1 }").end()),
    ("unreadable-name", "x", lambda: procedure().service("x", "register_case", result="date").end()),
    (
        "script-ignored",
        "x",
        lambda: (
            procedure()
            .script("x", "{ a: 1 }", extensions=["<spiffworkflow:preScript>{ b: 1 }</spiffworkflow:preScript>"])
            .end()
        ),
    ),
    ("timer", "t", lambda: task().catch_timer("t", "null").end()),
    ("timer", "t", lambda: reminder("PT")),
    ("timer", "t", lambda: reminder("P3H")),
    ("timer", "t", lambda: reminder("2026-02-30")),
    ("timer", "t", lambda: reminder('"three hours"')),
    ("timer", "t", lambda: reminder("P1.5D")),
    ("timer", "t", lambda: reminder("3")),
    ("timer", "t", lambda: reminder("working days(")),
    ("timer", "t", lambda: reminder("")),
    ("timer", "t", lambda: reminder("R3/")),
    ("timer", "t", lambda: task().end().boundary("t", "<timerEventDefinition />", on="u").end("e9")),
    (
        "timer",
        "t",
        lambda: (
            task()
            .end()
            .boundary("t", timer_definition("PT1H").replace("</timerE", "<timeDate>x</timeDate></timerE"), on="u")
            .end("e9")
        ),
    ),
    ("timer-cycle", "t", lambda: reminder("R3/PT1H", interrupting=True)),
    ("timer-cycle", "t", lambda: task().catch_timer("t", "R3/PT1H", "timeCycle").end()),
    ("unknown-deadline", "t", lambda: reminder('deadline("T44")')),
    ("unknown-deadline", "t", lambda: reminder('share of(deadline("order"), 0.5)')),
    ("unknown-name", "g_to_a", lambda: choice('kinds = "1"')),
    ("unknown-name", "g_to_a", lambda: choice('phone = "1"')),
    ("unknown-name", "t", lambda: reminder("working days(limit)")),
    (
        "unknown-name",
        "u",
        lambda: procedure().manual("u", lane="L", loop=multi_instance(over="many", item="i")).end(),
    ),
    ("unknown-name", "x", lambda: procedure().decision("x", "reads_other").end()),
]


@pytest.mark.parametrize(("rule", "element_id", "diagram"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_what_is_wrong_is_found(rule: str, element_id: str, diagram: Callable[[], Bpmn]) -> None:
    findings = lint(diagram(), {"other.dmn": table("reads_other", reads="nobody_sets_this")})
    assert (rule, element_id, Severity.ERROR) in [(f.rule, f.element_id, f.severity) for f in findings]


@pytest.mark.parametrize(
    "condition",
    [
        'kind = "=="',
        "count([1, 2]) > 1 and case_number = null",
        "some n in [1, 2] satisfies n > 1",
        'place.street = "解放路"',
        "completed_by = started_by",
    ],
)
def test_sound_conditions(condition: str) -> None:
    assert found(choice(condition)) == []


@pytest.mark.parametrize(
    "expression",
    [
        '"PT3H"',
        "PT3H",
        "P1Y2M3DT4H5M6S",
        "P2W",
        "2026-10-01",
        "2026-10-01T09:00:00+08:00",
        "2026-10-01T01:00:00Z",
        "R3/PT1H",
        "R/P1D",
        "working days(5)",
        "calendar days(15, started_at)",
        'deadline("T4")',
        'share of(deadline("T4"), 0.5)',
        "end of month()",
        'duration("PT3H")',
        "if units > 1 then working days(5) else null",
    ],
)
def test_sound_timers(expression: str) -> None:
    assert found(reminder(expression)) == []


def test_a_time_without_offset_warns() -> None:
    (finding,) = lint(reminder("2026-10-01T09:00:00"))
    assert (finding.rule, finding.severity) == ("timer-offset", Severity.WARNING)


def test_a_deadline_needs_the_table_of_rules() -> None:
    assert found(reminder('deadline("T4")'), shared={}) == [("unknown-deadline", "t")]


def test_every_way_to_set_a_variable_counts() -> None:
    diagram = (
        task()
        .script("set", '{ a: 1, "b": { nested: 2 }, 次数: [1, { inner: 3 }] }')
        .manual(
            "scripts", lane="L", extensions=["<spiffworkflow:postScript>{ later: 1 }</spiffworkflow:postScript>"]
        )
        .service("act", "register_case", result="case")
        .decision("rule", "path_of")
        .manual("many", lane="L", loop=multi_instance(over="units", item="unit"))
        .exclusive("g", default="d")
        .end("e", when="[a, b, 次数, later, case, path, kind, units, place] = null")
        .end("e2", after="g", flow="d")
    )
    assert found(diagram) == []
    inner = diagram.flow("g", "many", flow_id="f3", when="nested = inner")
    assert found(inner) == [("unknown-name", "f3"), ("unknown-name", "f3")]


def test_the_item_of_a_multi_instance_is_known_inside_only() -> None:
    def each(scope: Scope) -> Scope:
        return scope.start("s2").user("u2", form="f", properties={"unit": "unit"}).end("e2")

    diagram = procedure().subprocess("many", each, lane="L", loop=multi_instance(over="units", item="unit"))
    assert found(diagram.exclusive("g", default="d").end("e", flow="d")) == []
    outside = diagram.end("e9", after="g", when="unit = 1")
    assert found(outside) == [("unknown-name", "g_to_e9")]


def test_the_item_is_unknown_where_the_activity_evaluates_once() -> None:
    script = "<spiffworkflow:preScript>{ a: unit }</spiffworkflow:preScript>"
    loop = multi_instance(over="units", item="unit")
    assert found(procedure().manual("u", lane="L", extensions=[script], loop=loop).end()) == [("unknown-name", "u")]


def test_a_result_that_no_instance_sets_is_found() -> None:
    loop = multi_instance(over="units", item="unit", output="answers", output_item="outcome")
    assert found(procedure().user("u", lane="L", form="f", loop=loop).end()) == [("unknown-name", "u")]


def test_declared_inputs_and_outputs_of_the_process() -> None:
    declared = (
        '<ioSpecification><dataInput id="brought" name="带来" /><dataOutput id="result" name="结果" />'
        "<inputSet /><outputSet /></ioSpecification><laneSet"
    )
    diagram = deciding(Bpmn("p").lane("L", role="chief").start("s")).text().replace("<laneSet", declared)
    assert found(diagram.encode()) == []
    assert variables_set_by({"p.bpmn": diagram.encode()}, {}, feel=FEEL) == {"result"}


def test_the_nearest_variable_is_offered() -> None:
    (finding,) = lint(choice('kinds = "1"'))
    assert "“kind”" in finding.message.zh


def severity_of_unknown(diagram: Bpmn, **rest: object) -> set[Severity]:
    return {f.severity for f in lint(diagram, **rest) if f.rule == "unknown-name"}


def deciding(diagram: Bpmn) -> Bpmn:
    return diagram.exclusive("g", default="d").end("a", when="brought = 1").end("b", after="g", flow="d")


def test_unknown_names_warn_where_a_caller_may_bring_them() -> None:
    assert severity_of_unknown(deciding(Bpmn("p").start("s"))) == {Severity.WARNING}


def test_inputs_of_the_start_event_close_the_set() -> None:
    assert severity_of_unknown(deciding(Bpmn("p").start("s", properties={"inputs": "brought, other"}))) == set()
    assert severity_of_unknown(deciding(Bpmn("p").start("s", properties={"inputs": "other"}))) == {Severity.ERROR}


def test_unknown_names_warn_behind_a_message_without_inputs() -> None:
    def waiting(**rest: object) -> Bpmn:
        return deciding(procedure().message("m").catch_message("c", "m", **rest))

    assert severity_of_unknown(waiting()) == {Severity.WARNING}
    assert severity_of_unknown(waiting(properties={"inputs": "brought"})) == set()
    assert severity_of_unknown(waiting(properties={"inputs": ""})) == {Severity.ERROR}


def test_unknown_names_warn_where_a_called_procedure_is_not_at_hand() -> None:
    diagram = deciding(procedure().call("c", "q"))
    assert severity_of_unknown(diagram) == {Severity.WARNING}
    assert severity_of_unknown(diagram, called_names={"q": {"brought"}}) == set()
    assert severity_of_unknown(diagram, called_names={"q": {"other"}}) == {Severity.ERROR}


def test_variables_that_a_procedure_sets() -> None:
    files = {"p.bpmn": task().script("x", "{ settled: true }").end().xml(), "forms/f.form.json": FORM}
    assert variables_set_by(files, {}, feel=FEEL) == {"kind", "units", "place", "settled"}


def test_findings_say_line_and_position() -> None:
    (finding,) = lint(reminder("working days("))
    assert "第" in finding.message.zh
    assert "character" in finding.message.en
    assert reminder("working days(").text().splitlines()[(finding.line or 0) - 1].startswith("<boundaryEvent")
