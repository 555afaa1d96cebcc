"""The diagrams that the kernel is measured on: a pipeline of user tasks with timers, and a loop of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

_NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
STEPS = 7

FACTS: dict[str, Any] = {
    "case_id": "0192f7a1-5a44-7d1e-9d5c-2f1f3a6f0b11",
    "case_unit": "xfj",
    "title": "反映城关街道某小区道路破损、积水无人维修的问题",
    "summary": "小区门前道路自去年汛期以来多处塌陷，多次反映未得到解决，要求明确责任单位并限期修复。" * 3,
    "category": "城乡建设",
    "channel": "visit",
    "persons": 3,
    "units": ["zjj", "cgjd"],
    "place": {"street": "城关街道", "community": "东门社区", "address": "东门路十八号院"},
    "history": [{"unit": "cgjd", "result": "已告知物业"}, {"unit": "zjj", "result": "转办"}],
}


def pipeline(process_id: str = "pipeline") -> bytes:
    """Seven user tasks in a row, each with a non-interrupting boundary timer."""
    parts = ['<startEvent id="start" />']
    flows = ["start", *(f"task{n}" for n in range(STEPS)), "end"]
    for n in range(STEPS):
        parts.append(f'<userTask id="task{n}" name="办理环节{n}" />')
        parts += _reminder(f"task{n}")
    parts.append('<endEvent id="end" />')
    parts += [_flow(a, b) for a, b in pairwise(flows)]
    return _document(process_id, parts)


def loop(process_id: str = "loop") -> bytes:
    """A user task with a timer, again and again while `again` is true."""
    parts = [
        '<startEvent id="start" />',
        '<exclusiveGateway id="merge" />',
        '<userTask id="task" name="补充材料" />',
    ]
    parts += _reminder("task")
    parts += ['<exclusiveGateway id="more" default="more_end" />', '<endEvent id="end" />']
    parts += [_flow("start", "merge"), _flow("merge", "task"), _flow("task", "more"), _flow("more", "end")]
    parts.append(_flow("more", "merge", "again"))
    return _document(process_id, parts)


def answers(step: int) -> dict[str, Any]:
    """What the form of a step gives."""
    return {f"opinion{step}": f"第{step}环节：情况属实，同意按期办理。", "again": True, "step": step}


def _reminder(task: str) -> list[str]:
    return [
        f'<boundaryEvent id="late_{task}" attachedToRef="{task}" cancelActivity="false"><timerEventDefinition>'
        "<timeDuration>PT3H</timeDuration></timerEventDefinition></boundaryEvent>",
        f'<scriptTask id="remind_{task}"><script>{{ reminded: "{task}" }}</script></scriptTask>',
        f'<endEvent id="reminded_{task}" />',
        _flow(f"late_{task}", f"remind_{task}"),
        _flow(f"remind_{task}", f"reminded_{task}"),
    ]


def _flow(source: str, target: str, condition: str | None = None) -> str:
    inner = "" if condition is None else f"<conditionExpression>{condition}</conditionExpression>"
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def _document(process_id: str, parts: list[str]) -> bytes:
    return (
        f'<definitions {_NAMESPACES} id="d" targetNamespace="urn:bench"><process id="{process_id}" '
        f'isExecutable="true">{"".join(parts)}</process></definitions>'
    ).encode()
