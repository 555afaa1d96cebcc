"""Business rule tasks: what a table gives becomes variables."""

from __future__ import annotations

import pytest

from engine.errors import StepFailed
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.unit.kernel.instance import Instance, source_of

_HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:test">'


def table(policy: str, *rules: tuple[str, str], output: str = "path", kind: str = "string") -> bytes:
    """A table over `n` with one output."""
    rows = "".join(
        f'<rule id="r{i}"><inputEntry id="i{i}"><text>{when}</text></inputEntry>'
        f'<outputEntry id="o{i}"><text>{then}</text></outputEntry></rule>'
        for i, (when, then) in enumerate(rules)
    )
    return (
        f'{_HEAD}<decision id="route" name="route"><decisionTable id="t" {policy}>'
        '<input id="in"><inputExpression id="ie" typeRef="number"><text>n</text></inputExpression></input>'
        f'<output id="out" name="{output}" typeRef="{kind}" />{rows}</decisionTable></decision></definitions>'
    ).encode()


def decided(content: bytes, n: object) -> object:
    diagram = Bpmn().start().decision("decide", "route", name="分流").user("then").end()
    return Instance(source_of(diagram, route__dmn=content), {"n": n}).data


def test_a_single_hit_gives_each_output_under_its_name() -> None:
    content = table('hitPolicy="UNIQUE"', ("&lt; 5", '"few"'), ("&gt;= 5", '"many"'))

    assert decided(content, 7) == {"n": 7, "path": "many"}


def test_no_hit_gives_null() -> None:
    assert decided(table('hitPolicy="UNIQUE"', ("&lt; 5", '"few"')), 7) == {"n": 7, "path": None}


def test_collected_hits_come_under_the_id_of_the_decision() -> None:
    content = table('hitPolicy="COLLECT"', ("&gt; 1", '"a"'), ("&gt; 2", '"b"'))

    assert decided(content, 7) == {"n": 7, "route": ["a", "b"]}


def test_an_aggregation_comes_under_the_name_of_its_output() -> None:
    content = table(
        'hitPolicy="COLLECT" aggregation="SUM"', ("&gt; 1", "1"), ("&gt; 2", "2"), output="points", kind="number"
    )

    assert decided(content, 7) == {"n": 7, "points": 3}


def test_a_violated_hit_policy_fails_the_step() -> None:
    content = table('hitPolicy="UNIQUE"', ("&gt; 1", '"a"'), ("&gt; 2", '"b"'))

    with pytest.raises(StepFailed, match="分流") as caught:
        decided(content, 7)
    assert caught.value.element_id == "decide"


def test_a_missing_table_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="决策表"):
        Instance(Bpmn().start().decision("decide", "nowhere").end())
