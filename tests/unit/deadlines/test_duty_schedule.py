"""When periodic duties fall due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock.calendar import ImpossibleTime, WorkCalendar
from engine.deadlines.announced import announced_days, calendar_from
from engine.deadlines.duty_rows import DutyAction, duties_from
from engine.deadlines.duty_schedule import Occurrence, Schedule, read_schedule
from engine.definitions.builtin import shipped_table
from engine.errors import InvalidDiagram
from engine.kernel.feel import Feel

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    days, years = announced_days()
    return calendar_from(days, years, 1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def next_days(schedule: Schedule, start: str, calendar: WorkCalendar, count: int) -> list[str]:
    found, now = [], local(start)
    for _ in range(count):
        occurrence = schedule.next_after(now, calendar, ZONE)
        assert occurrence is not None
        now = occurrence.at
        found.append(f"{now.astimezone(ZONE):%Y-%m-%d %H:%M}")
    return found


def test_half_months_end_on_the_15th_and_the_last_day_or_the_working_day_before(calendar: WorkCalendar) -> None:
    schedule = read_schedule("halfmonth", "day -1 09:00", "previous", None)
    # 2026-02-15 is a holiday, 02-14 a make-up Saturday; 02-28 is a make-up Saturday as well
    assert next_days(schedule, "2026-02-01T00:00", calendar, 3) == [
        "2026-02-14 09:00",
        "2026-02-28 09:00",
        "2026-03-13 09:00",
    ]


def test_a_quarter_begins_on_the_first_working_day(calendar: WorkCalendar) -> None:
    schedule = read_schedule("quarter", "day 1 09:00", "next", None)
    assert next_days(schedule, "2026-07-02T00:00", calendar, 2) == ["2026-10-08 09:00", "2027-01-01 09:00"]


def test_weeks_begin_on_mondays_and_a_season_may_reach_over_new_year(calendar: WorkCalendar) -> None:
    schedule = read_schedule("week", "day 1 09:00", "none", "12-01..01-10")
    assert next_days(schedule, "2026-12-20T00:00", calendar, 4) == [
        "2026-12-21 09:00",
        "2026-12-28 09:00",
        "2027-01-04 09:00",
        "2027-12-06 09:00",
    ]


@pytest.mark.parametrize(
    ("every", "at", "roll", "season"),
    [
        ("fortnight", "day 1 09:00", "none", None),
        ("month", "day 0 09:00", "none", None),
        ("month", "day 1 24:00", "none", None),
        ("month", "1 09:00", "none", None),
        ("month", "day 1 09:00", "later", None),
        ("month", "day 1 09:00", "none", "02-30..03-01"),
        ("month", "day 1 09:00", "none", "autumn"),
    ],
)
def test_what_is_no_schedule_is_refused(every: str, at: str, roll: str, season: str | None) -> None:
    with pytest.raises(ImpossibleTime):
        read_schedule(every, at, roll, season)


@given(
    every=st.sampled_from(["week", "halfmonth", "month", "quarter", "halfyear", "year"]),
    day=st.integers(1, 40).flatmap(lambda n: st.sampled_from([n, -n])),
    roll=st.sampled_from(["none", "next", "previous"]),
    hours=st.integers(0, 22 * 366 * 24),
)
def test_occurrences_go_on_and_the_latest_is_the_one_before_the_next(
    every: str, day: int, roll: str, hours: int, calendar: WorkCalendar
) -> None:
    schedule = read_schedule(every, f"day {day} 09:00", roll, None)
    at = local("2004-03-01T00:00") + timedelta(hours=hours)
    following = schedule.next_after(at, calendar, ZONE)
    latest = schedule.latest(at, calendar, ZONE)
    assert following is not None
    assert latest is not None
    assert latest.at <= at < following.at
    assert latest.period < following.period
    assert schedule.next_after(latest.at, calendar, ZONE) == following
    reached = schedule.latest(following.at, calendar, ZONE)
    # a week of holidays rolls onto the next one's: both fall due together, and count as the later
    assert reached is not None
    assert (reached.at, reached.period >= following.period) == (following.at, True)


def test_the_shipped_table_is_usable_and_names_its_sources() -> None:
    content = shipped_table("duties")
    assert content is not None
    duties = duties_from(content, Feel(ZONE))
    assert {"T19", "T22-month", "T22-quarter", "T24", "calendar-month", "calendar-week"} <= duties.rows.keys()
    assert duties.rows["T19"].schedule.every == "halfmonth"
    assert duties.rows["calendar-month"].action is DutyAction.CALENDAR
    assert all(duty.source for duty in duties.enabled if duty.action is DutyAction.NOTIFY)


def test_next_years_calendar_is_asked_for_monthly_from_october_and_weekly_in_december(
    calendar: WorkCalendar,
) -> None:
    content = shipped_table("duties")
    assert content is not None
    duties = duties_from(content, Feel(ZONE))
    asked: set[date] = set()
    for duty in ("calendar-month", "calendar-week"):
        now: datetime = local("2026-07-01T00:00")
        while now < local("2026-12-31T00:00"):
            occurrence: Occurrence | None = duties.rows[duty].schedule.next_after(now, calendar, ZONE)
            assert occurrence is not None
            now = occurrence.at
            asked.add(now.astimezone(ZONE).date())
    assert sorted(day for day in asked if day.year == 2026) == [
        date(2026, 10, 1),
        date(2026, 11, 1),
        *(date(2026, 12, 7) + timedelta(weeks=n) for n in range(4)),
    ]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('"notify"', '"telephone"', "action"),
        ('"registrar"', "null", "role"),
        ('"halfmonth"', '"fortnight"', "every"),
        ('"day -1 09:00"', '"9:00"', "every"),
        ('"T24"', '"T19"', "duty"),
        ('"积案半月报"', "1", "name"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(old: str, new: str, column: str) -> None:
    content = shipped_table("duties")
    assert content is not None
    broken = content.decode().replace(old, new, 1).encode()
    with pytest.raises(InvalidDiagram) as refused:
        duties_from(broken, Feel(ZONE))
    assert column in {finding.element_name for finding in refused.value.findings}
