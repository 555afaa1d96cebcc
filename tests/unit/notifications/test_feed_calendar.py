"""Deadlines as calendar events: changes, pauses, provisional dates, both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from engine.notifications.feed_calendar import calendar_of
from engine.records.time import Deadline, DeadlineState
from tests.builders import a_deadline, a_task
from tests.conftest import START

SHANGHAI = ZoneInfo("Asia/Shanghai")


def calendar(*deadlines: Deadline, language: str = "zh", number: str | None = "XF2025-00001") -> Any:
    duties = [(deadline, a_task(), number) for deadline in deadlines]
    content = calendar_of(duties, language=language, zone=SHANGHAI, public_url="")
    return icalendar.Calendar.from_ical(content)


def event_of(deadline: Deadline, **given: Any) -> Any:
    (event,) = calendar(deadline, **given).walk("VEVENT")
    return event


def test_twenty_four_hundred_is_the_day_before_midnight() -> None:
    due = datetime(2025, 10, 12, 0, 0, tzinfo=SHANGHAI).astimezone(UTC)
    event = event_of(a_deadline(legal_due=due))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2025, 10, 11), date(2025, 10, 12))
    just_before = event_of(a_deadline(legal_due=due - timedelta(seconds=1)))
    assert just_before["DTSTART"].dt == date(2025, 10, 11)


def test_each_change_is_news_under_the_same_id() -> None:
    later = START + timedelta(days=2)
    before = a_deadline(history=({"at": START, "by": "system", "event": "started"},))
    after = a_deadline(history=(*before.history, {"at": later, "by": "p", "event": "moved"}))
    first, second = event_of(before), event_of(after)
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert (first["LAST-MODIFIED"].dt, second["LAST-MODIFIED"].dt) == (START, later)


def test_a_clock_that_stands_says_so_and_alarms_nobody() -> None:
    event = event_of(a_deadline(state=DeadlineState.PAUSED))
    assert str(event["SUMMARY"]) == "【已暂停】转送 XF2025-00001"
    assert event.walk("VALARM") == []


@pytest.mark.parametrize(
    ("language", "number", "summary"),
    [
        ("zh", "XF2025-00001", "转送 XF2025-00001（暂定）"),
        ("en", "XF2025-00001", "Forwarding XF2025-00001 (provisional)"),
        ("zh", None, "转送 （尚未编号）（暂定）"),
    ],
)
def test_dates_on_a_year_not_announced_are_marked(language: str, number: str | None, summary: str) -> None:
    assert str(event_of(a_deadline(provisional=True), language=language, number=number)["SUMMARY"]) == summary


def test_an_empty_calendar_is_one() -> None:
    empty = calendar()
    assert empty.walk("VEVENT") == []
    assert str(empty["X-WR-CALNAME"]) == "督办：我的期限"
