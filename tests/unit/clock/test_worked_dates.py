"""Every date of the worked scenarios, to the minute."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from engine.clock.deadline import ClockKind, Dues, Term, dues_of, share_of
from engine.clock.lights import lights_of
from engine.clock.period import Period
from tests.unit.clock.days import ZONE, announced, at

D, W, H, P, FIXED = ClockKind.DAYS, ClockKind.WORKING_DAYS, ClockKind.HOURS, ClockKind.PERIOD, ClockKind.FIXED


def dues(term: Term, start: str) -> Dues:
    return dues_of(term, at(start), announced(), ZONE)


@pytest.mark.parametrize(
    ("what", "term", "start", "due"),
    [
        ("forwarding to a Saturday", Term(D, 15), "2025-09-26 09:00", ("2025-10-11", "2025-10-11", "2025-10-11")),
        ("objection over National Day", Term(W, 5), "2025-09-30 10:00", ("2025-10-14", "2025-10-14", "2025-10-14")),
        ("telling, 15 days", Term(D, 15), "2025-09-30 10:00", ("2025-10-15", "2025-10-15", "2025-10-15")),
        ("conclusion, 60 days", Term(D, 60), "2025-10-09 15:00", ("2025-12-08", "2025-12-08", "2025-12-08")),
        ("extended by 30", Term(D, 60, grace=30), "2025-10-09 15:00", ("2026-01-07", "2026-01-07", "2026-01-07")),
        ("review window", Term(D, 30), "2026-01-05 09:00", ("2026-02-04", "2026-02-04", "2026-02-04")),
        ("plan after a second visit", Term(W, 5), "2025-10-08 18:45", ("2025-10-14", "2025-10-14", "2025-10-14")),
        ("back-check in days", Term(D, 3), "2025-09-30 16:00", ("2025-10-03", "2025-10-09", "2025-09-30")),
        ("back-check in working days", Term(W, 3), "2025-09-30 16:00", ("2025-10-11", "2025-10-11", "2025-10-11")),
        ("self-criticism", Term(D, 10), "2026-02-10 11:00", ("2026-02-20", "2026-02-24", "2026-02-14")),
        ("objection, Sunday worked", Term(W, 5), "2026-09-17 09:00", ("2026-09-23", "2026-09-23", "2026-09-23")),
        ("telling over the holiday", Term(D, 15), "2026-09-17 09:00", ("2026-10-02", "2026-10-08", "2026-09-30")),
        ("accusation", Term(D, 15), "2026-04-29 09:00", ("2026-05-14", "2026-05-14", "2026-05-14")),
        ("report before the holiday", Term(W, 3), "2026-09-24 09:00", ("2026-09-30", "2026-09-30", "2026-09-30")),
        ("report across the holiday", Term(W, 3), "2026-09-29 09:00", ("2026-10-09", "2026-10-09", "2026-10-09")),
        ("simple procedure", Term(W, 10), "2026-09-16 09:00", ("2026-09-30", "2026-09-30", "2026-09-30")),
        ("sign the same day", Term(D, 0), "2025-09-26 17:30", ("2025-09-26", "2025-09-26", "2025-09-26")),
        ("sign on a holiday", Term(D, 0), "2025-10-03 17:30", ("2025-10-03", "2025-10-09", "2025-10-09")),
        ("dispatch", Term(W, 1), "2025-09-30 17:30", ("2025-10-09", "2025-10-09", "2025-10-09")),
        ("no roll", Term(D, 3, rollover=False), "2025-09-30 16:00", ("2025-10-03", "2025-10-03", "2025-09-30")),
        (
            "campaign ends on a worked Sunday",
            Term(FIXED, fixed_on=date(2026, 9, 20)),
            "2026-07-02 09:00",
            ("2026-09-20", "2026-09-20", "2026-09-20"),
        ),
        (
            "order to be closed in the holiday",
            Term(FIXED, fixed_on=date(2025, 10, 3)),
            "2025-09-26 09:00",
            ("2025-10-03", "2025-10-09", "2025-09-30"),
        ),
        ("month end", Term(P, 1, Period.MONTH), "2026-07-02 09:00", ("2026-07-31", "2026-07-31", "2026-07-31")),
        ("August end", Term(P, 1, Period.MONTH), "2026-08-03 09:00", ("2026-08-31", "2026-08-31", "2026-08-31")),
        ("middle", Term(P, 1, Period.HALF_MONTH), "2026-07-15 23:59", ("2026-07-15", "2026-07-15", "2026-07-15")),
        ("quarter", Term(P, 1, Period.QUARTER), "2025-07-01 00:00", ("2025-09-30", "2025-09-30", "2025-09-30")),
    ],
)  # fmt: skip
def test_due_days(what: str, term: Term, start: str, due: tuple[str, str, str]) -> None:
    got = dues(term, start)
    assert got.raw_due == at(f"{due[0]} 24:00"), what
    assert got.legal_due == at(f"{due[1]} 24:00"), what
    assert got.target_due == at(f"{due[2]} 24:00"), what
    assert not got.provisional


@pytest.mark.parametrize(
    ("hours", "start", "due"),
    [
        (3, "2026-10-03 09:20", "2026-10-03 12:20"),
        (8, "2026-02-16 20:30", "2026-02-17 04:30"),
        (24, "2025-10-07 18:45", "2025-10-08 18:45"),
    ],
)
def test_hours_never_pause_nor_roll(hours: int, start: str, due: str) -> None:
    got = dues(Term(H, hours), start)
    assert got.raw_due == got.legal_due == got.target_due == at(due)
    assert not got.provisional


def test_reminders_of_the_three_hours() -> None:
    three = dues(Term(H, 3), "2026-10-03 09:20")
    assert share_of(three, 0.5) == at("2026-10-03 10:50")
    assert share_of(three, 0.75) == at("2026-10-03 11:35")


def test_a_year_that_is_not_announced_goes_by_weekdays_and_says_so() -> None:
    got = dues(Term(D, 60), "2026-11-20 09:00")
    assert got.legal_due == at("2027-01-19 24:00")
    assert got.provisional


def test_a_duty_within_an_announced_year_is_certain() -> None:
    assert not dues(Term(D, 30), "2026-11-20 09:00").provisional
    assert dues(Term(W, 10), "2026-12-24 09:00").provisional


def test_the_extended_conclusion_turns_yellow_on_the_working_day_before() -> None:
    extended = dues(Term(D, 60, grace=30), "2025-10-09 15:00")
    lights = lights_of(D, extended, announced(), ZONE)
    assert lights.yellow_at == at("2026-01-06 00:00")
    assert lights.red_at == at("2026-01-07 24:00") + timedelta(microseconds=1)


def test_everything_is_told_in_utc() -> None:
    got = dues(Term(D, 15), "2025-09-26 09:00")
    assert {got.started_at.tzinfo, got.raw_due.tzinfo, got.legal_due.tzinfo, got.target_due.tzinfo} == {UTC}
