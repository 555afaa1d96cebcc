"""Office notation: 24:00, today and tomorrow, distances, the header's line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.clock.calendar import WorkCalendar
from web.lights import pill_at
from web.moments import OfficeTime

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 10, 11, 11, 16, tzinfo=ZONE)
CALENDAR = WorkCalendar(
    {date(2025, 9, 28): True, date(2025, 10, 11): True}
    | {date(2025, 10, 1) + timedelta(days=n): False for n in range(8)},
    frozenset({2025}),
    1,
)


def time(language: str = "zh", now: datetime = NOW) -> OfficeTime:
    return OfficeTime(ZONE, now, language)


def local(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "words", "distance"),
    [
        (local(10, 11), "昨天 24:00", "超 11 小时"),
        (local(10, 11, 12, 20), "今天 12:20", "还有 1 小时 04 分"),
        (local(10, 12), "今天 24:00", "还有 12 小时"),
        (local(10, 13), "明天 24:00", "还有 1 天"),
        (local(10, 14), "10-13 24:00", "还有 2 天"),
        (local(10, 8), "10-07 24:00", "超 3 天"),
        (local(10, 11, 11, 0), "今天 11:00", "超 16 分"),
        (local(1, 7, year=2026), "2026-01-06 24:00", "还有 87 天"),
    ],
)
def test_a_due_instant_as_the_office_writes_it(at: datetime, words: str, distance: str) -> None:
    assert time().due(at) == words
    assert time().distance(at) == distance


def test_what_happened_at_midnight_keeps_its_own_day() -> None:
    assert time().happened(local(10, 11)) == "10-11 00:00"
    assert time().happened(local(12, 31, 9, 5, year=2024)) == "2024-12-31 09:05"
    assert time().due_date(local(10, 11)) == "2025-10-10 24:00"


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (NOW, "2025 年 10 月 11 日 星期六（调休上班日）"),
        (datetime(2025, 10, 8, 9, tzinfo=ZONE), "2025 年 10 月 8 日 星期三（节假日）"),
        (datetime(2025, 10, 10, 23, 59, tzinfo=ZONE), "2025 年 10 月 10 日 星期五"),
        (datetime(2025, 10, 12, 0, 0, tzinfo=ZONE), "2025 年 10 月 12 日 星期日"),
    ],
)
def test_the_header_says_what_day_it_is(now: datetime, line: str) -> None:
    office = time(now=now)
    assert office.day_line(CALENDAR.is_workday(office.today())) == line


@pytest.mark.parametrize(
    ("due", "yellow", "words", "light"),
    [
        (local(10, 12), local(10, 10), "今日到期", "yellow"),
        (local(10, 13), local(10, 11), "明日到期", "yellow"),
        (local(10, 14), local(10, 11), "即将到期", "yellow"),
        (local(10, 11, 12, 20), local(10, 11, 11, 0), "即将到时", "yellow"),
        (local(10, 11), local(10, 10), "已超期", "red"),
        (local(10, 30), local(10, 29), "过半", "blue"),
    ],
)
def test_a_pill_says_in_words_what_its_colour_says(due: datetime, yellow: datetime, words: str, light: str) -> None:
    pill = pill_at(due, local(10, 9), yellow, due + timedelta(microseconds=1), time())
    assert (pill.words, pill.light) == (words, light)
