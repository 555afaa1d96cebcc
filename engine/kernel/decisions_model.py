"""A DMN decision table as values, and the error of one that breaks its own rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from engine.errors import EngineError, Message


class HitPolicy(Enum):
    """Source: DMN 1.3, 8.2.10."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    OUTPUT_ORDER = "OUTPUT ORDER"
    RULE_ORDER = "RULE ORDER"
    COLLECT = "COLLECT"

    @property
    def is_single(self) -> bool:
        """Whether at most one rule's outputs are the result."""
        return self in {HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY}

    @property
    def needs_priorities(self) -> bool:
        return self in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}


class Aggregation(Enum):
    """What COLLECT makes of the outputs."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True)
class Input:
    """A column of conditions. `expression` is FEEL; `allowed` unary tests, or None; `type_ref` as written."""

    input_id: str
    label: str
    expression: str
    type_ref: str | None
    allowed: str | None
    line: int | None


@dataclass(frozen=True)
class Output:
    """A column of results. `name` is the variable; `allowed` a FEEL list's items, highest priority first."""

    output_id: str
    label: str
    name: str
    type_ref: str | None
    allowed: str | None
    default: str | None
    line: int | None


@dataclass(frozen=True)
class Rule:
    """A row: unary tests in the order of the inputs, FEEL in the order of the outputs. `number` counts from 1."""

    rule_id: str
    number: int
    tests: tuple[str, ...]
    entries: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, eq=False)
class Decision:
    """A decision with a decision table. Compared by identity: it is parsed once and kept."""

    decision_id: str
    name: str
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    line: int | None = None
    file: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """What a business rule task sets: every output, or the decision's id for a list or an aggregate."""
        if self.hit_policy.is_single:
            return tuple(output.name for output in self.outputs)
        return (self.decision_id,)

    @cached_property
    def texts(self) -> tuple[tuple[str, bool], ...]:
        """All FEEL of the table as (text, is unary tests)."""
        found = [(each.expression, False) for each in self.inputs]
        allowed = [*(each.allowed for each in self.inputs), *(each.allowed for each in self.outputs)]
        found += [(text, True) for text in allowed if text is not None]
        found += [(output.default, False) for output in self.outputs if output.default is not None]
        for rule in self.rules:
            found += [(test, True) for test in rule.tests]
            found += [(entry, False) for entry in rule.entries]
        return tuple(found)


class DecisionError(EngineError):
    """A table that cannot answer: an input is missing or not allowed, or the hits break the hit policy.

    `rules` are the ids of the rules concerned; `unknown` names the variables that do not exist.
    """

    def __init__(
        self, decision: Decision, reason: Message, *, rules: tuple[str, ...] = (), unknown: tuple[str, ...] = ()
    ) -> None:
        super().__init__(
            Message(
                f"决策表“{decision.name}”：{reason.zh}",
                f"Decision table “{decision.name}” ({decision.decision_id}): {reason.en}",
            )
        )
        self.decision_id = decision.decision_id
        self.rules = rules
        self.unknown = unknown
