"""Rules on timers: one readable expression each, and deadlines that the table of rules knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.kernel.diagram_values import Element, Timer
from engine.kernel.findings import Finding
from engine.kernel.lint.expressions import expressions
from engine.kernel.lint.iso import is_cycle, is_iso, is_naive, is_valid_iso
from engine.kernel.lint.nearest import hint
from engine.kernel.lint.subject import Subject, called

DEADLINE_RULES = "deadline_rules"
_DEADLINE = re.compile(r'\bdeadline\(\s*"((?:\\.|[^"\\])*)"')
_LITERAL = re.compile(r'^(?:-?\d+(?:\.\d+)?|"(?:\\.|[^"\\])*"|true|false)$')


def timers_are_readable(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        if "timer" in element.events and len(element.timers) != 1:
            yield subject.error(
                "timer",
                element,
                f"定时事件“{called(element)}”要写一个时间，现在有 {len(element.timers)} 个。"
                "请填写日期、时长或周期之一。",
                f"The timer “{called(element)}” needs one time; it has {len(element.timers)}. Give one of"
                " date, duration"
                " or cycle.",
            )
        for timer in element.timers:
            yield from _timer(subject, element, timer)


def deadlines_are_known(subject: Subject) -> Iterator[Finding]:
    table = subject.tables.get(DEADLINE_RULES)
    for expression in expressions(subject.diagram):
        for rule in _DEADLINE.findall(expression.text):
            if rule in subject.more_rules:
                continue
            if table is None:
                yield subject.error(
                    "unknown-deadline",
                    expression.owner,
                    f'“{called(expression.owner)}”用了 deadline("{rule}")，但没有期限规则表 {DEADLINE_RULES}。'
                    "请放入 shared 文件夹。",
                    f'“{called(expression.owner)}” uses deadline("{rule}"), but there is no table'
                    f" {DEADLINE_RULES}.",
                    line=expression.line,
                )
            elif rule not in table.keys:
                zh, en = hint(rule, table.keys)
                yield subject.error(
                    "unknown-deadline",
                    expression.owner,
                    f"“{called(expression.owner)}”的期限规则“{rule}”不在期限规则表里。{zh}",
                    f"The deadline rule “{rule}” of “{called(expression.owner)}” is not in the table. {en}",
                    line=expression.line,
                )


def _timer(subject: Subject, element: Element, timer: Timer) -> Iterator[Finding]:
    name, text = called(element), timer.text
    if is_naive(text):
        yield subject.warning(
            "timer-offset",
            element,
            f"“{name}”的时间“{text}”没有时区，按单位所在时区理解。最好写成 {text}+08:00。",
            f"The time “{text}” of “{name}” has no offset and is taken in the office's zone. Better write"
            f" {text}+08:00.",
            line=timer.line,
        )
    elif is_iso(text) and not is_valid_iso(text):
        yield subject.error(
            "timer",
            element,
            f"“{name}”的时间“{text}”不是有效的 ISO 8601。请写成如 PT3H、P15D、2026-10-01T09:00:00+08:00 或"
            " R3/PT1H。",
            f"“{text}” of “{name}” is not valid ISO 8601. Write PT3H, P15D, 2026-10-01T09:00:00+08:00 or R3/PT1H.",
            line=timer.line,
        )
    elif _LITERAL.match(text) and not is_valid_iso(text.strip('"')):
        yield subject.error(
            "timer",
            element,
            f"“{name}”的时间“{text}”不是时间。请写不带引号的 ISO 8601（PT3H），或 FEEL（working days(5)）。",
            f"“{text}” of “{name}” is not a time. Write ISO 8601 without quotes (PT3H) or FEEL (working days(5)).",
            line=timer.line,
        )
    else:
        yield from _timer_fires_there(subject, element, timer)


def _timer_fires_there(subject: Subject, element: Element, timer: Timer) -> Iterator[Finding]:
    """A cycle or null stands only where it makes sense."""
    name, text = called(element), timer.text
    if text == "null" and element.kind != "boundaryEvent":
        yield subject.error(
            "timer",
            element,
            f"“{name}”的时间是 null，流程会永远等在这里。请填写时间，或删除这个事件。",
            f"The time of “{name}” is null: the process would wait for ever. Give a time, or delete the event.",
            line=timer.line,
        )
    elif is_cycle(text) and (element.kind != "boundaryEvent" or element.interrupting):
        yield subject.error(
            "timer-cycle",
            element,
            f"“{name}”只能触发一次，不能用周期“{text}”。请改成时长，或改为非中断的边界事件。",
            f"“{name}” fires once and cannot repeat (“{text}”). Use a duration, or a non-interrupting boundary"
            " event.",
            line=timer.line,
        )
