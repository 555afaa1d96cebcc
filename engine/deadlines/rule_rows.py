"""The rows of a table of deadline rules one by one: can each be used, do dates overlap, is the law kept?

Here rows are read as they stand in the file, not by asking the table: what an office writes down must be plain
values, so that a limit can be told from it for every day to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.casework.statutory_limits import LIMITS, breaches, missing
from engine.clock.calendar import ImpossibleTime
from engine.clock.deadline import HOURS_A_YEAR, MOST_DAYS, ClockKind
from engine.deadlines.effective import ON, Span, gaps_between, span_of
from engine.deadlines.life import PAUSE_REASONS
from engine.deadlines.own import is_own
from engine.deadlines.rules import DeadlineRule, read_rule
from engine.deadlines.table_cells import keys_in, literal
from engine.errors import Message
from engine.kernel.decisions_sheet import ANY, OUTPUT, Sheet, SheetRow
from engine.values import Value

KEY: Final = "rule"
FLAGS: Final = ("rollover", "statutory", "interrupting")


@dataclass(frozen=True)
class RuleFault:
    """What is wrong with a cell of a row; `row` None: with the table as a whole."""

    row: SheetRow | None
    column: str
    message: Message


@dataclass(frozen=True)
class RuleRow:
    """A row that could be read, and the days on which it is in force."""

    row: SheetRow
    rule: DeadlineRule
    span: Span


def check_rules(sheet: Sheet) -> tuple[RuleFault, ...]:
    """Everything that is wrong with an office's table of rules, row by row, then with the rules as a whole."""
    rows, faults = read_rows(sheet)
    unread = {row.row_id for row in sheet.rows} - {each.row.row_id for each in rows}
    known = {key for row in sheet.rows for key in keys_in(row.cells.get(KEY, ANY)) or ()}
    for each in rows:
        faults += _fit(each, known)
        faults += lengthened(each)
    faults += _overlaps(rows)
    faults += _gaps(rows, {key for row in unread for key in keys_in(sheet.by_id[row].cells.get(KEY, ANY)) or ()})
    return tuple(faults)


def read_rows(sheet: Sheet) -> tuple[list[RuleRow], list[RuleFault]]:
    """The rows that can be read, and what is wrong with the others."""
    rows: list[RuleRow] = []
    faults: list[RuleFault] = []
    for row in sheet.rows:
        outputs = {each.name: row.cells.get(each.name, "") for each in sheet.columns if each.part == OUTPUT}
        values, unplain = plain_values(outputs)
        wrong = [RuleFault(row, column, message) for column, message in unplain.items()]
        span = _span(row, wrong)
        keys = keys_in(row.cells.get(KEY, ANY))
        if keys is None or len(keys) != 1 or any(map(is_own, keys)):
            wrong.append(
                RuleFault(
                    row, KEY, Message("请填写一个规则编号，例如 T4。", "Enter the id of one rule, such as T4.")
                )
            )
        if not wrong and keys and span is not None:
            try:
                rows.append(RuleRow(row, read_rule(keys[0], values), span))
            except ImpossibleTime as error:
                wrong.append(RuleFault(row, "", error.message))
        faults += wrong
    return rows, faults


def lengthened(each: RuleRow) -> Iterator[RuleFault]:
    """Where a row gives longer than the law, or a right less."""
    limit = LIMITS.get(each.rule.rule)
    if limit is not None:
        for breach in breaches(limit, each.rule):
            yield RuleFault(each.row, breach.column, breach.message)


def plain_values(cells: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, Message]]:
    """The values of outputs, and by column what those that are no plain value of their type should be."""
    values: dict[str, Value] = {}
    wrong: dict[str, Message] = {}
    for name, text in cells.items():
        is_plain, value = literal(text or "null")
        expected = _EXPECTED.get(name)
        if not is_plain or (expected is not None and not _is_of(expected, value)):
            wrong[name] = _SAYS[expected or str]
        values[name] = value
    return values, wrong


_EXPECTED: Final[Mapping[str, type]] = {
    **dict.fromkeys(FLAGS, bool),
    "amount": int,
    "pause_reasons": list,
    **dict.fromkeys(
        ("name", "name_en", "clock", "period", "after_rule", "from_variable", "source", "escalate_role"), str
    ),
}
_SAYS: Final[Mapping[type, Message]] = {
    bool: Message("请选择是或否。", "Choose yes or no."),
    int: Message("请填写整数，或留空。", "Enter a whole number, or leave it empty."),
    list: Message(
        "请填写事由的代码，用逗号分开，或留空。", "Enter codes of reasons, separated by commas, or none."
    ),
    str: Message("请填写文字，或留空；这里不能写表达式。", "Enter a text, or leave it empty; no expression here."),
}


