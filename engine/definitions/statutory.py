"""Whether a procedure's own table of deadline rules keeps within the law: found when it is checked or deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.casework.statutory_limits import LIMITS, Limit, breaches
from engine.clock.calendar import ImpossibleTime
from engine.deadlines.rule_rows import FLAGS, KEY, plain_values
from engine.deadlines.rules import DECISION, read_rule
from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions import Decision, HitPolicy, Rule, parse_decisions
from engine.kernel.decisions_sheet import ANY
from engine.kernel.feel import Feel, FeelError
from engine.kernel.findings import Finding, Severity

RULE = "statutory-limit"


def statutory_findings(files: Mapping[str, bytes], feel: Feel, now: datetime) -> tuple[Finding, ...]:
    """A finding for each cell that gives longer than the law, or a right less. Files that are no tables are passed
    over: the linter says what is wrong with them.
    """
    found: list[Finding] = []
    for path, content in files.items():
        if path.endswith(".dmn") and DECISION.encode() in content:
            try:
                decisions = parse_decisions(content, path, feel)
            except InvalidDiagram:
                continue
            for decision in decisions:
                if decision.decision_id == DECISION:
                    found += _Table(decision, path, feel, now).findings()
    return tuple(found)


class _Table:
    def __init__(self, decision: Decision, path: str, feel: Feel, now: datetime) -> None:
        self._decision = decision
        self._path = path
        self._feel = feel
        self._now = now
        expressions = [column.expression for column in decision.inputs]
        self._key = expressions.index(KEY) if KEY in expressions else None

    def findings(self) -> Iterator[Finding]:
        for limit in LIMITS.values():
            rows = list(self._rows_of(limit))
            for row in rows:
                yield from self._of_row(limit, dict(zip(self._names, row.entries, strict=True)), row)
            if not rows:
                yield from self._of_defaults(limit)

    @property
    def _names(self) -> list[str]:
        return [output.name for output in self._decision.outputs]

    def _rows_of(self, limit: Limit) -> Iterator[Rule]:
        """Rows that can hit for the rule. Where the first hit counts, none after one that always hits."""
        for row in self._decision.rules:
            if self._hits(row, limit):
                yield row
                others = [test for index, test in enumerate(row.tests) if index != self._key]
                if self._decision.hit_policy is HitPolicy.FIRST and all(test == ANY for test in others):
                    return

    def _hits(self, row: Rule, limit: Limit) -> bool:
        test = ANY if self._key is None else row.tests[self._key]
        if test == ANY:
            return True
        try:
            return self._feel.matches(test, limit.rule, {KEY: limit.rule}, self._now)
        except FeelError:
            return True

    def _of_row(self, limit: Limit, cells: Mapping[str, str], row: Rule | None) -> Iterator[Finding]:
        # a flag that is left open is not set
        open_flags = {flag: "false" for flag in FLAGS if cells.get(flag, "null") == "null"}
        values, wrong = plain_values({**cells, **open_flags})
        for column, message in wrong.items():
            zh = f"{limit.rule}“{limit.name.zh}”的“{column}”要能看出是否符合{limit.article.zh}：{message.zh}"
            en = f"“{column}” of {limit.rule} must show that it keeps to {limit.article.en}: {message.en}"
            yield self._finding(limit, column, Message(zh, en), row)
        if wrong or values.get("clock") is None:
            return
        try:
            rule = read_rule(limit.rule, {"name": limit.rule, **values})
        except ImpossibleTime as error:
            yield self._finding(limit, "", error.message, row)
            return
        for breach in breaches(limit, rule):
            yield self._finding(limit, breach.column, breach.message, row)

    def _of_defaults(self, limit: Limit) -> Iterator[Finding]:
        defaults = {output.name: output.default for output in self._decision.outputs if output.default is not None}
        if "clock" in defaults:
            yield from self._of_row(limit, defaults, None)

    def _finding(self, limit: Limit, column: str, message: Message, row: Rule | None) -> Finding:
        line, element = (
            (self._decision.line, self._decision.decision_id) if row is None else (row.line, row.rule_id)
        )
        at = column or None
        return Finding(Severity.ERROR, RULE, message, self._path, line, element, at, article=limit.article)
