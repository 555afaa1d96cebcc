"""The rows of the table of periodic duties: returns, bulletins and reminders of the office as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from engine.clock.calendar import ImpossibleTime
from engine.deadlines.duty_schedule import Schedule, read_schedule
from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions import Decision, Rule, parse_decisions
from engine.kernel.feel import Feel, FeelError
from engine.kernel.findings import Finding, Severity
from engine.values import Value

DECISION: Final = "duties"
FILE: Final = "duties.dmn"
EVERY_UNIT: Final = "*"
LONGEST_TEXT: Final = 200
_NOW: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A row holds no moving time: any instant will do to read it."""
_KEY = re.compile(r'"([A-Za-z0-9_.-]{1,40})"')


class DutyAction(Enum):
    """What happens: people are told, a procedure is started by a message, or a missing calendar is asked for."""

    NOTIFY = "notify"
    MESSAGE = "message"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Duty:
    """One row. `unit` None: the office whose admins keep this system; `*`: every unit. `message` is what starts."""

    duty: str
    name: Message
    schedule: Schedule
    action: DutyAction
    role: str | None
    unit: str | None
    text: Message | None
    message: str | None
    source: str
    is_enabled: bool


@dataclass(frozen=True)
class Duties:
    """The table, by id."""

    rows: Mapping[str, Duty] = field(default_factory=dict)

    def get(self, duty_id: str) -> Duty | None:
        """None also for a row that is switched off."""
        found = self.rows.get(duty_id)
        return found if found is not None and found.is_enabled else None

    @property
    def enabled(self) -> tuple[Duty, ...]:
        return tuple(row for row in self.rows.values() if row.is_enabled)


def duties_from(content: bytes, feel: Feel) -> Duties:
    """The table of a DMN file. Raises InvalidDiagram with a finding for each cell that cannot be used."""
    decision = next((d for d in parse_decisions(content, FILE, feel) if d.decision_id == DECISION), None)
    if decision is None:
        message = Message(f"文件中没有决策表 {DECISION}。", f"The file holds no decision {DECISION}.")
        raise InvalidDiagram([Finding(Severity.ERROR, "table-missing", message, FILE)])
    findings: list[Finding] = []
    rows: dict[str, Duty] = {}
    for rule in decision.rules:
        reader = _Row(decision, rule, feel)
        row = reader.read()
        if row is not None and row.duty in rows:
            reader.find("duty", "这个编号已有一行。请换一个编号。", "Another row has this id. Choose another.")
        elif row is not None:
            rows[row.duty] = row
        findings += reader.findings
    if findings:
        raise InvalidDiagram(findings)
    return Duties(rows)


class _Row:
    """Reads one row and gathers what is wrong with it."""

    def __init__(self, decision: Decision, rule: Rule, feel: Feel) -> None:
        self.findings: list[Finding] = []
        self._rule = rule
        self._cells: dict[str, Value] = {}
        for output, text in zip(decision.outputs, rule.entries, strict=True):
            try:
                self._cells[output.name] = feel.evaluate(text, {}, _NOW)
            except FeelError as error:
                self.find(output.name, error.message.zh, error.message.en)

    def find(self, column: str, zh: str, en: str) -> None:
        number = self._rule.number
        message = Message(f"第 {number} 行，{column}：{zh}", f"Row {number}, {column}: {en}")
        finding = Finding(Severity.ERROR, "table-cell", message, FILE, self._rule.line, self._rule.rule_id, column)
        self.findings.append(finding)

    def read(self) -> Duty | None:
        """None where something is wrong."""
        key = _KEY.fullmatch(self._rule.tests[0].strip()) if self._rule.tests else None
        if key is None:
            self.find("duty", '请写一个带引号的编号，例如 "T19"。', 'Write an id in quotes, such as "T19".')
        schedule, action = self._schedule(), self._action()
        name = self._both("name")
        if name is None:
            self.find("name", "请写中文和英文名称。", "Give the name in both languages.")
        if key is None or schedule is None or action is None or name is None or self.findings:
            return None
        duty = Duty(
            duty=key[1],
            name=name,
            schedule=schedule,
            action=action,
            role=self._text("role"),
            unit=self._text("unit"),
            text=self._both("text"),
            message=self._text("message"),
            source=self._text("source") or "",
            is_enabled=self._cells.get("enabled") is not False,
        )
        self._check(duty)
        return None if self.findings else duty

    def _check(self, duty: Duty) -> None:
        if duty.action is DutyAction.MESSAGE:
            if duty.message is None:
                self.find("message", "请写消息名称。", "Name the message.")
            return
        if duty.role is None:
            self.find("role", "请写告知哪个岗位。", "Name the role that is told.")
        if duty.text is None and duty.action is DutyAction.NOTIFY:
            self.find("text", "请写中文和英文通知。", "Give the text in both languages.")

    def _schedule(self) -> Schedule | None:
        try:
            return read_schedule(
                self._text("every") or "",
                self._text("at") or "",
                self._text("roll") or "none",
                self._text("season"),
            )
        except ImpossibleTime as error:
            self.find("every", error.message.zh, error.message.en)
            return None

    def _action(self) -> DutyAction | None:
        given = self._text("action")
        try:
            return DutyAction(given)
        except ValueError:
            self.find("action", f"“{given}”不可用。请写 notify、message 或 calendar。", f"“{given}” is no action.")
            return None

    def _both(self, column: str) -> Message | None:
        zh, en = self._text(column), self._text(f"{column}_en")
        return Message(zh, en) if zh and en else None

    def _text(self, column: str) -> str | None:
        value = self._cells.get(column)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
            self.find(
                column, f"请写不超过 {LONGEST_TEXT} 个字的文字。", f"Write at most {LONGEST_TEXT} characters."
            )
            return None
        return value.strip()
