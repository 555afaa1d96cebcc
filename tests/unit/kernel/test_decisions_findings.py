"""What must not be deployed: broken, hostile and unsupported DMN, each with everything that is found."""

from __future__ import annotations

import pytest

from engine.errors import InvalidDiagram
from engine.kernel.decisions import parse_decisions
from tests.unit.kernel.test_decisions import FEEL, table

NUMBER, TEXT = [("n", "number")], [("a", "string")]


def rules_of(content: bytes) -> list[str]:
    with pytest.raises(InvalidDiagram) as caught:
        parse_decisions(content, "t.dmn", FEEL)
    for finding in caught.value.findings:
        assert finding.file == "t.dmn"
        assert finding.message.zh
        assert finding.message.en
    return [finding.rule for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (table(NUMBER, TEXT, [["> ", '"x"']]), "dmn-feel"),
        (table(NUMBER, TEXT, [["-", ""]]), "dmn-entry"),
        (table(NUMBER, [("a b", "string")], []), "dmn-output-name"),
        (table(NUMBER, [("a", "string"), ("a", "string")], []), "dmn-repeated"),
        (table([("n", "nonsense")], TEXT, []), "dmn-type"),
        (table(NUMBER, TEXT, [], policy="GUESS"), "dmn-hit-policy"),
        (table(NUMBER, TEXT, [], policy="UNIQUE", aggregation="SUM"), "dmn-aggregation"),
        (table(NUMBER, TEXT, [], policy="PRIORITY"), "dmn-priority"),
        (table(NUMBER, [], []), "dmn-output"),
        (table(NUMBER, TEXT, [], namespace="https://www.omg.org/spec/DMN/20230324/MODEL/"), "dmn-namespace"),
        (
            table(NUMBER, TEXT, []).replace(
                b"inputExpression typeRef", b'inputExpression expressionLanguage="juel" typeRef'
            ),
            "dmn-language",
        ),
        (table(NUMBER, TEXT, [["-", '"x"', '"y"']]), "dmn-rule"),
    ],
)
def test_findings(content: bytes, rule: str) -> None:
    assert rule in rules_of(content)


def test_all_findings_come_at_once_with_their_lines() -> None:
    content = table(NUMBER, TEXT, [["> ", '"x"'], ["-", ""], ["1 +", "2 +"]])

    with pytest.raises(InvalidDiagram) as caught:
        parse_decisions(content, "t.dmn", FEEL)

    lines = [finding.line for finding in caught.value.findings]
    assert len(lines) == 4
    assert lines == sorted(line for line in lines if line)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b'<!DOCTYPE d [<!ENTITY e "x">]><definitions/>',
        b'<definitions xmlns="urn:other"/>',
        table(NUMBER, TEXT, [])[:-20],
        table(NUMBER, TEXT, []) + b" " * (2 * 1024 * 1024),
    ],
)
def test_broken_and_hostile_files(content: bytes) -> None:
    assert rules_of(content)
