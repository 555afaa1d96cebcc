"""Every FEEL text of a diagram, with where it stands, and the rule that it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import Message
from engine.kernel.diagram_elements import BPMN, text_of
from engine.kernel.diagram_values import Diagram, Element, Flow, Lane
from engine.kernel.feel_error import FeelError
from engine.kernel.findings import Finding
from engine.kernel.lint.iso import is_iso
from engine.kernel.lint.subject import Subject, called

_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_FEEL_PROPERTIES = {
    "unit": Message("单位", "unit"),
    "assignee": Message("承办人", "assignee"),
    "role_from": Message("岗位", "role"),
    "name_from": Message("任务名称", "name"),
    "awaits_paper": Message("等待送达的文书", "awaited paper"),
    "hint": Message("提示", "hint"),
    "hint_en": Message("英文提示", "English hint"),
    "correlation": Message("关联值", "correlation value"),
}
_CONTEXT_EXTENSIONS = {
    "preScript": Message("前置脚本", "pre-script"),
    "postScript": Message("后置脚本", "post-script"),
    "messagePayload": Message("消息内容", "message payload"),
}

_RUNS_SCRIPTS = {
    "userTask", "manualTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity",
    "subProcess", "transaction", "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent",
    "boundaryEvent",
}  # fmt: skip


@dataclass(frozen=True)
class Expression:
    """A FEEL text. `is_context` where it must be a context, whose entries become variables.

    `is_outside_loop` where a multi-instance activity evaluates it once, before there are items.
    """

    owner: Element | Flow | Lane
    what: Message
    text: str
    line: int
    is_context: bool = False
    is_timer: bool = False
    is_outside_loop: bool = False


def expressions(diagram: Diagram) -> Iterator[Expression]:
    """All FEEL texts of a diagram; timers that are ISO 8601 are none."""
    for flow in diagram.flows.values():
        if flow.condition is not None:
            yield Expression(flow, Message("条件", "condition"), flow.condition, flow.line)
    for lane in diagram.lanes.values():
        if lane.unit is not None:
            yield Expression(lane, _FEEL_PROPERTIES["unit"], lane.unit, lane.line)
    for element in diagram.elements.values():
        yield from _of_element(element)


def expressions_can_be_read(subject: Subject) -> Iterator[Finding]:
    for expression in expressions(subject.diagram):
        problem = _problem(subject, expression)
        if problem is not None:
            name = called(expression.owner)
            yield subject.error(
                "script" if expression.is_context else "timer" if expression.is_timer else "feel",
                expression.owner,
                f"“{name}”的{expression.what.zh}：{problem.zh}",
                f"The {expression.what.en} of “{name}”: {problem.en}",
                line=expression.line,
            )


def scripts_are_feel(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.of_kind("scriptTask"):
        language = element.node.get("scriptFormat", "").lower()
        if language and "feel" not in language:
            yield subject.error(
                "script-language",
                element,
                f"“{called(element)}”的脚本语言是“{language}”，只能用 FEEL。请改写为 {{ 变量: 值 }}，并删除"
                " scriptFormat。",
                f"The script of “{called(element)}” is in “{language}”; only FEEL is run. Write"
                f" {{ variable: value }}.",
            )
        if element.script == "" and element.node.find(BPMN + "script") is None:
            yield subject.error(
                "script",
                element,
                f"脚本任务“{called(element)}”没有脚本。请写 {{ 变量: 值 }}，或删除该任务。",
                f"The script task “{called(element)}” has no script. Write {{ variable: value }}, or delete it.",
            )


def scripts_stand_where_they_run(subject: Subject) -> Iterator[Finding]:
    """SpiffWorkflow drops the scripts of gateways and script tasks without a word."""
    for element in subject.diagram.elements.values():
        if element.kind in _RUNS_SCRIPTS:
            continue
        for name in ("preScript", "postScript"):
            if element.extensions.get(name):
                yield subject.error(
                    "script-ignored",
                    element,
                    f"“{called(element)}”上的 {name} 不会执行。请改用前面或后面的脚本任务。",
                    f"The {name} of “{called(element)}” is never run. Use a script task before or behind it.",
                )


def _problem(subject: Subject, expression: Expression) -> Message | None:
    text = expression.text
    if not text:
        return Message("是空的。请填写，或删除。", "it is empty. Fill or delete it.")
    if text.startswith("="):
        return Message(f"“{text}”前面不要写等号。请去掉开头的“=”。", f"“{text}” must not begin with “=”. Drop it.")
    if "==" in _STRING.sub('""', text):
        return Message(
            f"“{text}”用了双等号。FEEL 里相等写一个“=”。",
            f"“{text}” has a double equals sign; FEEL writes one “=”.",
        )
    try:
        subject.feel.check(text)
    except FeelError as error:
        return error.message
    if expression.is_context and not _may_be_context(text):
        return Message(
            f"“{text}”没有给变量赋值。请写成 {{ 变量: 值 }}。",
            f"“{text}” sets no variable. Write {{ variable: value }}.",
        )
    return None


def _may_be_context(text: str) -> bool:
    """A context literal, or a built-in or conditional that yields one."""
    return (
        text.startswith("{")
        or re.match(r"(if|for|get value|context|context put|context merge)\b|\(", text) is not None
    )


def _of_element(element: Element) -> Iterator[Expression]:
    yield from _of_extensions(element)
    for timer in element.timers:
        if not is_iso(timer.text):
            yield Expression(element, Message("定时", "timer"), timer.text, timer.line, is_timer=True)
    if element.script:
        yield Expression(element, Message("脚本", "script"), element.script, element.line, is_context=True)
    yield from _of_loop(element)
    for condition in element.node.iterfind(f"{BPMN}conditionalEventDefinition/{BPMN}condition"):
        yield Expression(element, Message("条件", "condition"), text_of(condition), condition.sourceline)


def _of_extensions(element: Element) -> Iterator[Expression]:
    for name, what in _FEEL_PROPERTIES.items():
        if name in element.properties:
            yield Expression(element, what, element.properties[name].strip(), element.line)
    for name, what in _CONTEXT_EXTENSIONS.items():
        if name in element.extensions:
            yield Expression(
                element, what, element.extensions[name], element.line, is_context=True, is_outside_loop=True
            )
    if element.service is not None:
        for name, value in element.service.params.items():
            what = Message(f"参数“{name}”", f"parameter “{name}”")
            yield Expression(element, what, value.strip(), element.service.line)


def _of_loop(element: Element) -> Iterator[Expression]:
    if element.loop is None:
        return
    parts = (
        (element.loop.cardinality, Message("重复次数", "loop cardinality"), True),
        (element.loop.collection, Message("重复的列表", "loop collection"), True),
        (element.loop.condition, Message("循环条件", "loop condition"), False),
        (element.loop.output_item, Message("每个实例的结果", "output item"), False),
    )
    for text, what, is_outside in parts:
        if text is not None:
            yield Expression(element, what, text, element.loop.line, is_outside_loop=is_outside)
