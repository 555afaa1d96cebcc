"""A table of escalations in one line a row."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from engine.deadlines.ladders import COLUMNS

BLANK = {"name": "提醒", "times": 1, "to": "holder", "what": "notify", "topic": "t", "text": "有事项需要办理。"}


def escalations(*rows: tuple[str, dict[str, Any]]) -> bytes:
    """Each row: the unary tests of its rules (`"T5"`), and the columns that differ from a plain notice when due."""
    outputs = "".join(f'<output id="o_{c}" name="{c}" />' for c in COLUMNS)
    body = "".join(_row(number, rules, given) for number, (rules, given) in enumerate(rows))
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="升级表" namespace="urn:x">'
        '<decision id="escalations" name="升级表"><decisionTable id="t" hitPolicy="COLLECT">'
        '<input id="i"><inputExpression id="x" typeRef="string"><text>rule</text></inputExpression></input>'
        f"{outputs}{body}</decisionTable></decision></definitions>"
    ).encode()


def _row(number: int, rules: str, given: dict[str, Any]) -> str:
    cells = {**BLANK, "rung": f"row{number}", "when": "due", **given}
    entries = "".join(
        f'<outputEntry id="e{number}_{c}"><text>{_feel(cells.get(c))}</text></outputEntry>' for c in COLUMNS
    )
    return (
        f'<rule id="r{number}"><inputEntry id="n{number}"><text>{escape(rules)}</text></inputEntry>{entries}</rule>'
    )


def _feel(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return escape(f'"{quoted}"')
    return str(value)
