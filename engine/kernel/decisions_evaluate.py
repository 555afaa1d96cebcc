"""The result of a decision table for some data: every hit policy and aggregation of DMN.

Source: DMN 1.3, 8.2.10 (hit policies) and 8.3 (inputs and outputs against their allowed values).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from engine.errors import Message
from engine.kernel.decisions_model import Aggregation, Decision, DecisionError, HitPolicy, Input, Output, Rule
from engine.kernel.decisions_types import admits
from engine.kernel.feel import Feel, FeelError
from engine.values import Data, Value

_ANYTHING: Final = "-"
Hit = tuple[Rule, Mapping[str, Value]]


def evaluate(decision: Decision, data: Data, feel: Feel, now: datetime) -> Value:
    """A single-hit policy's outputs by name (None where no rule hits), else the list of hits or its aggregate.

    A list's items are values where the table has one output, else mappings by output name.
    Raises DecisionError for a missing or disallowed input and for hits that break the policy, FeelError for a cell.
    """
    return feel.remember(decision, decision.texts, data, now, lambda: _Table(decision, data, feel, now).result())


class _Table:
    def __init__(self, decision: Decision, data: Data, feel: Feel, now: datetime) -> None:
        self._decision = decision
        self._data = data
        self._feel = feel
        self._now = now

    def result(self) -> Value:
        matched = self._matching(self._inputs())
        policy = self._decision.hit_policy
        if policy is HitPolicy.FIRST:
            matched = matched[:1]
        if policy is HitPolicy.UNIQUE and len(matched) > 1:
            raise self._broken("同时命中了", "hits at once", matched)
        hits = self._hits(matched)
        if policy.needs_priorities:
            hits = self._by_priority(hits)
        if policy.is_single:
            return self._single(hits)
        return self._many(hits)

    def _inputs(self) -> list[Value]:
        try:
            values = self._feel.evaluate_many(
                [column.expression for column in self._decision.inputs], self._data, self._now
            )
        except FeelError as error:
            if error.unknown:
                names = "、".join(error.unknown)
                reason = Message(
                    f"缺少输入变量“{names}”。请先在流程中给它赋值。",
                    f"input variable “{names}” is missing. Set it earlier in the procedure.",
                )
                raise DecisionError(self._decision, reason, unknown=error.unknown) from error
            raise
        for column, value in zip(self._decision.inputs, values, strict=True):
            if not admits(column.type_ref, value):
                raise self._wrong_type("输入", "input", column, value)
        self._require_allowed("输入", "input", list(zip(self._decision.inputs, values, strict=True)))
        return values

    def _matching(self, values: Sequence[Value]) -> list[Rule]:
        cells = [
            (rule.number, test, value)
            for rule in self._decision.rules
            for test, value in zip(rule.tests, values, strict=True)
            if test != _ANYTHING
        ]
        verdicts = self._feel.matches_many([(test, value) for _, test, value in cells], self._data, self._now)
        failed = {number for (number, _, _), verdict in zip(cells, verdicts, strict=True) if not verdict}
        return [rule for rule in self._decision.rules if rule.number not in failed]

    def _hits(self, rules: Sequence[Rule]) -> list[Hit]:
        outputs = self._decision.outputs
        texts = [entry for rule in rules for entry in rule.entries]
        values = iter(self._feel.evaluate_many(texts, self._data, self._now) if texts else ())
        hits: list[Hit] = [(rule, {output.name: next(values) for output in outputs}) for rule in rules]
        self._check_outputs([(output, hit[output.name]) for _, hit in hits for output in outputs])
        return hits

    def _check_outputs(self, pairs: Sequence[tuple[Output, Value]]) -> None:
        for output, value in pairs:
            if not admits(output.type_ref, value):
                raise self._wrong_type("输出", "output", output, value)
        self._require_allowed("输出", "output", pairs)

    def _require_allowed(self, zh: str, en: str, pairs: Sequence[tuple[Input | Output, Value]]) -> None:
        """Null stands for "no value" and is not held against the list."""
        listed = [(column, value) for column, value in pairs if column.allowed is not None and value is not None]
        tests = [(column.allowed or _ANYTHING, value) for column, value in listed]
        verdicts = self._feel.matches_many(tests, self._data, self._now)
        for (column, value), verdict in zip(listed, verdicts, strict=True):
            if not verdict:
                reason = Message(
                    f"{zh}“{column.label}”的值 {_shown(value)} 不在允许值（{column.allowed}）之内。",
                    f"{en} “{column.label}” is {_shown(value)}, which is not among {column.allowed}.",
                )
                raise DecisionError(self._decision, reason)

    def _by_priority(self, hits: Sequence[Hit]) -> list[Hit]:
        """Highest first: the outputs compare from left to right, each by its place in its allowed values."""
        ranked = [output for output in self._decision.outputs if output.allowed is not None]
        lists = self._feel.evaluate_many([f"[{output.allowed}]" for output in ranked], self._data, self._now)
        if not hits:
            return []

        def rank(hit: Hit) -> tuple[int, ...]:
            return tuple(
                values.index(hit[1][output.name]) if hit[1][output.name] in values else len(values)
                for output, values in zip(ranked, lists, strict=True)
            )

        return sorted(hits, key=rank)

    def _single(self, hits: Sequence[Hit]) -> Mapping[str, Value]:
        if not hits:
            return self._defaults()
        if self._decision.hit_policy is HitPolicy.ANY and any(hit != hits[0][1] for _, hit in hits):
            raise self._broken("输出不一致，命中了", "different outputs of", [rule for rule, _ in hits])
        return hits[0][1]

    def _many(self, hits: Sequence[Hit]) -> Value:
        outputs = [hit for _, hit in hits]
        if not outputs and any(output.default is not None for output in self._decision.outputs):
            outputs = [self._defaults()]
        if len(self._decision.outputs) > 1:
            return outputs
        values = [value for hit in outputs for value in hit.values()]
        return values if self._decision.aggregation is None else self._aggregate(self._decision.aggregation, values)

    def _defaults(self) -> Mapping[str, Value]:
        texts = [output.default or "null" for output in self._decision.outputs]
        values = self._feel.evaluate_many(texts, self._data, self._now)
        return {output.name: value for output, value in zip(self._decision.outputs, values, strict=True)}

    def _aggregate(self, aggregation: Aggregation, values: Sequence[Value]) -> Value:
        if aggregation is Aggregation.COUNT:
            return len(values)
        function = {Aggregation.SUM: "sum", Aggregation.MIN: "min", Aggregation.MAX: "max"}[aggregation]
        if any(not admits("number", value) or value is None for value in values):
            reason = Message(
                f"{aggregation.value} 只能用于数字，命中的输出中有其他类型或空值。",
                f"{aggregation.value} needs numbers, and a hit has another type or null.",
            )
            raise DecisionError(self._decision, reason)
        # FEEL does the sum: 0.1 + 0.2 is 0.3 here as it is in a cell.
        return self._feel.evaluate(f"{function}(values)", {"values": list(values)}, self._now) if values else None

    def _wrong_type(self, zh: str, en: str, column: Input | Output, value: Value) -> DecisionError:
        reason = Message(
            f"{zh}“{column.label}”应为 {column.type_ref}，实际是 {_shown(value)}。",
            f"{en} “{column.label}” should be {column.type_ref} but is {_shown(value)}.",
        )
        return DecisionError(self._decision, reason)

    def _broken(self, zh: str, en: str, rules: Sequence[Rule]) -> DecisionError:
        numbers = "、".join(str(rule.number) for rule in rules)
        policy = self._decision.hit_policy.value
        reason = Message(
            f"命中策略为 {policy}，但{zh}第 {numbers} 条规则。请修改规则使其不冲突。",
            f"hit policy {policy}, but {en} rules {numbers.replace('、', ', ')}. Change the rules.",
        )
        return DecisionError(self._decision, reason, rules=tuple(rule.rule_id for rule in rules))


def _shown(value: Value) -> str:
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:80] + "…"
