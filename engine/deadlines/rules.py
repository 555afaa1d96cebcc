"""The rows of the table of deadline rules, read through the decision `deadline_rules`.

Its inputs are `rule` and, where the table has effective dates, `on`: the local date on which the duty starts. The
law in force on that day decides, whatever comes into force while the duty runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from engine.clock.calendar import ImpossibleTime
from engine.clock.deadline import ClockKind
from engine.clock.period import Period
from engine.errors import EngineError, Message
from engine.kernel.decisions import Decision, DecisionError, evaluate, parse_decisions
from engine.kernel.feel import Feel, FeelError
from engine.values import Value

DECISION = "deadline_rules"
_MOST_KEPT: Final = 4096


@dataclass(frozen=True)
class DeadlineRule:
    """One row. `amount` counts what `clock` counts; `period` belongs to P.

    `after_rule`: the term continues where that rule's ends, from the same start. `from_variable`: a variable of
    the case that gives the date (fixed) or a smaller amount. `escalate_role` hears of lateness. `pause_reasons` are
    codes for which the clock may stand. `version` is the office's version of the table, 0 for a procedure's own.
    """

    rule: str
    name: str
    name_en: str
    clock: ClockKind
    amount: int | None
    period: Period | None
    after_rule: str | None
    from_variable: str | None
    rollover: bool
    statutory: bool
    interrupting: bool
    source: str
    escalate_role: str | None
    pause_reasons: tuple[str, ...] = ()
    version: int = 0


class DeadlineRules:
    """A table of rules; rows are evaluated when first asked for. `version` is that of the office, or 0."""

    def __init__(self, decision: Decision, feel: Feel, version: int = 0) -> None:
        self._decision = decision
        self._feel = feel
        self._version = version
        self._rows: dict[tuple[str, date], DeadlineRule | None] = {}

    def get(self, rule: str, now: datetime, on: date | None = None) -> DeadlineRule:
        """The row in force on a local date (None: today's). Raises ImpossibleTime where none can be used."""
        found = self.find(rule, now, on)
        if found is None:
            raise unknown_rule(rule)
        return found

    def find(self, rule: str, now: datetime, on: date | None = None) -> DeadlineRule | None:
        """None where no row of the rule is in force. Raises ImpossibleTime for a row that cannot be used."""
        on = on or now.astimezone(self._feel.zone).date()
        if (rule, on) not in self._rows:
            if len(self._rows) >= _MOST_KEPT:
                self._rows.clear()
            self._rows[rule, on] = self._read(rule, now, on)
        return self._rows[rule, on]

    def _read(self, rule: str, now: datetime, on: date) -> DeadlineRule | None:
        try:
            row = evaluate(self._decision, {"rule": rule, "on": on}, self._feel, now)
        except (DecisionError, FeelError) as error:
            raise _unusable(rule, error) from error
        if not isinstance(row, Mapping) or row.get("clock") is None:
            return None
        return read_rule(rule, row, self._version)


def rules_from(files: Mapping[str, bytes], feel: Feel) -> DeadlineRules | None:
    """The table among a procedure's files (the shared ones included), None where there is none."""
    for path, content in files.items():
        if path.endswith(".dmn") and DECISION.encode() in content:
            found = rules_in(content, path, feel)
            if found is not None:
                return found
    return None


def rules_in(content: bytes, path: str, feel: Feel, version: int = 0) -> DeadlineRules | None:
    """The table of a DMN file. Raises InvalidDiagram."""
    for decision in parse_decisions(content, path):
        if decision.decision_id == DECISION:
            return DeadlineRules(decision, feel, version)
    return None


def read_rule(rule: str, row: Mapping[str, Value], version: int = 0) -> DeadlineRule:
    """A row's outputs as a rule. Raises ImpossibleTime."""
    try:
        period = row.get("period")
        return DeadlineRule(
            rule=rule,
            name=str(row["name"]),
            name_en=str(row.get("name_en") or row["name"]),
            clock=ClockKind(row["clock"]),
            amount=None if row.get("amount") is None else int(row["amount"]),
            period=None if period is None else Period(period),
            after_rule=row.get("after_rule"),
            from_variable=row.get("from_variable"),
            rollover=bool(row.get("rollover")),
            statutory=bool(row.get("statutory")),
            interrupting=bool(row.get("interrupting")),
            source=str(row.get("source") or ""),
            escalate_role=row.get("escalate_role"),
            pause_reasons=_codes(row.get("pause_reasons")),
            version=version,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise _unusable(rule, error) from error


def unknown_rule(rule: str) -> ImpossibleTime:
    """No row of the rule is in force."""
    return ImpossibleTime(
        Message(
            f"期限规则表中没有 {rule} 这一条，或者没有在起算之日施行的一行。"
            "请在流程图中改用已有的编号，或在表中增加一行。",
            f"The table of deadline rules has no row {rule}, or none that is in force when the duty starts. "
            "Use an existing id in the diagram, or add a row.",
        )
    )


def _codes(value: Value) -> tuple[str, ...]:
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(code, str) for code in listed):
        raise ValueError(f"pause_reasons: {value!r}")
    return tuple(listed)


def _unusable(rule: str, error: Exception) -> ImpossibleTime:
    reason = error.message if isinstance(error, EngineError) else Message(str(error), str(error))
    return ImpossibleTime(
        Message(
            f"期限规则 {rule} 的这一行不可用（{reason.zh}）。请在期限规则表中更正。",
            f"The row of deadline rule {rule} cannot be used ({reason.en}). Correct it in the table.",
        )
    )
