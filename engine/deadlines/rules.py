"""The rows of the table of deadline rules, read through the decision `deadline_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.clock.calendar import ImpossibleTime
from engine.clock.deadline import ClockKind
from engine.clock.period import Period
from engine.errors import Message
from engine.kernel.decisions import Decision, evaluate, parse_decisions
from engine.kernel.feel import Feel
from engine.values import Value

DECISION = "deadline_rules"


@dataclass(frozen=True)
class DeadlineRule:
    """One row. `amount` counts what `clock` counts; `period` belongs to P.

    `after_rule`: the term continues where that rule's ends, from the same start. `from_variable`: a variable of
    the case that gives the date (fixed) or a smaller amount. `escalate_role` hears of lateness.
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


class DeadlineRules:
    """The table of one version of a procedure; rows are evaluated when first asked for."""

    def __init__(self, decision: Decision, feel: Feel) -> None:
        self._decision = decision
        self._feel = feel
        self._rows: dict[str, DeadlineRule] = {}

    def get(self, rule: str, now: datetime) -> DeadlineRule:
        """Raises ImpossibleTime for a rule that has no row, or a row that cannot be used."""
        known = self._rows.get(rule)
        if known is None:
            row = evaluate(self._decision, {"rule": rule}, self._feel, now)
            if not isinstance(row, Mapping) or row.get("clock") is None:
                raise _unknown(rule)
            known = self._rows[rule] = _read(rule, row)
        return known


def rules_from(files: Mapping[str, bytes], feel: Feel) -> DeadlineRules | None:
    """The table among a procedure's files (the shared ones included), None where there is none."""
    for path, content in files.items():
        if path.endswith(".dmn") and DECISION.encode() in content:
            for decision in parse_decisions(content, path):
                if decision.decision_id == DECISION:
                    return DeadlineRules(decision, feel)
    return None


def _read(rule: str, row: Mapping[str, Value]) -> DeadlineRule:
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
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ImpossibleTime(
            Message(
                f"期限规则 {rule} 的这一行不可用（{error}）。请在期限规则表中更正。",
                f"The row of deadline rule {rule} cannot be used ({error}). Correct it in the table.",
            )
        ) from error


def _unknown(rule: str) -> ImpossibleTime:
    return ImpossibleTime(
        Message(
            f"期限规则表中没有 {rule} 这一条。请在流程图中改用已有的编号，或在表中增加一行。",
            f"The table of deadline rules has no row {rule}. Use an existing id in the diagram, or add a row.",
        )
    )
