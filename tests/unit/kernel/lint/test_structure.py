"""Flows, scopes, starts, ends, gateways: a diagram that triggers each rule, and one that does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.kernel.findings import Severity
from tests.unit.kernel.bpmn_builder import Bpmn, Scope, multi_instance, standard_loop, timer_definition
from tests.unit.kernel.lint.linting import found, lint, procedure, task


def inner(scope: Scope) -> Scope:
    return scope.start("s2").user("u2", form="f", lane="L").end("e2")


def split() -> Bpmn:
    return task().exclusive("g", default="no").end("yes_end", when='kind = "1"').end("no_end", after="g", flow="no")


def sound() -> Bpmn:
    """A bit of everything that is right."""
    return (
        task()
        .parallel("fork")
        .user("a", lane="L", form="f", loop=multi_instance(over="units", item="unit"))
        .subprocess("sub", inner, lane="L", after="fork")
        .parallel("join", after=("a", "sub"))
        .exclusive("g", default="no")
        .end("e", when='kind = "1"')
        .manual("again", lane="L", after="g", flow="no")
        .flow("again", "fork")
        .timer_boundary("t", on="sub", expression="PT3H", interrupting=False)
        .end("e9")
    )


def test_a_sound_diagram_has_no_findings() -> None:
    assert found(sound()) == []


Case = tuple[str, str | None, Callable[[], Bpmn]]

CASES: list[Case] = [
    ("no-executable-process", "p", lambda: Bpmn("p", executable=False).start("s", form="f").end()),
    (
        "several-executable-processes",
        "other",
        lambda: (
            task().end().root('<process id="other" name="o" isExecutable="true"><startEvent id="s9" /></process>')
        ),
    ),
    ("process-id", "misnamed", lambda: Bpmn("misnamed").start("s", form="f").end()),
    (
        "never-run",
        "pool",
        lambda: task().end().root('<process id="pool" isExecutable="false"><startEvent id="s9" /></process>'),
    ),
    ("no-start", "p", lambda: Bpmn("p").user("u", form="f", after=()).end()),
    ("several-starts", "s9", lambda: task().end().start("s9").end("e9")),
    ("start-kind", "s9", lambda: task().end().start("s9", body=timer_definition("PT1H")).end("e9")),
    ("no-end", "p", lambda: task().flow("u", "u")),
    ("no-end", "sub", lambda: procedure().subprocess("sub", lambda s: s.start("s2").user("u2", form="f")).end()),
    ("subprocess-start", "sub", lambda: procedure().subprocess("sub", lambda s: s.end("e2", after=())).end()),
    (
        "subprocess-start",
        "s2",
        lambda: (
            procedure().subprocess("sub", lambda s: s.start("s2", body=timer_definition("PT1H")).end("e2")).end()
        ),
    ),
    ("dangling-flow", "u_to_nowhere", lambda: task().end().flow("u", "nowhere")),
    ("dangling-flow", "ghost_to_u", lambda: task().end().flow("ghost", "u")),
    ("flow-crosses-scope", "u2_to_e", lambda: procedure().subprocess("sub", inner).end("e").flow("u2", "e")),
    ("flow-into-start", "s", lambda: task().flow("u", "s").end()),
    ("flow-out-of-end", "e", lambda: task().end("e").flow("e", "u")),
    ("doubled-flow", "second", lambda: task().end("e").flow("u", "e", flow_id="second")),
    ("dead-end", "u", lambda: task().end("e", after="s")),
    ("unreachable", "lost", lambda: task().end().user("lost", form="f", lane="L", after=()).end("e9")),
    ("boundary-host", "t", lambda: task().end().timer_boundary("t", on="nobody", expression="PT1H").end("e9")),
    (
        "boundary-host",
        "t",
        lambda: procedure().script("x", "{ a: 1 }").end().timer_boundary("t", on="x", expression="PT1H").end("e9"),
    ),
    ("no-default", "g", lambda: task().exclusive("g").end("a", when='kind = "1"').end("b", after="g", when="true")),
    ("no-default", "g", lambda: task().inclusive("g").end("a", when='kind = "1"')),
    (
        "default-missing",
        "g",
        lambda: task().exclusive("g", default="s_to_u").end("a").end("b", after="g", when="true"),
    ),
    (
        "condition-on-default",
        "d",
        lambda: task().exclusive("g", default="d").end("a", when="true").end("b", after="g", flow="d", when="true"),
    ),
    ("no-condition", "g_to_a", lambda: task().exclusive("g", default="d").end("a").end("b", after="g", flow="d")),
    ("condition-ignored", "u_to_e", lambda: task().end("e", when="true")),
    (
        "condition-ignored",
        "g_to_a",
        lambda: task().parallel("g").end("a", when="true").end("b", after="g"),
    ),
    ("default-ignored", "u", lambda: procedure().user("u", form="f", lane="L", default="u_to_e").end("e")),
    ("event-gateway-target", "u2", lambda: task().event_gateway("g").user("u2", form="f", lane="L").end()),
    ("event-gateway-target", "g", lambda: task().event_gateway("g").catch_timer("t", "PT1H").end()),
    (
        "join-never-complete",
        "j",
        lambda: (
            task()
            .exclusive("g", default="d")
            .script("a", "{ x: 1 }", when="true")
            .script("b", "{ x: 2 }", after="g", flow="d")
            .parallel("j", after=("a", "b"))
            .end()
        ),
    ),
    ("event-without-trigger", "c", lambda: task().node("c", "intermediateCatchEvent").end()),
    (
        "event-kind",
        "c",
        lambda: task().node("c", "intermediateCatchEvent", body="<terminateEventDefinition />").end(),
    ),
    ("no-message", "r", lambda: task().node("r", "receiveTask").end()),
    ("unknown-message", "r", lambda: task().node("r", "receiveTask", messageRef="nope").end()),
    ("no-signal", "c", lambda: task().node("c", "intermediateThrowEvent", body="<signalEventDefinition />").end()),
    (
        "unknown-signal",
        "c",
        lambda: task().node("c", "intermediateThrowEvent", body='<signalEventDefinition signalRef="nope" />').end(),
    ),
    (
        "link-partner",
        "t",
        lambda: task().node("t", "intermediateThrowEvent", body='<linkEventDefinition name="A" />'),
    ),
    ("loop", "v", lambda: task().user("v", form="f", lane="L", loop=standard_loop()).end()),
    ("loop", "v", lambda: task().user("v", form="f", lane="L", loop=multi_instance()).end()),
    (
        "loop",
        "v",
        lambda: task().user("v", form="f", lane="L", loop=multi_instance(over="place.all", item="i")).end(),
    ),
    ("loop", "v", lambda: task().user("v", form="f", lane="L", loop=multi_instance(over="units")).end()),
    (
        "loop",
        "v",
        lambda: (
            task()
            .user("v", form="f", lane="L", loop=multi_instance(over="units", item="unit", output="answers"))
            .end()
        ),
    ),
    (
        "loop",
        "v",
        lambda: task().user("v", form="f", lane="L", loop=multi_instance(over="units", item="i", times="2")).end(),
    ),
]


@pytest.mark.parametrize(("rule", "element_id", "diagram"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_what_is_wrong_is_found(rule: str, element_id: str, diagram: Callable[[], Bpmn]) -> None:
    assert (rule, element_id) in found(diagram())


RIGHT: list[tuple[str, Callable[[], Bpmn]]] = [
    ("split with default", split),
    ("loop", lambda: task().user("v", form="f", lane="L", loop=standard_loop(maximum=3)).end()),
    (
        "multi-instance with results",
        lambda: (
            task()
            .user(
                "v",
                form="f",
                lane="L",
                loop=multi_instance(over="units", item="i", output="answers", output_item="kind"),
            )
            .end()
        ),
    ),
    (
        "multi-instance by number with results",
        lambda: (
            task()
            .user("v", form="f", lane="L", loop=multi_instance(times="3", output="answers", output_item="kind"))
            .end()
        ),
    ),
    (
        "multi-instance by number",
        lambda: task().user("v", form="f", lane="L", loop=multi_instance(times="3")).end(),
    ),
    (
        "links",
        lambda: (
            task()
            .node("t", "intermediateThrowEvent", body='<linkEventDefinition name="A" />')
            .node("c", "intermediateCatchEvent", after=(), body='<linkEventDefinition name="A" />')
            .end()
        ),
    ),
    (
        "signal",
        lambda: (
            task()
            .root('<signal id="sig" name="开会" />')
            .node("c", "intermediateThrowEvent", body='<signalEventDefinition signalRef="sig" />')
            .end()
        ),
    ),
    (
        "event gateway",
        lambda: (
            task()
            .message("m")
            .event_gateway("g")
            .catch_timer("t", "PT1H")
            .end("e1")
            .catch_message("c", "m", after="g", properties={"inputs": ""})
            .end("e2")
        ),
    ),
    ("message start besides a plain one", lambda: task().message("m").end().start("s9", message="m").end("e9")),
    ("terminate", lambda: task().end("e", body="<terminateEventDefinition />")),
]


@pytest.mark.parametrize("diagram", [d for _, d in RIGHT], ids=[name for name, _ in RIGHT])
def test_what_is_right_is_not_found(diagram: Callable[[], Bpmn]) -> None:
    assert [f for f in lint(diagram()) if f.severity is Severity.ERROR] == []


def test_a_parallel_join_behind_a_rework_loop_is_left_alone() -> None:
    diagram = (
        task()
        .parallel("fork")
        .user("a", lane="L", form="f")
        .user("b", lane="L", form="f", after="fork")
        .parallel("join", after=("a", "b"))
        .exclusive("g", default="no")
        .flow("g", "a", when='kind = "x"')
        .end("e", flow="no")
    )
    assert found(diagram) == []


def test_everything_is_reported_at_once_with_lines_and_both_languages() -> None:
    diagram = task().exclusive("g").end("a", when="true").user("v").end("b").flow("a", "u").flow("x", "y")
    findings = lint(diagram)
    assert len({f.rule for f in findings}) >= 5
    assert all(f.line and f.file == "p.bpmn" and f.message.zh != f.message.en for f in findings)
    assert [f.line for f in findings] == sorted(f.line or 0 for f in findings)
