"""A procedure to lint in one line, and its findings as (rule, element id)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.errors import Message
from engine.kernel.feel import Feel
from engine.kernel.findings import Finding
from engine.kernel.lint import lint_procedure
from engine.kernel.ports import ActionSignature
from tests.unit.kernel.bpmn_builder import Bpmn

FEEL = Feel()
ACTIONS = {
    "notify": ActionSignature("notify", {"role": True, "topic": True, "text": False}, Message("通知", "Notify")),
    "register_case": ActionSignature("register_case", {"series": False}, Message("登记", "Register")),
}
FORM = json.dumps(
    {
        "type": "default",
        "components": [
            {"type": "textfield", "key": "kind", "id": "f1", "label": "类别"},
            {"type": "number", "key": "units", "id": "f2", "label": "单位"},
            {"type": "textfield", "key": "phone", "id": "f3", "label": "电话", "properties": {"store": "party"}},
            {
                "type": "group",
                "path": "place",
                "id": "f4",
                "label": "地点",
                "components": [{"type": "textfield", "key": "street", "id": "f5", "label": "街道"}],
            },
        ],
    },
    ensure_ascii=False,
).encode()


def table(
    decision_id: str, *, reads: str = "kind", output: str = "path", cell: str = '"x"', hits: str = "UNIQUE"
) -> bytes:
    """A decision table of one rule."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
  id="file_{decision_id}" name="d" namespace="urn:test">
  <decision id="{decision_id}" name="{decision_id}">
    <decisionTable id="table_{decision_id}" hitPolicy="{hits}">
      <input id="in_{decision_id}"><inputExpression id="e_{decision_id}" typeRef="string"><text>{reads}</text>
      </inputExpression></input>
      <output id="out_{decision_id}" name="{output}" typeRef="string" />
      <rule id="r_{decision_id}"><inputEntry id="i_{decision_id}"><text>{cell}</text></inputEntry>
        <outputEntry id="o_{decision_id}"><text>"y"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>""".encode()


def lint(diagram: Bpmn | bytes, files: Mapping[str, bytes] | None = None, **rest: Any) -> tuple[Finding, ...]:
    """Lints a diagram of process `p` with the form `f`, the table `path_of` and the deadline rule T4."""
    content = diagram if isinstance(diagram, bytes) else diagram.xml()
    own = {"p.bpmn": content, "forms/f.form.json": FORM, "path_of.dmn": table("path_of"), **(files or {})}
    shared = rest.pop("shared", {"deadline_rules.dmn": table("deadline_rules", reads="kind", cell='"T4"')})
    options = {"known_processes": {"p", "q"}, "actions": ACTIONS, "feel": FEEL, **rest}
    return lint_procedure(own, shared, **options)


def found(
    diagram: Bpmn | bytes, files: Mapping[str, bytes] | None = None, **rest: Any
) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.element_id) for finding in lint(diagram, files, **rest)]


def procedure() -> Bpmn:
    """A process `p` with one lane `L`, and its start event `s` with a form."""
    return Bpmn("p").lane("L", name="登记岗", role="registrar").start("s", form="f")


def task(node_id: str = "u") -> Bpmn:
    """`procedure()` with a user task behind the start."""
    return procedure().user(node_id, lane="L", form="f")
