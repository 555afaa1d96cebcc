"""Rules on multi-instance and standard loops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.kernel.diagram_elements import BPMN
from engine.kernel.diagram_values import Element, Loop
from engine.kernel.findings import Finding
from engine.kernel.lint.subject import Subject, called

_NAME = re.compile(r"[^\W\d][\w]*\Z")


def loops_are_complete(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        if element.loop is None:
            continue
        if len(element.node.findall(BPMN + "standardLoopCharacteristics")) and element.loop.kind != "standard":
            yield _incomplete(
                subject,
                element,
                "不能同时是循环和多实例。请只留一种。",
                "is both a loop and multi-instance. Keep one.",
            )
        elif element.loop.kind == "standard":
            yield from _standard(subject, element, element.loop)
        else:
            yield from _multiple(subject, element, element.loop)


def _standard(subject: Subject, element: Element, loop: Loop) -> Iterator[Finding]:
    if not loop.condition and loop.maximum is None:
        yield _incomplete(
            subject,
            element,
            "循环没有条件，也没有最多次数。请至少写一个。",
            "loops without condition or maximum. Give one.",
        )
    if loop.maximum is not None and not loop.maximum.strip().isdigit():
        yield _incomplete(
            subject, element, "循环的最多次数不是数字。请改正。", "has a maximum that is no number. Correct it."
        )


def _multiple(subject: Subject, element: Element, loop: Loop) -> Iterator[Finding]:
    if bool(loop.cardinality) == bool(loop.collection):
        yield _incomplete(
            subject,
            element,
            "多实例必须写次数或列表中的一个，且只写一个。请改正。",
            "must be repeated either by number or over a list, not both. Correct it.",
        )
    if loop.collection and not _NAME.match(loop.collection):
        yield _incomplete(
            subject,
            element,
            f"多实例的列表“{loop.collection}”必须是一个变量名。请先用脚本任务把列表存入变量。",
            f"repeats over “{loop.collection}”, which must be a variable's name. Set one in a script task first.",
        )
    if loop.collection and not loop.item:
        yield _incomplete(
            subject,
            element,
            "多实例没有给列表的每一项命名（inputDataItem）。请补上，否则各实例不知道自己办哪一项。",
            "does not name the list's item (inputDataItem): no instance would know its own. Add it.",
        )
    if bool(loop.output) != bool(loop.output_item):
        yield _incomplete(
            subject,
            element,
            "多实例的输出列表和输出项必须同时填写，否则结果会丢失。请补上或都去掉。",
            "needs both output list and output item, or the results are lost. Add or drop both.",
        )


def _incomplete(subject: Subject, element: Element, zh: str, en: str) -> Finding:
    name = called(element)
    line = element.loop.line if element.loop else None
    return subject.error("loop", element, f"“{name}”{zh}", f"“{name}” {en}", line=line)
