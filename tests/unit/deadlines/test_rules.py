from __future__ import annotations

import pytest

from engine.clock.calendar import ImpossibleTime
from engine.clock.deadline import ClockKind
from engine.deadlines.rules import DeadlineRules, rules_from
from engine.kernel.decisions import evaluate, parse_decisions
from engine.kernel.feel import Feel
from tests.unit.clock.days import at
from tests.unit.deadlines.conftest import SHARED

NOW = at("2026-01-05 09:00")
D, W, H, FIXED = ClockKind.DAYS, ClockKind.WORKING_DAYS, ClockKind.HOURS, ClockKind.FIXED


@pytest.mark.parametrize(
    ("rule", "clock", "amount", "interrupting"),
    [
        ("T1", D, 15, False),
        ("T2", D, 15, False),
        ("T3", W, 5, True),
        ("T4", D, 60, False),
        ("T4X", D, 30, False),
        ("T5", D, 0, False),
        ("T5D", W, 1, False),
        ("T6", FIXED, None, False),
        ("T9", W, 3, False),
        ("T10", H, 3, False),
        ("T11", H, 8, False),
        ("T12", H, 24, False),
        ("T12P", H, 12, False),
        ("T13", D, 10, False),
        ("T15", D, 3, False),
        ("T20", D, 30, True),
        ("T26", W, 10, False),
    ],
)
def test_the_register_of_limits(
    rules: DeadlineRules, rule: str, clock: ClockKind, amount: int | None, interrupting: bool
) -> None:
    row = rules.get(rule, NOW)
    assert (row.clock, row.amount, row.interrupting) == (clock, amount, interrupting)
    assert row.name
    assert row.source


def test_statutory_limits_are_marked(rules: DeadlineRules) -> None:
    assert [rules.get(r, NOW).statutory for r in ("T1", "T4", "T4X", "T6", "T10")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_an_unknown_rule_is_an_error_that_names_it(rules: DeadlineRules) -> None:
    with pytest.raises(ImpossibleTime, match="T99"):
        rules.get("T99", NOW)


def test_a_row_that_cannot_be_used_is_an_error(feel: Feel) -> None:
    content = (SHARED / "deadline_rules.dmn").read_bytes().replace(b'<text>"D"</text>', b'<text>"Z"</text>', 1)
    broken = rules_from({"deadline_rules.dmn": content}, feel)
    assert broken is not None
    with pytest.raises(ImpossibleTime, match="T1"):
        broken.get("T1", NOW)
    assert broken.get("T2", NOW).amount == 15


def test_files_without_the_table_have_no_rules(feel: Feel) -> None:
    assert rules_from({"onsite_limits.dmn": (SHARED / "onsite_limits.dmn").read_bytes()}, feel) is None


@pytest.mark.parametrize(
    ("place", "rule", "hours"),
    [("district", "T10", 3), ("city", "T11", 8), ("beijing", "T12", 24), ("province", None, None)],
)
def test_the_limits_of_the_onsite_duty(
    feel: Feel, rules: DeadlineRules, place: str, rule: str | None, hours: int | None
) -> None:
    (table,) = parse_decisions((SHARED / "onsite_limits.dmn").read_bytes(), "onsite_limits.dmn")
    row = evaluate(table, {"place_level": place}, feel, NOW)
    assert (row["onsite_rule"], row["limit_hours"], row["limited"]) == (rule, hours, rule is not None)
    if rule is not None:
        assert rules.get(rule, NOW).amount == hours
