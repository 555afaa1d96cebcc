"""Bytes of the table `escalations` to ladders, or everything that is wrong with its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from engine.clock.calendar import ImpossibleTime
from engine.clock.moment import Moment, parse_moment
from engine.deadlines.rungs import (
    HOLDER,
    WORDS,
    Every,
    Ground,
    Ladders,
    Receiver,
    Rung,
    What,
    every_of,
    first_firings,
    rung_instant,
    unused,
)
from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions import Decision, Rule, parse_decisions
from engine.kernel.feel import Feel, FeelError
from engine.kernel.findings import Finding, Severity
from engine.values import Value

__all__ = [
    "DECISION",
    "FILE",
    "Every",
    "Ground",
    "Ladders",
    "Receiver",
    "Rung",
    "What",
    "check_ladders",
    "first_firings",
    "ladders_from",
    "rung_instant",
]

DECISION: Final = "escalations"
FILE: Final = "escalations.dmn"
LEVELS: Final = frozenset({"info", "warning", "overdue", "urgent"})
MOST_TIMES: Final = 99
MOST_DAYS: Final = 30
LONGEST_TEXT: Final = 500

COLUMNS: Final[Mapping[str, Message]] = {
    "rung": Message("编号", "id"),
    "name": Message("名称", "name"),
    "name_en": Message("英文名称", "English name"),
    "when": Message("何时", "when"),
    "every": Message("每隔", "every"),
    "times": Message("次数", "times"),
    "then": Message("之后", "then"),
    "to": Message("对谁", "to"),
    "what": Message("做什么", "what"),
    "level": Message("级别", "level"),
    "topic": Message("主题", "topic"),
    "text": Message("文字", "text"),
    "text_en": Message("英文文字", "English text"),
    "kind": Message("文书种类", "kind of paper"),
    "title": Message("标题", "title"),
    "word": Message("发文字", "word"),
    "message": Message("消息", "message"),
    "payload": Message("消息内容", "payload"),
    "code": Message("计分项", "code"),
    "points": Message("分值", "points"),
    "days": Message("任务期限（工作日）", "days of the task"),
}
RULE_COLUMN: Final = Message("期限规则", "deadline rule")

_NEEDS: Final[Mapping[What, tuple[str, ...]]] = {
    What.NOTIFY: ("to", "text", "topic"),
    What.TASK: ("to", "title", "text", "days"),
    What.PAPER: ("kind", "title"),
    What.START: ("message",),
    What.SCORE: ("code", "points", "text"),
}
_RULE_IDS = re.compile(r'"([^"]+)"(?:\s*,\s*"([^"]+)")*')
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_RECEIVER = re.compile(r"([a-z][a-z0-9_]*)(?:@([A-Za-z0-9_-]+))?")
_SHORT: Final[Mapping[str, tuple[str, str]]] = {
    "unit": ("resp_dept", "unit"),
    "unit_head": ("unit_leader", "unit"),
    "signer": ("duty_leader", "keeping"),
    "joint_office": ("joint_office", "any"),
}
_CONSTANTS_AT: Final = datetime(2000, 1, 1, tzinfo=UTC)
T = TypeVar("T")


def ladders_from(content: bytes, feel: Feel) -> Ladders:
    """Raises InvalidDiagram whose findings each name the row and the column."""
    found = [each for each in parse_decisions(content, FILE, feel) if each.decision_id == DECISION]
    if not found:
        message = Message(
            f"文件里没有决策表 {DECISION}。请保留表的标识。", f"There is no table {DECISION}. Keep its id."
        )
        raise InvalidDiagram([Finding(Severity.ERROR, "ladder-table", message, FILE)])
    reader = _Reader(found[0], feel)
    ladders = reader.read()
    if reader.findings:
        raise InvalidDiagram(reader.findings)
    return ladders


def check_ladders(ladders: Ladders, known_rules: Container[str]) -> tuple[Finding, ...]:
    """Rungs on rules that the table of deadline rules does not have: they would never be climbed."""
    return tuple(
        _finding(
            rung.rung,
            RULE_COLUMN,
            f"期限规则表中没有 {rule}。请改用已有的编号，或先在规则表中增加一行。",
            f"The table of deadline rules has no {rule}. Use an existing id, or add the rule first.",
        )
        for rung in ladders.rungs
        for rule in rung.rules
        if rule not in known_rules
    )


class _Reader:
    def __init__(self, decision: Decision, feel: Feel) -> None:
        self.findings: list[Finding] = []
        self._decision = decision
        self._feel = feel
        self._row = ""

    def read(self) -> Ladders:
        rungs = [rung for rule in self._decision.rules if (rung := self._rung(rule)) is not None]
        self._check_ids(rungs)
        return Ladders(tuple(rungs))

    def _rung(self, rule: Rule) -> Rung | None:
        before = len(self.findings)
        self._row = f"第 {rule.number} 行"
        cells = self._cells(rule)
        rung_id = self._text(cells, "rung")
        if rung_id is None or not _ID.fullmatch(rung_id):
            self._find("rung", "须是以字母开头的编号", "must be an id that begins with a letter")
        else:
            self._row = rung_id
        what = self._what(cells)
        if what is not None:
            self._check_needs(what, cells)
        rung = self._assembled(rung_id or "", self._rules(rule), what or What.NOTIFY, cells)
        return rung if len(self.findings) == before else None

    def _assembled(self, rung_id: str, rules: tuple[str, ...], what: What, cells: Mapping[str, Value]) -> Rung:
        name = self._text(cells, "name") or rung_id
        text = self._text(cells, "text")
        every = self._read(cells, "every", every_of)
        times = self._whole(cells, "times", 1, MOST_TIMES) or 1
        then = tuple((self._text(cells, "then") or "").replace(",", " ").split())
        says_often = cells.get("every") is not None
        if times > 1 and not says_often:
            self._find("every", "重复的行须写明每隔多久", "must say how often, where the row repeats")
        if then and not says_often:
            self._find("every", "有“之后”的行须写明隔多久", "must say after how long the next rows follow")
        points = cells.get("points")
        return Rung(
            rung=rung_id,
            rules=rules,
            name=Message(name, self._text(cells, "name_en") or name),
            when=self._moment(cells),
            what=what,
            every=every,
            times=times,
            then=then,
            to=self._receivers(cells),
            level=self._level(cells),
            topic=self._text(cells, "topic") or f"ladder.{rung_id}",
            text=None if text is None else Message(text, self._text(cells, "text_en") or text),
            kind=self._text(cells, "kind"),
            title=self._text(cells, "title"),
            word=self._text(cells, "word"),
            message=self._text(cells, "message"),
            payload=self._payload(cells),
            code=self._text(cells, "code"),
            points=None if points is None else self._number(cells, "points"),
            days=self._whole(cells, "days", 1, MOST_DAYS),
        )

    def _cells(self, rule: Rule) -> dict[str, Value]:
        cells: dict[str, Value] = {}
        for output, entry in zip(self._decision.outputs, rule.entries, strict=True):
            try:
                cells[output.name] = self._feel.evaluate(entry, {}, _CONSTANTS_AT)
            except FeelError as error:
                self._find(output.name, f"不是常数（{error.message.zh}）", f"is no constant ({error.message.en})")
        return cells

    def _rules(self, rule: Rule) -> tuple[str, ...]:
        test = rule.tests[0].strip() if rule.tests else ""
        if not _RULE_IDS.fullmatch(test):
            self._report(RULE_COLUMN, '须写规则编号，如 "T4" 或 "T4","T4X"', 'must name rules: "T4" or "T4","T4X"')
            return ()
        return tuple(dict.fromkeys(re.findall(r'"([^"]+)"', test)))

    def _what(self, cells: Mapping[str, Value]) -> What | None:
        try:
            return What(cells.get("what"))
        except ValueError:
            allowed = "、".join(each.value for each in What)
            self._find("what", f"只能是 {allowed}", f"must be one of {allowed.replace('、', ', ')}")
            return None

    def _check_needs(self, what: What, cells: Mapping[str, Value]) -> None:
        for column in _NEEDS[what]:
            if cells.get(column) in (None, ""):
                self._find(column, f"“{what.value}”须填写此列", f"is needed for “{what.value}”")

    def _moment(self, cells: Mapping[str, Value]) -> Moment | None:
        text = self._text(cells, "when")
        if text is None:
            return None
        try:
            return parse_moment(text)
        except ImpossibleTime as error:
            self._find("when", error.message.zh.rstrip("。"), error.message.en.rstrip("."))
            return None

    def _receivers(self, cells: Mapping[str, Value]) -> tuple[Receiver, ...]:
        found = []
        for word in (self._text(cells, "to") or "").replace(",", " ").split():
            match = _RECEIVER.fullmatch(word)
            if match is None:
                self._find("to", f"看不懂“{word}”，写岗位，或岗位@单位", f"“{word}”: write role or role@unit")
                continue
            role, at = match[1], match[2]
            short = _SHORT.get(role) if at is None else None
            found.append(Receiver(*short) if short else Receiver(role, at or ("" if role == HOLDER else "keeping")))
        return tuple(found)

    def _payload(self, cells: Mapping[str, Value]) -> str | None:
        text = self._text(cells, "payload")
        if text is None:
            return None
        try:
            unknown = sorted(self._feel.names(text) - set(WORDS))
        except FeelError as error:
            self._find("payload", f"不是 FEEL（{error.message.zh}）", f"is no FEEL ({error.message.en})")
            return None
        if unknown:
            known = ", ".join(WORDS)
            self._find("payload", f"没有变量 {unknown}；可用 {known}", f"knows no {unknown}; there are {known}")
        return text

    def _level(self, cells: Mapping[str, Value]) -> str:
        level = self._text(cells, "level") or "info"
        if level not in LEVELS:
            self._find(
                "level", f"只能是 {'、'.join(sorted(LEVELS))}", f"must be one of {', '.join(sorted(LEVELS))}"
            )
        return level

    def _text(self, cells: Mapping[str, Value], column: str) -> str | None:
        value = cells.get(column)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            self._find(
                column,
                f"须是不超过 {LONGEST_TEXT} 字的文字",
                f"must be a text of at most {LONGEST_TEXT} characters",
            )
            return None
        return value.strip()

    def _read(self, cells: Mapping[str, Value], column: str, read: Callable[[str], T]) -> T | None:
        text = self._text(cells, column)
        try:
            return None if text is None else read(text)
        except ValueError:
            self._find(column, f"看不懂“{text}”，写如 3 W、1 D、24 H", f"“{text}”: write 3 W, 1 D or 24 H")
            return None

    def _number(self, cells: Mapping[str, Value], column: str) -> float | None:
        try:
            return float(cells[column])
        except (TypeError, ValueError):
            self._find(column, "须是数字", "must be a number")
            return None

    def _whole(self, cells: Mapping[str, Value], column: str, least: int, most: int) -> int | None:
        if cells.get(column) is None:
            return None
        value = self._number(cells, column)
        if value is not None and (value != int(value) or not least <= value <= most):
            self._find(column, f"须是 {least} 到 {most} 的整数", f"must be a whole number from {least} to {most}")
            return None
        return None if value is None else int(value)

    def _check_ids(self, rungs: list[Rung]) -> None:
        ids = [rung.rung for rung in rungs]
        for rung in rungs:
            self._row = rung.rung
            if ids.count(rung.rung) > 1:
                self._find("rung", "编号重复", "is used twice")
            for name in rung.then:
                if name not in ids or name == rung.rung:
                    self._find("then", f"没有可接续的行 {name}", f"names no row {name}")
        for name in unused(rungs):
            self._row = name
            self._find("when", "须填写，或由别的行在“之后”中写到它", "is needed, unless another row names this one")

    def _find(self, column: str, zh: str, en: str) -> None:
        self._report(COLUMNS.get(column, Message(column, column)), zh, en)

    def _report(self, column: Message, zh: str, en: str) -> None:
        self.findings.append(_finding(self._row, column, f"{zh}。", f"{en}."))


def _finding(row: str, column: Message, zh: str, en: str) -> Finding:
    message = Message(f"升级表 {row} 的“{column.zh}”：{zh}", f"Escalations, row {row}, column “{column.en}”: {en}")
    return Finding(Severity.ERROR, "ladder-row", message, FILE, element_id=row)
