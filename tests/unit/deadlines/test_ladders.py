"""The table of escalations: what its rows say, when they fire, and what is wrong with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.clock.deadline import ClockKind, Term, dues_of
from engine.clock.lights import lights_of
from engine.deadlines.ladders import Ground, Ladders, What, check_ladders, ladders_from, rung_instant
from engine.deadlines.rules import DeadlineRules
from engine.deadlines.rungs import Every, Receiver, first_firings, follower_basis, next_basis
from engine.errors import InvalidDiagram
from engine.kernel.feel import Feel
from engine.values import Data
from tests.unit.clock.days import ZONE, announced, at
from tests.unit.deadlines.conftest import SHARED
from tests.unit.deadlines.escalation_rows import escalations

NOW = at("2025-09-22 10:00")


@pytest.fixture(scope="module")
def shipped() -> Ladders:
    return ladders_from((SHARED / "escalations.dmn").read_bytes(), Feel(ZONE))


def ground(due_on: str, clock: ClockKind = ClockKind.FIXED, amount: int = 0, start: datetime = NOW) -> Ground:
    fixed = at(f"{due_on} 00:00").astimezone(ZONE).date() if clock is ClockKind.FIXED else None
    dues = dues_of(Term(clock, amount, fixed_on=fixed), start, announced(), ZONE)
    return Ground(dues, lights_of(clock, dues, announced(), ZONE), announced(), ZONE)


def test_the_shipped_ladder_of_a_supervision_urges_three_times_and_then_proposes_accountability(
    shipped: Ladders,
) -> None:
    urge = shipped.get("urge")

    assert urge is not None
    assert (urge.rules, urge.what, urge.kind) == (("T7",), What.PAPER, "F06")
    assert urge.when is not None
    assert (urge.when.text, urge.every, urge.times) == ("after 3 D", Every(3, "W"), 3)
    assert urge.then == ("urge.order", "urge.account")
    assert urge.to == (Receiver("holder", ""), Receiver("unit_leader", "unit"))


def test_every_rung_that_ships_stands_on_a_rule_that_ships(shipped: Ladders, rules: DeadlineRules) -> None:
    named = {rule for rung in shipped.rungs for rule in rung.rules}

    assert named
    assert {rules.get(rule, NOW).rule for rule in named} == named


def test_first_firings_are_those_rungs_that_start_by_themselves(shipped: Ladders) -> None:
    plans = first_firings(shipped.of("T7"), ground("2025-09-26"), NOW)

    assert [(plan.rung, plan.at.replace(microsecond=0)) for plan in plans] == [
        ("duty.yellow", at("2025-09-25 00:00")),
        ("duty.red", at("2025-09-26 24:00")),
        ("duty.red.head", at("2025-09-26 24:00")),
        ("urge", at("2025-09-29 24:00")),
    ]
    assert plans[3].basis == {"moment": "after 3 D"}


def test_a_reminder_that_has_passed_when_the_deadline_starts_is_left_out_and_lateness_never(
    shipped: Ladders,
) -> None:
    plans = first_firings(shipped.of("T7"), ground("2025-09-26"), at("2025-09-28 10:00"))

    assert [plan.rung for plan in plans] == ["duty.red", "duty.red.head", "urge"]


def test_three_urges_over_the_national_day(shipped: Ladders) -> None:
    urge, days = shipped.get("urge"), ground("2025-09-26")
    assert urge is not None
    basis: Data = {"moment": "after 3 D"}
    instants = [rung_instant(basis, days)]
    while (following := next_basis(urge, basis, instants[-1], instants[-1])) is not None:
        basis = following[1]
        instants.append(rung_instant(basis, days))
    last = follower_basis(urge, basis, instants[-1], instants[-1])
    assert last is not None

    assert instants == [at("2025-09-29 24:00"), at("2025-10-11 24:00"), at("2025-10-15 24:00")]
    assert rung_instant(last, days) == at("2025-10-21 24:00")


def test_after_an_outage_the_receiver_still_has_the_whole_time_to_answer(shipped: Ladders) -> None:
    urge = shipped.get("urge")
    assert urge is not None
    due = at("2025-10-15 24:00")

    _, late = next_basis(urge, {"moment": "after 3 D"}, due, at("2025-10-20 08:00")) or (0, {})
    _, punctual = next_basis(urge, {"moment": "after 3 D"}, due, due + timedelta(seconds=3)) or (0, {})

    assert rung_instant(late, ground("2025-09-26")) == at("2025-10-23 24:00")
    assert rung_instant(punctual, ground("2025-09-26")) == at("2025-10-21 24:00")


def test_a_repetition_never_comes_before_the_moment_of_a_deadline_that_was_moved(shipped: Ladders) -> None:
    basis = {"moment": "after 3 D", "every": "3 W", "after": at("2025-09-29 24:00"), "nth": 2}

    assert rung_instant(basis, ground("2025-12-01")) == at("2025-12-04 24:00")


@pytest.mark.parametrize(
    ("place", "hours", "red"),
    [("T10", 3, "2026-10-03 12:20"), ("T11", 8, "2026-10-03 17:20"), ("T12", 24, "2026-10-04 09:20")],
)
def test_on_site_duties_know_no_holidays_and_escalate_to_the_minute(
    shipped: Ladders, place: str, hours: int, red: str
) -> None:
    start = at("2026-10-03 09:20")
    plans = first_firings(shipped.of(place), ground("", ClockKind.HOURS, hours, start), start)

    assert [(plan.rung, plan.at.replace(microsecond=0)) for plan in plans] == [
        ("onsite.red", at(red)),
        ("onsite.again", at(red) + timedelta(minutes=30)),
    ]
    assert {rung.level for rung in shipped.of(place)} == {"urgent"}


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"rung": "1 x"}, "编号"),
        ({"when": "sometime"}, "何时"),
        ({"when": None}, "何时"),
        ({"every": "three days", "times": 2}, "每隔"),
        ({"every": None, "times": 2}, "每隔"),
        ({"times": 0}, "次数"),
        ({"then": "nobody", "every": "1 D"}, "之后"),
        ({"to": "Chief"}, "对谁"),
        ({"to": None}, "对谁"),
        ({"what": "shout"}, "做什么"),
        ({"level": "loud"}, "级别"),
        ({"text": None}, "文字"),
        ({"what": "paper", "title": "催办单"}, "文书种类"),
        ({"what": "start"}, "消息"),
        ({"what": "start", "message": "x", "payload": "{ key: secret }"}, "消息内容"),
        ({"what": "start", "message": "x", "payload": "{ key: "}, "消息内容"),
        ({"what": "score", "code": "19"}, "分值"),
        ({"what": "score", "code": "19", "points": "many"}, "分值"),
        ({"what": "task", "title": "研究"}, "任务期限（工作日）"),
        ({"what": "task", "title": "研究", "days": 31}, "任务期限（工作日）"),
    ],
)
def test_what_is_wrong_names_the_row_and_the_column(given: dict[str, Any], column: str) -> None:
    with pytest.raises(InvalidDiagram) as refused:
        ladders_from(escalations(('"T5"', {}), ('"T5"', given)), Feel(ZONE))

    (finding,) = refused.value.findings
    row = "第 2 行" if column == "编号" else "row1"
    assert finding.message.zh.startswith(f"升级表 {row} 的“{column}”：")
    assert finding.message.en.startswith("Escalations, row ")


def test_a_rungs_id_is_unique() -> None:
    with pytest.raises(InvalidDiagram, match="重复"):
        ladders_from(escalations(('"T5"', {"rung": "a"}), ('"T6"', {"rung": "a"})), Feel(ZONE))


def test_rules_are_named_as_texts() -> None:
    with pytest.raises(InvalidDiagram, match="期限规则"):
        ladders_from(escalations(("> 3", {})), Feel(ZONE))


def test_a_rung_on_a_rule_that_does_not_exist_is_found() -> None:
    ladders = ladders_from(escalations(('"T5", "T99"', {})), Feel(ZONE))

    (finding,) = check_ladders(ladders, {"T5"})

    assert "T99" in finding.message.zh
    assert [rung.rung for rung in ladders.of("T99")] == ["row0"]
