"""Deadlines as an iCalendar document. Pure: the same deadlines give the same bytes. Source: RFC 5545, RFC 7986."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from engine.errors import Message
from engine.records.task import UserTask
from engine.records.time import Deadline, DeadlineState

_NAME = Message("督办：我的期限", "Duban: my deadlines")
_NO_NUMBER = Message("（尚未编号）", "(no number yet)")
_PROVISIONAL = Message("（暂定）", " (provisional)")
_PAUSED = Message("【已暂停】", "[Paused] ")
_INSTANT = timedelta(microseconds=1)


def calendar_of(
    duties: Iterable[tuple[Deadline, UserTask, str | None]], *, language: str, zone: ZoneInfo, public_url: str
) -> bytes:
    """`duties` are deadlines, each with a task under it and the number of its case."""
    calendar = Calendar()
    calendar.add("prodid", "-//Duban//deadlines//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = _NAME.in_language(language)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for deadline, _, number in duties:
        calendar.add_component(_event(deadline, number, language, zone, public_url))
    content: bytes = calendar.to_ical()
    return content


def _event(deadline: Deadline, number: str | None, language: str, zone: ZoneInfo, public_url: str) -> Event:
    event = Event()
    name = Message(deadline.name, deadline.name_en).in_language(language)
    summary = f"{name} {number or _NO_NUMBER.in_language(language)}"
    if deadline.provisional:
        summary += _PROVISIONAL.in_language(language)
    is_paused = deadline.state is DeadlineState.PAUSED
    event.add("uid", f"{deadline.deadline_id}@duban")
    event.add("summary", f"{_PAUSED.in_language(language)}{summary}" if is_paused else summary)
    changed_at = _changed_at(deadline)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", max(len(deadline.history) - 1, 0))
    if deadline.clock == "H":
        event.add("dtstart", deadline.legal_due.astimezone(UTC))
    else:
        # 24:00 of the due day is stored as 00:00 of the next: the day is the one that the deadline ends
        day = (deadline.legal_due - _INSTANT).astimezone(zone).date()
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    if public_url:
        event.add("url", f"{public_url}/cases/{deadline.case_id}")
    if not is_paused:
        event.add_component(_alarm(summary, deadline.yellow_at))
    return event


def _alarm(summary: str, at: datetime) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", at.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
    return alarm


def _changed_at(deadline: Deadline) -> datetime:
    """When the deadline was last anything but what it is: never the moment of asking, or every reading is news."""
    changes = [entry["at"] for entry in deadline.history if isinstance(entry.get("at"), datetime)]
    last: datetime = max([deadline.started_at, *changes])
    return last.astimezone(UTC).replace(microsecond=0)