def _is_of(expected: type, value: Value) -> bool:
    if value is None:
        return expected is not bool
    return isinstance(value, expected) and not (expected is int and isinstance(value, bool))


def _span(row: SheetRow, wrong: list[RuleFault]) -> Span | None:
    try:
        span = span_of(row.cells.get(ON, ANY))
    except ValueError:
        span = None
    if span is None or span.is_empty:
        message = Message(
            "请填写施行的第一日和最后一日，例如 2026-07-01；不限的留空。",
            "Enter the first and the last day in force, such as 2026-07-01; leave open what is open.",
        )
        wrong.append(RuleFault(row, ON, message))
    return span


def _fit(each: RuleRow, known: set[str]) -> Iterator[RuleFault]:
    """Whether the values of a row go together."""
    rule, row = each.rule, each.row
    most = HOURS_A_YEAR if rule.clock is ClockKind.HOURS else MOST_DAYS
    if not rule.name.strip() or rule.name == "None":
        yield RuleFault(row, "name", Message("请填写名称。", "Enter a name."))
    if not rule.source.strip():
        yield RuleFault(row, "source", Message("请填写依据。", "Enter the source."))
    if rule.clock is not ClockKind.FIXED and (rule.amount is None or not 0 <= rule.amount <= most):
        yield RuleFault(
            row, "amount", Message(f"请填写 0 到 {most} 之间的整数。", f"Enter a whole number from 0 to {most}.")
        )
    if (rule.clock is ClockKind.PERIOD) != (rule.period is not None):
        yield RuleFault(
            row, "period", Message("按周期计时的要选周期，其他的留空。", "P needs a period, others none.")
        )
    if rule.clock is ClockKind.PERIOD and rule.amount == 0:
        yield RuleFault(row, "amount", Message("周期数至少为 1。", "There is one period at least."))
    if rule.after_rule is not None:
        yield from _continues(each, known)
    unknown = [code for code in rule.pause_reasons if code not in PAUSE_REASONS]
    if unknown:
        listed = "、".join(PAUSE_REASONS)
        yield RuleFault(
            row,
            "pause_reasons",
            Message(
                f"没有事由 {unknown[0]}。可以写：{listed}。", f"There is no reason {unknown[0]}; write {listed}."
            ),
        )


def _continues(each: RuleRow, known: set[str]) -> Iterator[RuleFault]:
    rule = each.rule
    if rule.after_rule == rule.rule or rule.after_rule not in known:
        yield RuleFault(
            each.row,
            "after_rule",
            Message(
                f"没有期限 {rule.after_rule} 可以接续。请填写另一条的编号。",
                f"There is no rule {rule.after_rule} to continue.",
            ),
        )
    if rule.clock is not ClockKind.DAYS:
        yield RuleFault(
            each.row, "clock", Message("接续的期限按日（D）计。", "What continues another rule counts days (D).")
        )


def _overlaps(rows: Sequence[RuleRow]) -> Iterator[RuleFault]:
    for index, each in enumerate(rows):
        for other in rows[:index]:
            if other.rule.rule == each.rule.rule and other.span.overlaps(each.span):
                one, two = other.row.number, each.row.number
                yield RuleFault(
                    each.row,
                    ON,
                    Message(
                        f"第 {one} 行与第 {two} 行都是 {each.rule.rule}，施行日期重叠。"
                        "请让前一行在后一行开始的前一日结束。",
                        f"Rows {one} and {two} are both {each.rule.rule} and in force on the same days. "
                        "End one on the day before the other begins.",
                    ),
                )


def _gaps(rows: Sequence[RuleRow], unread: set[str]) -> Iterator[RuleFault]:
    """A limit of the law is in force on every day."""
    for limit in LIMITS.values():
        if limit.rule in unread:
            continue
        own = [each for each in rows if each.rule.rule == limit.rule]
        for gap in gaps_between([each.span for each in own]):
            row = own[0].row if own else None
            yield RuleFault(row, ON if own else "", missing(limit, _days(gap)))
            break


def _days(span: Span) -> Message:
    match span.first, span.last:
        case None, None:
            return Message("任何一天", "on any day")
        case None, last:
            return Message(f" {last} 以前", f"until {last}")
        case first, None:
            return Message(f" {first} 以后", f"from {first} on")
        case first, last:
            return Message(f" {first} 至 {last}", f"from {first} to {last}")
