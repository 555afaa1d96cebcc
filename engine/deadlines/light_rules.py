"""When the lights of a rule come on, and what they are called: the rows of the table `lights`.

A row belongs to a rule, or (`-`) to all rules, or to all that count by one clock. Where a rule's own row leaves
something open, the default of its clock holds, and then the default of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from engine.clock.calendar import ImpossibleTime
from engine.clock.moment import Moment, MomentKind, parse_moment
from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions import Decision, Rule, parse_decisions
from engine.kernel.feel import Feel, FeelError
from engine.kernel.findings import Finding, Severity
from engine.values import Value

DECISION: Final = "lights"
FILE: Final = "lights.dmn"
LIGHTS: Final = ("blue", "yellow", "red")
ANY: Final = "-"
_NOW: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A row holds no moving time: any instant will do to read it."""
_KEY = re.compile(r'"([^"\\]+)"')
_WORDS: Final = {light: (f"{light}_word", f"{light}_word_en", f"{light}_icon") for light in LIGHTS}
LONGEST_WORD: Final = 24


@dataclass(frozen=True)
class LightRule:
    """What the table says of a rule. A moment, word or icon that it leaves open is the built-in one."""

    rule: str
    blue: Moment | None = None
    yellow: Moment | None = None
    words: Mapping[str, Message] = field(default_factory=dict)
    icons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LightRules:
    """`rows` by rule and clock; `-` stands for any."""

    rows: Mapping[tuple[str, str], LightRule] = field(default_factory=dict)

    def get(self, rule_id: str, clock: str = ANY) -> LightRule:
        """What holds for a rule: its own row, filled up with the defaults of its clock (H, D, W, P, fixed).

        Where the clock is not known (`-`) any row of the rule's own will do: a rule has one clock.
        """
        own = (
            [key for key in self.rows if key[0] == rule_id] if clock == ANY else [(rule_id, clock), (rule_id, ANY)]
        )
        keys = dict.fromkeys([*own, (ANY, clock), (ANY, ANY)])
        found = [row for key in keys if (row := self.rows.get(key)) is not None]
        return LightRule(
            rule=rule_id,
            blue=next((row.blue for row in found if row.blue is not None), None),
            yellow=next((row.yellow for row in found if row.yellow is not None), None),
            words={light: word for row in reversed(found) for light, word in row.words.items()},
            icons={light: icon for row in reversed(found) for light, icon in row.icons.items()},
        )


NO_LIGHTS: Final = LightRules()


def lights_from(content: bytes, feel: Feel) -> LightRules:
    """The table of a DMN file. Raises InvalidDiagram with a finding for each cell that cannot be used."""
    decision = next((d for d in parse_decisions(content, FILE, feel) if d.decision_id == DECISION), None)
    if decision is None:
        message = Message(f"文件中没有决策表 {DECISION}。", f"The file holds no decision {DECISION}.")
        raise InvalidDiagram([Finding(Severity.ERROR, "table-missing", message, FILE)])
    findings: list[Finding] = []
    rows: dict[tuple[str, str], LightRule] = {}
    for rule in decision.rules:
        reader = _Row(decision, rule, feel)
        row = reader.read()
        if reader.key in rows:
            findings.append(
                reader.finding("rule", Message("这条规则的灯已有一行。请合并。", "The rule has a row. Merge them."))
            )
        rows[reader.key] = row
        findings += reader.findings
    if findings:
        raise InvalidDiagram(findings)
    return LightRules(rows)


class _Row:
    """Reads one row; `key` is its rule and clock."""

    def __init__(self, decision: Decision, rule: Rule, feel: Feel) -> None:
        self.findings: list[Finding] = []
        self._rule = rule
        self._outputs = decision.outputs
        tests = dict(zip((column.expression for column in decision.inputs), rule.tests, strict=True))
        self.key = (self._test(tests, "rule"), self._test(tests, "clock"))
        self._cells = dict(self._values(feel))

    def read(self) -> LightRule:
        return LightRule(
            rule=self.key[0],
            blue=self._moment("blue"),
            yellow=self._moment("yellow"),
            words=dict(self._words()),
            icons={light: icon for light in LIGHTS if (icon := self._text(_WORDS[light][2])) is not None},
        )

    def finding(self, column: str, message: Message) -> Finding:
        where = Message(f"第 {self._rule.number} 行，{column}：", f"Row {self._rule.number}, {column}: ")
        return Finding(
            Severity.ERROR,
            "table-cell",
            Message(where.zh + message.zh, where.en + message.en),
            FILE,
            self._rule.line,
            self._rule.rule_id,
            column,
        )

    def _find(self, column: str, zh: str, en: str) -> None:
        self.findings.append(self.finding(column, Message(zh, en)))

    def _test(self, tests: Mapping[str, str], name: str) -> str:
        text = tests.get(name, ANY)
        found = _KEY.fullmatch(text)
        if found is None and text != ANY:
            self._find(
                name,
                f'{text} 不可用。请写一个带引号的编号，例如 "T4"，或 - 表示全部。',
                f'{text} cannot be used. Write one id in quotes, such as "T4", or - for all.',
            )
        return found[1] if found else ANY

    def _values(self, feel: Feel) -> Iterator[tuple[str, Value]]:
        for output, text in zip(self._outputs, self._rule.entries, strict=True):
            try:
                value = feel.evaluate(text, {}, _NOW)
                if value is not None and output.allowed and not feel.matches(output.allowed, value, {}, _NOW):
                    self._find(
                        output.name,
                        f"{value!r} 不在可选值之内：{output.allowed}。",
                        f"{value!r} is not among {output.allowed}.",
                    )
                    value = None
                yield output.name, value
            except FeelError as error:
                self._find(output.name, error.message.zh, error.message.en)

    def _text(self, column: str) -> str | None:
        value = self._cells.get(column)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_WORD:
            self._find(
                column,
                f"{value!r} 不可用。请写不超过 {LONGEST_WORD} 个字的文字，或 null。",
                f"{value!r} cannot be used. Write a text of at most {LONGEST_WORD} characters, or null.",
            )
            return None
        return value.strip()

    def _moment(self, column: str) -> Moment | None:
        text = self._text(column)
        if text is None:
            return None
        try:
            moment = parse_moment(text)
        except ImpossibleTime as error:
            self._find(column, error.message.zh, error.message.en)
            return None
        is_beyond = moment.kind is MomentKind.SHARE and moment.amount > 1
        if is_beyond or moment.kind in {MomentKind.LIGHT, MomentKind.AFTER}:
            self._find(
                column,
                f"“{text}”在届满之后，或取决于另一盏灯。请写 share 0.5、before 1 W 这样的时点。",
                f"“{text}” comes after the due instant or hangs on another light. Write share 0.5 or before 1 W.",
            )
        return moment

    def _words(self) -> Iterator[tuple[str, Message]]:
        for light, (zh, en, _) in _WORDS.items():
            word, word_en = self._text(zh), self._text(en)
            if (word is None) != (word_en is None):
                self._find(
                    zh if word is None else en, "请把中文和英文都写上。", "Give the words in both languages."
                )
            if word is not None and word_en is not None:
                yield light, Message(word, word_en)
