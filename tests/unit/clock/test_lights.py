from __future__ import annotations

from datetime import timedelta

import pytest

from engine.clock.deadline import ClockKind, Term, dues_of
from engine.clock.lights import Lights, light_at, lights_of
from tests.unit.clock.days import ZONE, announced, at


def lights(term: Term, start: str) -> Lights:
    return lights_of(term.kind, dues_of(term, at(start), announced(), ZONE), announced(), ZONE)


def shown(of: Lights, instant: str) -> str:
    return light_at(at(instant), blue_at=of.blue_at, yellow_at=of.yellow_at, red_at=of.red_at)


def test_sixty_days() -> None:
    sixty = lights(Term(ClockKind.DAYS, 60), "2025-10-09 00:00")
    assert sixty.blue_at == at("2025-11-08 12:00")
    assert [
        shown(sixty, text)
        for text in ("2025-11-08 11:59", "2025-11-08 12:00", "2025-12-04 23:59", "2025-12-05 00:00")
    ] == ["normal", "blue", "blue", "yellow"]
    assert shown(sixty, "2025-12-08 24:00") == "yellow"
    assert shown(sixty, "2025-12-09 00:01") == "red"


def test_yellow_is_counted_from_the_rolled_day() -> None:
    rolled = lights(Term(ClockKind.DAYS, 10), "2026-02-10 11:00")
    assert rolled.yellow_at == at("2026-02-14 00:00"), "the last day worked before 02-24 is the make-up Saturday"


def test_hours_turn_yellow_at_three_quarters_and_red_after_due() -> None:
    three = lights(Term(ClockKind.HOURS, 3), "2026-10-03 09:20")
    assert (three.blue_at, three.yellow_at) == (at("2026-10-03 10:50"), at("2026-10-03 11:35"))
    assert shown(three, "2026-10-03 12:20") == "yellow"
    assert light_at(
        at("2026-10-03 12:20") + timedelta(microseconds=1),
        blue_at=three.blue_at, yellow_at=three.yellow_at, red_at=three.red_at,
    ) == "red"  # fmt: skip


@pytest.mark.parametrize("days", [0, 1, 2, 15])
def test_lights_come_on_in_order_and_never_before_the_start(days: int) -> None:
    start = "2025-09-26 17:30"
    short = lights(Term(ClockKind.DAYS, days), start)
    assert at(start) <= short.blue_at <= short.yellow_at <= short.red_at


def test_without_a_deadline_there_is_no_light() -> None:
    assert light_at(at("2026-01-05 09:00"), blue_at=None, yellow_at=None, red_at=None) == "normal"
