from datetime import UTC, datetime

import pytest

from engine.clock.calendar import ImpossibleTime
from engine.clock.deadline import ClockKind, Dues, Term, dues_of
from engine.clock.lights import lights_of
from engine.clock.moment import moment_at, parse_moment
from engine.clock.pause import Pause
from tests.unit.clock.days import ZONE, announced, at

FORMS = [
    *("share 0.5", "share 0.75", "share 1"),
    *("before 1 W", "before 2 D", "before 3 H", "before 30 M", "due"),
    *("after 3 D", "after 3 W", "after 2 H", "after 30 M"),
    *("light blue", "light yellow", "light red"),
]


@pytest.mark.parametrize("text", FORMS)
def test_a_moment_is_written_as_it_was_read(text: str) -> None:
    assert parse_moment(text).text == text
    assert parse_moment(f"  {text.upper()} ").text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "half",
        "share",
        "share -1",
        "share half",
        "before 1",
        "after 1.5 D",
        "light green",
        "before 3 X",
        "after 99999 D",
    ],
)
def test_another_text_is_refused_with_the_allowed_forms(text: str) -> None:
    with pytest.raises(ImpossibleTime) as refused:
        parse_moment(text)
    assert f"“{text}”" in refused.value.message.zh
    assert "before 1 W" in refused.value.message.zh
    assert f"“{text}”" in refused.value.message.en
    assert "after 3 D" in refused.value.message.en


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("share 0.5", "2025-10-10 14:00"),
        ("before 1 W", "2025-10-14 00:00"),
        ("before 3 W", "2025-10-11 00:00"),
        ("before 0 D", "2025-10-15 00:00"),
        ("before 2 D", "2025-10-13 00:00"),
        ("before 3 H", "2025-10-15 21:00"),
        ("due", "2025-10-16 00:00"),
        ("after 3 D", "2025-10-19 00:00"),
        ("after 3 W", "2025-10-21 00:00"),
        ("after 30 M", "2025-10-16 00:30"),
        ("light yellow", "2025-10-14 00:00"),
    ],
)
def test_moments_of_days(text: str, expected: str) -> None:
    """15 days from 30 September 2025 are due on 15 October, a Wednesday; 11 October is a make-up day."""
    term = Term(ClockKind.DAYS, 15)
    dues = dues_of(term, at("2025-09-30 10:00"), announced(), ZONE)
    found = _moment(text, term, dues)
    if text == "share 0.5":
        assert dues.started_at < found < dues.legal_due
        assert abs((found - dues.started_at) - (dues.legal_due - found)).total_seconds() <= 1
    else:
        assert found == at(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("share 0.75", "2026-10-03 11:35"),
        ("before 30 M", "2026-10-03 11:50"),
        ("before 1 D", "2026-10-02 12:20"),
        ("after 2 D", "2026-10-05 12:20"),
        ("after 1 W", "2026-10-09 00:00"),
    ],
)
def test_moments_of_hours(text: str, expected: str) -> None:
    term = Term(ClockKind.HOURS, 3)
    dues = dues_of(term, at("2026-10-03 09:20"), announced(), ZONE)
    assert _moment(text, term, dues) == at(expected)


def test_hours_due_at_midnight_are_still_hours() -> None:
    term = Term(ClockKind.HOURS, 3)
    dues = dues_of(term, at("2026-10-03 21:00"), announced(), ZONE)
    assert _moment("after 1 D", term, dues) == at("2026-10-05 00:00")


def test_lights_follow_the_rule() -> None:
    term = Term(ClockKind.DAYS, 15)
    dues = dues_of(term, at("2025-09-30 10:00"), announced(), ZONE)
    lights = lights_of(
        term.kind, dues, announced(), ZONE, blue=parse_moment("before 5 D"), yellow=parse_moment("before 2 W")
    )
    assert (lights.blue_at, lights.yellow_at) == (at("2025-10-10 00:00"), at("2025-10-13 00:00"))


def test_a_light_never_depends_on_a_light() -> None:
    dues = dues_of(Term(ClockKind.DAYS, 15), at("2025-09-30 10:00"), announced(), ZONE)
    with pytest.raises(ImpossibleTime, match="light red"):
        lights_of(ClockKind.DAYS, dues, announced(), ZONE, yellow=parse_moment("light red"))


def test_half_time_skips_the_time_for_which_the_clock_stood() -> None:
    """Ten hours, paused for four after three of them: half of the running time is two hours after the pause."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    pause = Pause(start.replace(hour=3), start.replace(hour=7))
    dues = dues_of(Term(ClockKind.HOURS, 10), start, announced(), ZONE, (pause,))
    assert dues.legal_due == start.replace(hour=14)
    assert _moment("share 0.5", Term(ClockKind.HOURS, 10), dues) == start.replace(hour=9)


def _moment(text: str, term: Term, dues: Dues) -> datetime:
    lights = lights_of(term.kind, dues, announced(), ZONE)
    return moment_at(parse_moment(text), dues, lights, announced(), ZONE)
