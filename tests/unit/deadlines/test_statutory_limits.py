from __future__ import annotations

from dataclasses import replace

import pytest

from engine.casework.statutory_limits import LIMITS, breaches
from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Term, dues_of
from engine.clock.period import Period
from engine.deadlines.rules import DeadlineRule, DeadlineRules
from tests.unit.clock.days import ZONE, announced, at

NOW = at("2026-01-05 09:00")
D, W, H, P, FIXED = (
    ClockKind.DAYS,
    ClockKind.WORKING_DAYS,
    ClockKind.HOURS,
    ClockKind.PERIOD,
    ClockKind.FIXED,
)


def told(row: DeadlineRule) -> list[str]:
    return [breach.column for breach in breaches(LIMITS[row.rule], row)]


@pytest.mark.parametrize("rule", list(LIMITS))
def test_the_rules_that_ship_keep_to_the_law_and_are_marked(rules: DeadlineRules, rule: str) -> None:
    row = rules.get(rule, NOW)
    assert told(row) == []
    assert row.statutory


def test_every_rule_that_is_marked_has_a_limit(rules: DeadlineRules) -> None:
    ids = [f"T{n}" for n in range(1, 27)] + ["T4X", "T5D", "T12P", "T16C", "T21R"]
    found = [rules.find(rule, NOW) for rule in ids]
    assert {row.rule for row in found if row is not None and row.statutory} == set(LIMITS)


@pytest.mark.parametrize(
    ("rule", "changed", "columns"),
    [
        ("T4", {"amount": 59}, []),
        ("T4", {"amount": 0}, []),
        ("T4", {"rollover": False}, []),
        ("T4", {"pause_reasons": ()}, []),
        ("T4", {"clock": H, "amount": 60 * 24}, []),
        ("T4", {"clock": H, "amount": 60 * 24 + 1}, ["amount"]),
        ("T4", {"amount": 61}, ["amount"]),
        ("T4", {"amount": None}, ["amount"]),
        ("T4", {"clock": W, "amount": 1}, ["clock"]),
        ("T4", {"clock": P, "period": Period.YEAR, "amount": 1}, ["clock"]),
        ("T4", {"clock": FIXED, "amount": None, "from_variable": "any_day"}, ["clock"]),
        ("T4", {"after_rule": "T2"}, ["after_rule"]),
        ("T4", {"statutory": False}, ["statutory"]),
        ("T4", {"interrupting": True}, ["interrupting"]),
        ("T4", {"pause_reasons": ("supplement", "hearing")}, ["pause_reasons"]),
        ("T4X", {"after_rule": None}, ["after_rule"]),
        ("T21", {"pause_reasons": ("hearing",)}, ["pause_reasons"]),
        ("T26", {"clock": D}, []),
        ("T26", {"rollover": True}, ["rollover"]),
        ("T3", {"amount": 4}, ["amount"]),
        ("T3", {"amount": 6}, ["amount"]),
        ("T3", {"clock": D}, ["clock"]),
        ("T20", {"rollover": False}, ["rollover"]),
        ("T20", {"interrupting": False}, ["interrupting"]),
    ],
)
def test_what_the_law_bears(
    rules: DeadlineRules, rule: str, changed: dict[str, object], columns: list[str]
) -> None:
    assert told(replace(rules.get(rule, NOW), **changed)) == columns  # type: ignore[arg-type]


@pytest.mark.parametrize("start", ["2025-09-26 09:00", "2026-02-10 23:59", "2025-12-31 00:00", "2026-04-29 12:00"])
def test_calendar_days_instead_of_working_days_are_never_longer(start: str) -> None:
    """Why a limit in working days may be kept in calendar days: the same number is due no later."""
    calendar: WorkCalendar = announced()
    for amount in range(1, 40):
        shorter = dues_of(Term(D, amount), at(start), calendar, ZONE)
        assert shorter.legal_due <= dues_of(Term(W, amount), at(start), calendar, ZONE).legal_due
