"""Decision tables: the hit policies and aggregations of DMN, on the examples of its chapter 8.

Source: DMN 1.3, 8.2.10 (the applicant's risk rating, discounts) and 8.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import pytest

from engine.kernel.decisions import Decision, DecisionError, evaluate, parse_decisions
from engine.kernel.feel import Feel, FeelError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FEEL = Feel()
DMN_1_3 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(
    inputs: Sequence[tuple[str, str] | tuple[str, str, str]],
    outputs: Sequence[tuple[str, str] | tuple[str, str, str]],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    namespace: str = DMN_1_3,
    default: str = "",
) -> bytes:
    """A file with one decision `d`: inputs (expression, type[, allowed]), outputs (name, type[, allowed])."""
    parts = [f'<definitions xmlns="{namespace}" id="f" name="f" namespace="urn:t"><decision id="d" name="表">']
    attributes = f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    parts.append(f'<decisionTable id="t" {attributes}>')
    for text, kind, *allowed in inputs:
        values = f"<inputValues><text>{escape(allowed[0])}</text></inputValues>" if allowed else ""
        parts.append(
            f'<input label="{text}"><inputExpression typeRef="{kind}"><text>{text}</text></inputExpression>'
        )
        parts.append(f"{values}</input>")
    for name, kind, *allowed in outputs:
        values = f"<outputValues><text>{escape(allowed[0])}</text></outputValues>" if allowed else ""
        fallback = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        parts.append(f'<output name="{name}" typeRef="{kind}">{values}{fallback}</output>')
    for number, cells in enumerate(rules, start=1):
        tests, entries = cells[: len(inputs)], cells[len(inputs) :]
        parts.append(f'<rule id="r{number}">')
        parts += [f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in tests]
        parts += [f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in entries]
        parts.append("</rule>")
    return "\n".join([*parts, "</decisionTable></decision></definitions>"]).encode()


def decide(content: bytes, **data: Any) -> Any:
    (decision,) = parse_decisions(content, "t.dmn", FEEL)
    return evaluate(decision, data, FEEL, NOW)


RISK_INPUTS = [("age", "number"), ("history", "string", '"good","bad"'), ("existing", "boolean")]
RISK = [
    ["[18..60]", '"good"', "-", '"Medium"'],
    [">60", '"good"', "-", '"High"'],
    ["[18..60]", '"bad"', "-", '"High"'],
    ["<18", "-", "true", '"Low"'],
]


@pytest.mark.parametrize(
    "namespace",
    [DMN_1_3, "http://www.omg.org/spec/DMN/20180521/MODEL/", "http://www.omg.org/spec/DMN/20151101/dmn.xsd"],
)
def test_unique_in_each_version_of_the_standard(namespace: str) -> None:
    content = table(RISK_INPUTS, [("risk", "string")], RISK, namespace=namespace)

    assert decide(content, age=61, history="good", existing=False) == {"risk": "High"}
    assert decide(content, age=18, history="good", existing=False) == {"risk": "Medium"}


def test_no_hit_is_null_for_every_output_or_the_default() -> None:
    outputs = [("a", "string"), ("b", "number")]
    rules = [["> 5", '"x"', "1"]]

    assert decide(table([("n", "number")], outputs, rules), n=1) == {"a": None, "b": None}
    assert decide(table([("n", "number")], [("a", "string")], [["> 5", '"x"']], default='"none"'), n=1) == {
        "a": "none"
    }


def test_unique_refuses_two_hits_and_names_the_rules() -> None:
    content = table([("n", "number")], [("a", "string")], [["> 1", '"x"'], ["> 2", '"y"']])

    with pytest.raises(DecisionError) as caught:
        decide(content, n=3)

    assert caught.value.rules == ("r1", "r2")
    assert "第 1、2 条规则" in caught.value.message.zh


def test_first_takes_the_first_in_rule_order() -> None:
    content = table([("n", "number")], [("a", "string")], [["> 2", '"y"'], ["> 1", '"x"']], policy="FIRST")

    assert decide(content, n=3) == {"a": "y"}
    assert decide(content, n=2) == {"a": "x"}


def test_any_needs_equal_outputs() -> None:
    equal = table([("n", "number")], [("a", "string")], [["> 1", '"x"'], ["> 2", '"x"']], policy="ANY")
    differing = table([("n", "number")], [("a", "string")], [["> 1", '"x"'], ["> 2", '"y"']], policy="ANY")

    assert decide(equal, n=3) == {"a": "x"}
    with pytest.raises(DecisionError, match="ANY"):
        decide(differing, n=3)


PRIORITIES = '"High","Medium","Low"'
OVERLAPPING = [["> 1", '"Low"'], ["> 2", '"High"'], ["> 0", '"Medium"']]


def test_priority_takes_the_output_that_comes_first_in_its_values() -> None:
    content = table([("n", "number")], [("a", "string", PRIORITIES)], OVERLAPPING, policy="PRIORITY")

    assert [decide(content, n=n) for n in (3, 2, 1, 0)] == [
        {"a": "High"},
        {"a": "Medium"},
        {"a": "Medium"},
        {"a": None},
    ]


def test_priority_compares_outputs_from_left_to_right() -> None:
    outputs = [("a", "string", '"x","y"'), ("b", "number", "2,1")]
    rules = [["-", '"y"', "2"], ["-", '"x"', "1"], ["-", '"x"', "2"]]

    assert decide(table([("n", "number")], outputs, rules, policy="PRIORITY"), n=1) == {"a": "x", "b": 2}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("OUTPUT ORDER", ["High", "Medium", "Low"]),
        ("RULE ORDER", ["Low", "High", "Medium"]),
        ("COLLECT", ["Low", "High", "Medium"]),
    ],
)
def test_multiple_hits_in_order(policy: str, expected: list[str]) -> None:
    content = table([("n", "number")], [("a", "string", PRIORITIES)], OVERLAPPING, policy=policy)

    assert decide(content, n=3) == expected
    assert decide(content, n=-1) == []


def test_hits_with_several_outputs_are_contexts() -> None:
    content = table([("n", "number")], [("a", "string"), ("b", "number")], [["> 1", '"x"', "n"]], policy="COLLECT")

    assert decide(content, n=3) == [{"a": "x", "b": 3}]


@pytest.mark.parametrize(
    ("aggregation", "expected", "empty"),
    [("SUM", 0.6, None), ("MIN", 0.1, None), ("MAX", 0.3, None), ("COUNT", 3, 0)],
)
def test_collect_aggregates(aggregation: str, expected: float, empty: object) -> None:
    rules = [["> 1", "0.1"], ["> 2", "0.2"], ["> 0", "0.3"]]
    content = table([("n", "number")], [("a", "number")], rules, policy="COLLECT", aggregation=aggregation)

    assert decide(content, n=3) == expected
    assert decide(content, n=-1) == empty


def test_equal_outputs_count_and_add_up_each() -> None:
    rules = [["-", "2"], ["-", "2"]]

    def collect(aggregation: str) -> Any:
        return decide(
            table([("n", "number")], [("a", "number")], rules, policy="COLLECT", aggregation=aggregation), n=1
        )

    assert (collect("SUM"), collect("COUNT")) == (4, 2)


def test_aggregating_text_is_refused() -> None:
    content = table([("n", "number")], [("a", "string")], [["-", '"x"']], policy="COLLECT", aggregation="SUM")

    with pytest.raises(DecisionError, match="SUM"):
        decide(content, n=1)


def test_decimals_and_expressions_in_cells() -> None:
    content = table([("total * 2", "number")], [("a", "number")], [["> limit", "total + 1"]])

    assert decide(content, total=Decimal("10.05"), limit=20) == {"a": Decimal("11.05")}


def test_a_missing_input_is_named() -> None:
    with pytest.raises(DecisionError) as caught:
        decide(table(RISK_INPUTS, [("risk", "string")], RISK), age=20, existing=True)

    assert caught.value.unknown == ("history",)
    assert "history" in caught.value.message.zh


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"age": 20, "history": "unknown", "existing": True}, "history"),
        ({"age": "20", "history": "good", "existing": True}, "age"),
    ],
)
def test_inputs_that_are_not_allowed_or_of_another_type(data: Mapping[str, Any], named: str) -> None:
    with pytest.raises(DecisionError, match=named):
        decide(table(RISK_INPUTS, [("risk", "string")], RISK), **data)


def test_outputs_that_are_not_allowed() -> None:
    with pytest.raises(DecisionError, match="允许值"):
        decide(table([("n", "number")], [("a", "string", '"x"')], [["-", '"y"']]), n=1)


def test_a_null_input_matches_only_null_and_anything() -> None:
    content = table([("n", "number")], [("a", "string")], [["> 1", '"big"'], ["null", '"none"']])

    assert decide(content, n=None) == {"a": "none"}


def test_a_cell_with_an_unknown_name_fails() -> None:
    with pytest.raises(FeelError) as caught:
        decide(table([("n", "number")], [("a", "string")], [["-", "nowhere"]]), n=1)

    assert caught.value.unknown == ("nowhere",)


def test_the_variables_that_a_task_will_set() -> None:
    def variables(policy: str) -> tuple[str, ...]:
        decision: Decision
        (decision,) = parse_decisions(table([("n", "number")], [("a", "string")], [], policy=policy), "t.dmn", FEEL)
        return decision.variables

    assert variables("FIRST") == ("a",)
    assert variables("COLLECT") == ("d",)


def test_an_answer_is_remembered_by_what_the_table_reads() -> None:
    (decision,) = parse_decisions(table([("n", "number")], [("a", "number")], [["-", "n + m"]]), "t.dmn", FEEL)

    answers = [evaluate(decision, {"n": n, "m": m}, FEEL, NOW) for n, m in ((1, 1), (1, 2), (1, 1))]

    assert answers == [{"a": 2}, {"a": 3}, {"a": 2}]
