"""Files of the working calendar: what they may hold, and that they can be read back."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.deadlines.announced import announced_days
from engine.deadlines.calendar_csv import csv_of, days_from_csv
from engine.deadlines.calendar_files import MOST_BYTES, read_days
from engine.deadlines.calendar_ics import days_from_ics, ics_of
from engine.errors import InvalidFile
from engine.records.time import CalendarDay

AT = datetime(2026, 11, 22, tzinfo=UTC)
NOTES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\x85"), max_size=20
) | st.sampled_from(["国庆节", "县庆, 第 1 天", '“节”;"x"', "=1+1"])
DAYS = st.dictionaries(
    st.dates(date(2004, 1, 1), date(2099, 12, 31)), st.tuples(st.sampled_from(["rest", "work", "local"]), NOTES)
).map(lambda found: tuple(CalendarDay(day, kind, note) for day, (kind, note) in sorted(found.items())))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(DAYS)
def test_csv_is_read_back(days: tuple[CalendarDay, ...]) -> None:
    assert days_from_csv(csv_of(days)) == days


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(DAYS.filter(bool))
def test_icalendar_is_read_back(days: tuple[CalendarDay, ...]) -> None:
    assert days_from_ics(ics_of(days, name="工作日历", at=AT)) == days


def test_the_announced_years_are_read_back() -> None:
    days = tuple(day for day in announced_days()[0] if day.day.year == 2026)
    assert days_from_csv(csv_of(days)) == days
    assert days_from_ics(ics_of(days, name="", at=AT)) == days


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_spreadsheets(encoding: str) -> None:
    content = "日期,类型,说明\r\n2027/1/1,休,元旦\r\n2027年2月6日,补班,\r\n\r\n2027-05-04,工作日,\r\n".encode(
        encoding
    )
    assert days_from_csv(content) == (
        CalendarDay(date(2027, 1, 1), "rest", "元旦"),
        CalendarDay(date(2027, 2, 6), "work", ""),
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("2027-02-30,休", "第 1 行“日期”列"),
        ("date,kind,note\n2027-01-01,假", "第 2 行“类型”列：“假”不可用"),
        ("2027-01-01,休,元旦,多余", "第 1 行“说明”列"),
        ("2027-01-01,休\n2027-01-01,班", "第 2 行“日期”列：2027-01-01 重复"),
        ("2027-01-01,休," + "长" * 61, "第 1 行“说明”列"),
        ("\n".join(f"x{n},休" for n in range(7)), "另有 2 处"),
    ],
)
def test_csv_names_line_and_column(content: str, words: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        days_from_csv(content.encode())
    assert words in refused.value.message.zh


def an_event(summary: str, *lines: str) -> bytes:
    body = "\r\n".join(["BEGIN:VEVENT", "UID:1", f"SUMMARY:{summary}", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}\r\nEND:VCALENDAR\r\n".encode()


ALL_DAY = ("DTSTART;VALUE=DATE:20271001", "DTEND;VALUE=DATE:20271004")


@pytest.mark.parametrize(
    ("summary", "lines", "expected"),
    [
        ("国庆节（休）", ALL_DAY, [("rest", "国庆节")] * 3),
        ("国庆节 放假", ALL_DAY, [("rest", "国庆节")] * 3),
        ("国庆节补班", ("DTSTART;VALUE=DATE:20271009",), [("work", "国庆节")]),
        ("国庆节 班", ("DTSTART;VALUE=DATE:20271009", "DURATION:P1D"), [("work", "国庆节")]),
        # a swap: Friday 10-01 is free, Saturday 10-02 and Sunday 10-03 are worked
        ("国庆节调休", ALL_DAY, [("rest", "国庆节"), ("work", "国庆节"), ("work", "国庆节")]),
        ("National Day", (*ALL_DAY, "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY"), [("rest", "National Day")] * 3),
        ("x", ("DTSTART;VALUE=DATE:20271009", "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY"), [("work", "x")]),
        ("县庆（地）", ("DTSTART;VALUE=DATE:20271009",), [("local", "县庆")]),
    ],
)
def test_what_an_event_means(summary: str, lines: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert [(row.kind, row.note) for row in days_from_ics(an_event(summary, *lines))] == expected


@pytest.mark.parametrize(
    ("summary", "lines", "words"),
    [
        ("每年放假", (*ALL_DAY, "RRULE:FREQ=YEARLY"), "“每年放假”（2027-10-01）是循环日程"),
        ("放假会议", ("DTSTART:20271001T090000Z",), "“放假会议”（2027-10-01T09:00:00+00:00）不是全天日程"),
        ("情人节", ALL_DAY, "“情人节”（2027-10-01）没有写明休还是班"),
        ("放假", ("DTSTART;VALUE=DATE:20271001", "DTEND;VALUE=DATE:20271001"), "天数不可用"),
        ("放假", ("DTSTART;VALUE=DATE:20271001", "DTEND;VALUE=DATE:20991001"), "天数不可用"),
        ("放假", ("DTEND;VALUE=DATE:20271001",), "不是全天日程"),
    ],
)
def test_an_event_that_cannot_be_used_is_named(summary: str, lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        days_from_ics(an_event(summary, *lines))
    assert words in refused.value.message.zh


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"BEGIN:VEVENT"]
)
def test_what_is_no_icalendar_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidFile):
        days_from_ics(content)


@given(st.binary(max_size=300))
def test_garbage_never_fails_otherwise(content: bytes) -> None:
    for name in ("a.csv", "a.ics"):
        with suppress(InvalidFile):
            read_days(name, content)


def test_what_is_too_large_or_of_another_kind_is_refused() -> None:
    for name, content in (("a.csv", b" " * (MOST_BYTES + 1)), ("a.xlsx", b"")):
        with pytest.raises(InvalidFile):
            read_days(name, content)
