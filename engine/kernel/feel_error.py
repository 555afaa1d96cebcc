"""The one error of FEEL, and the words for each fault that the runtime reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import EngineError, Message


class FeelError(EngineError):
    """An expression that cannot be read or evaluated.

    `reason` says why, without the expression; `expression` is its text (shortened); `unknown` names what does not
    exist; `position` is the range of characters (from, to) where known; `code` is stable for programs: syntax,
    unknown, property, type, date, time, memory, size, … .
    """

    def __init__(
        self,
        reason: Message,
        expression: str,
        *,
        code: str,
        unknown: tuple[str, ...] = (),
        position: tuple[int, int] | None = None,
    ) -> None:
        shown = expression if len(expression) <= _SHOWN else expression[:_SHOWN] + "…"
        place, place_en = _place(position)
        super().__init__(
            Message(
                f"表达式“{shown}”{place}：{reason.zh}",
                f"Expression “{shown}”{place_en}: {reason.en}",
            )
        )
        self.reason = reason
        self.expression = shown
        self.code = code
        self.unknown = unknown
        self.position = position


def fault(expression: str, described: Mapping[str, Any]) -> FeelError:
    """The error for what the runtime described: `code`, `detail`, and perhaps `names` and `at`."""
    code, detail = str(described["code"]), str(described.get("detail", ""))
    names = tuple(described.get("names", ()))
    at = described.get("at")
    words = _REASONS.get(code, _REASONS["failed"])
    filled = "、".join(names) or detail
    reason = Message(words.zh.replace("{}", filled), words.en.replace("{}", ", ".join(names) or detail))
    position = (at["from"], at["to"]) if at else None
    return FeelError(reason, expression, code=code, unknown=names, position=position)


def reasons() -> Mapping[str, Message]:
    """The words of each fault by its code, for editors that run the bundle themselves; `{}` is the detail."""
    return _REASONS


def _place(position: tuple[int, int] | None) -> tuple[str, str]:
    if position is None:
        return "", ""
    return f"第 {position[0] + 1} 个字符处", f" at character {position[0] + 1}"


_SHOWN = 200

_REASONS: Mapping[str, Message] = {
    "syntax": Message(
        "写法不符合 FEEL 语法（{}）。请检查括号、引号和运算符。",
        "this is not valid FEEL ({}). Check brackets, quotes and operators.",
    ),
    "unknown": Message(
        "变量“{}”不存在。请检查名称，或确认此前的步骤已经给它赋值。",
        "variable “{}” does not exist. Check its name, or that an earlier step sets it.",
    ),
    "property": Message(
        "没有名为“{}”的属性。可能没有的属性请用 get value() 读取。",
        "there is no entry “{}”. Read entries that may be absent with get value().",
    ),
    "type": Message(
        "数据类型不合适（{}）。空值和不同类型的数据不能这样计算。",
        "the types do not fit ({}). Null and different types cannot be combined like this.",
    ),
    "compare": Message(
        "不同类型的数据不能比较（{}）。日期与日期时间比较时请先用 date() 转换。",
        "values of different types cannot be compared ({}). Convert a date and time with date().",
    ),
    "operands": Message("日期或时长不能这样计算（{}）。", "dates or durations cannot be combined like this ({})."),
    "arithmetic": Message(
        "“{}”运算没有结果，可能除以了零。",
        "“{}” has no result; perhaps it divides by zero.",
    ),
    "logical": Message(
        "此处必须是 true 或 false，实际是 {}。",
        "this must be true or false but is a {}.",
    ),
    "arguments": Message(
        "函数的参数不合适，应为 {}。",
        "a function got unsuitable arguments; it takes {}.",
    ),
    "date": Message(
        "“{}”不是存在的日期、时间或时长。",
        "“{}” is not an existing date, time or duration.",
    ),
    "instance": Message("没有名为 {} 的类型。", "there is no type {}."),
    "iterate": Message(
        "只能遍历列表或范围，实际是 {}。",
        "only a list or a range can be iterated, not a {}.",
    ),
    "range": Message(
        "范围 {} 太大或不是整数，最多 10 000 项。",
        "the range {} is too large or not of whole numbers; at most 10 000 items.",
    ),
    "result": Message(
        "结果不能作为变量保存（{}）。",
        "the result cannot be kept as a variable ({}).",
    ),
    "days": Message("{}() 的天数必须是整数。", "{}() needs a whole number of days."),
    "start": Message(
        "起算时间必须是日期或日期时间，实际为空或其他类型（{}）。",
        "the start must be a date or a date and time ({}).",
    ),
    "rule": Message("{}() 需要一个规则编号文本。", "{}() needs the id of a rule as text."),
    "pattern": Message("“{}”不是正则表达式。", "“{}” is no regular expression."),
    "share": Message(
        "{}() 需要一个时间请求和大于 0、不超过 1 的比例。",
        "{}() needs a time request and a share above 0 and up to 1.",
    ),
    "depth": Message("嵌套太深。请拆成几个步骤。", "it is nested too deeply. Split it into steps."),
    "time": Message("计算时间超过限制，已停止。请简化表达式。", "it took too long and was stopped. Simplify it."),
    "memory": Message("计算占用内存超过限制，已停止。请简化表达式。", "it used too much memory and was stopped."),
    "size": Message("{}", "{}"),
    "value": Message("变量“{}”的值不能用于表达式。", "the value of variable “{}” cannot be used in an expression."),
    "failed": Message("无法计算：{}", "it cannot be evaluated: {}"),
}
