"""Diagrams of other tools: opened whole, or refused with what to do; nothing of theirs is lost."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidDiagram
from engine.kernel.diagram import read_leniently
from engine.kernel.diagram_adopt import adopt_diagram, processes_of
from engine.kernel.findings import Finding
from engine.kernel.lint import lint_procedure
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.unit.kernel.foreign import Export, exports
from tests.unit.kernel.lint.linting import ACTIONS, FEEL

EXPORTS = exports()


def lint(content: bytes) -> tuple[Finding, ...]:
    known = {"shenqing"}
    return lint_procedure({"shenqing.bpmn": content}, {}, known_processes=known, actions=ACTIONS, feel=FEEL)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_of_another_tool_opens_and_keeps_what_is_its_own(name: str) -> None:
    export = EXPORTS[name]
    adopted = adopt_diagram(export.content, f"{name}.bpmn", key="shenqing")

    text = adopted.content.decode()
    assert all(piece in text for piece in export.kept)
    assert "<!-- exported -->" in text
    assert (adopted.tool, adopted.process_id) == (export.tool.split(",")[0], "shenqing")
    assert len(adopted.processes) == export.processes
    assert adopted.is_drawn == (name != "undrawn")
    diagram, _ = read_leniently(adopted.content, "shenqing.bpmn")
    assert diagram.elements["a"].name == "受理审核"
    assert [process.id for process in diagram.processes if process.is_executable] == ["shenqing"]


@pytest.mark.parametrize("name", EXPORTS)
def test_its_findings_name_the_line(name: str) -> None:
    content = adopt_diagram(EXPORTS[name].content, "shenqing.bpmn", key="shenqing").content
    findings = lint(content)
    assert findings, "nobody's file runs here as it is: it names no role"
    assert all(finding.line or finding.rule == "no-drawing" for finding in findings), findings


def test_once_more_changes_nothing() -> None:
    for name, export in EXPORTS.items():
        once = adopt_diagram(export.content, name, key="shenqing")
        assert adopt_diagram(once.content, name, key="shenqing").content == once.content, name


def test_of_several_pools_one_is_chosen() -> None:
    export = EXPORTS["bizagi"]
    office, petitioner = processes_of(export.content, "b.bpmn")
    assert (office.name, office.steps, petitioner.name, petitioner.steps) == ("信访局", 3, "来信人", 0)
    adopted = adopt_diagram(export.content, "b.bpmn", process=petitioner.id, key="laixin")
    assert 'processRef="laixin"' in adopted.content.decode()
    assert adopted.name == "来信人"


@pytest.mark.parametrize("key", ["", "1a", "a b", "信访", "a" * 80, "s"])
def test_an_id_that_cannot_be_is_refused(key: str) -> None:
    content = EXPORTS["gb18030"].content
    if key == "":
        assert adopt_diagram(content, "x", key=key).process_id == "apply"
        return
    with pytest.raises(InvalidDiagram) as refused:
        adopt_diagram(content, "x", key=key)
    assert [finding.rule for finding in refused.value.findings] == ["process-id"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<html/>", "not-bpmn"),
        (b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", "no-process"),
        (b"\x00\x01", "xml-not-xml"),
        (b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>", "xml-encoding"),
    ],
)
def test_what_is_no_procedure_is_refused(content: bytes, rule: str) -> None:
    with pytest.raises(InvalidDiagram) as refused:
        adopt_diagram(content, "x.bpmn")
    assert [finding.rule for finding in refused.value.findings] == [rule]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(EXPORTS)), st.integers(0, 6_000), st.integers(0, 80), st.binary(max_size=12))
def test_damaged_files_are_adopted_or_refused(name: str, at: int, length: int, put: bytes) -> None:
    content = EXPORTS[name].content
    at %= len(content)
    damaged = content[:at] + put + content[at + length :]
    with suppress(InvalidDiagram):
        adopted = adopt_diagram(damaged, "x.bpmn", key="shenqing")
        assert isinstance(lint(adopted.content), tuple)


def test_our_own_files_stay_as_they_run() -> None:
    own = Bpmn("p", name="信访").lane("L", role="registrar").start().user("a", lane="L").end().xml()
    adopted = adopt_diagram(own, "p.bpmn")
    before, after = read_leniently(own, "p.bpmn")[0], read_leniently(adopted.content, "p.bpmn")[0]
    assert before.elements.keys() == after.elements.keys()
    assert isinstance(EXPORTS["adonis"], Export)
