"""The calendar as iCalendar: all-day events, as holiday calendars and Duban itself write them.

What an event means is told by its own property (`X-DUBAN-KIND`, or `X-APPLE-SPECIAL-DAY` of the calendars that
phones subscribe to), else by the words of its title: 班 or 补班 is a make-up day, 放假 or 休 a holiday; 调休 alone,
a swap, is a make-up day on a weekend and a holiday on a weekday.
Source: RFC 5545 3.6.1 (DTEND of all-day events is exclusive).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from engine.clock.calendar import SATURDAY
from engine.deadlines.calendar_change import FIRST_YEAR, LAST_YEAR, LONGEST_NOTE
from engine.deadlines.calendar_csv import KIND_WORDS
from engine.errors import InvalidFile, Message
from engine.records.time import CalendarDay

OWN_KIND = "X-DUBAN-KIND"
APPLE_KIND = "X-APPLE-SPECIAL-DAY"
_APPLE = {"WORK-HOLIDAY": "rest", "ALTERNATE-WORKDAY": "work"}
_WORK_WORDS = ("补班", "上班", "调班", "班")
_LOCAL_WORDS = ("地方假日", "地方假", "（地）", "(地)")
_REST_WORDS = ("放假", "假期", "休息日", "（休）", "(休)")
_SWAPPED = "调休"
_REST = "休"
LONGEST_EVENT = 31
MOST_EVENTS = 2000
_ONE_DAY = timedelta(days=1)


def days_from_ics(content: bytes) -> tuple[CalendarDay, ...]:
    """The days of all events, in order; of two events on one day the make-up day is meant.

    Raises InvalidFile naming an event that has a time of day, recurs, or does not say what it is.
    """
    try:
        events = list(Calendar.from_ical(content.decode("utf-8-sig")).walk("VEVENT"))
    except (ValueError, KeyError, IndexError) as error:
        raise InvalidFile(
            Message(
                "这不是可用的 iCalendar（.ics）文件。请重新下载，或改用 CSV。",
                "This is no usable iCalendar (.ics) file. Download it again, or use CSV.",
            )
        ) from error
    if not events or len(events) > MOST_EVENTS:
        raise InvalidFile(
            Message(
                f"文件里没有日程，或超过 {MOST_EVENTS} 条。请只导出节假日日历。",
                f"The file has no event, or over {MOST_EVENTS}. Export the calendar of holidays alone.",
            )
        )
    days: dict[date, CalendarDay] = {}
    for event in events:
        for row in _rows(event):
            if row.day not in days or row.kind == "work":
                days[row.day] = row
    return tuple(days[day] for day in sorted(days))


def ics_of(days: Iterable[CalendarDay], *, name: str, at: datetime) -> bytes:
    """All-day events, one a day; `days_from_ics` reads them back. `at` (UTC) is when they were written."""
    calendar = Calendar()
    calendar.add("prodid", "-//Duban//Working calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for row in days:
        event = Event()
        event.add("uid", f"{row.day.isoformat()}@duban")
        event.add("dtstamp", at.astimezone(UTC))
        event.add("dtstart", row.day)
        event.add("dtend", row.day + _ONE_DAY)
        event.add("summary", f"{row.note}（{KIND_WORDS[row.kind]}）")
        event.add("description", row.note)
        event.add("transp", "TRANSPARENT")
        event.add(OWN_KIND, row.kind)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _rows(event: Any) -> Iterator[CalendarDay]:
    title = str(event.get("SUMMARY", "")).strip()
    first = getattr(event.get("DTSTART"), "dt", None)
    if any(name in event for name in ("RRULE", "RDATE", "EXRULE")):
        raise _refused(title, first, "是循环日程", "recurs")
    if not isinstance(first, date) or isinstance(first, datetime):
        raise _refused(title, first, "不是全天日程", "is no all-day event")
    end = _end(event, first, title)
    kinds = {is_weekend: _kind(event, title, is_weekend=is_weekend) for is_weekend in (False, True)}
    note = _note(event, title)
    for n in range((end - first).days):
        day = first + _ONE_DAY * n
        kind = kinds[day.weekday() >= SATURDAY]
        if kind is None:
            raise _refused(
                title, first, "没有写明休还是班", "does not say whether it is a holiday or a make-up day"
            )
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            yield CalendarDay(day, kind, note)


def _end(event: Any, first: date, title: str) -> date:
    end = getattr(event.get("DTEND"), "dt", None)
    lasts = getattr(event.get("DURATION"), "dt", _ONE_DAY)
    if end is None:
        end = first + lasts
    if isinstance(end, datetime) or not first < end <= first + _ONE_DAY * LONGEST_EVENT:
        raise _refused(title, first, f"的天数不可用（最多 {LONGEST_EVENT} 天）", "has no usable length")
    return end


def _kind(event: Any, title: str, *, is_weekend: bool) -> str | None:
    own = str(event.get(OWN_KIND, ""))
    if own in KIND_WORDS:
        return own
    special = _APPLE.get(str(event.get(APPLE_KIND, "")))
    if special is not None:
        return special
    for kind, words in (("local", _LOCAL_WORDS), ("work", _WORK_WORDS), ("rest", _REST_WORDS)):
        if any(word in title for word in words):
            return kind
    if _SWAPPED in title:
        return "work" if is_weekend else "rest"
    return "rest" if _REST in title else None


def _note(event: Any, title: str) -> str:
    """The name alone, without the word that says what the day is."""
    if OWN_KIND in event:
        return str(event.get("DESCRIPTION", ""))[:LONGEST_NOTE]
    for word in (
        *(f"（{w}）" for w in "休班地"),
        *(f"({w})" for w in "休班地"),
        *_LOCAL_WORDS,
        _SWAPPED,
        *_WORK_WORDS,
        *_REST_WORDS,
        _REST,
    ):
        title = title.replace(word, "")
    return "".join(c for c in title if c.isprintable()).strip(" ·-:：，,")[:LONGEST_NOTE]


def _refused(title: str, first: object, zh: str, en: str) -> InvalidFile:
    when = first.isoformat() if isinstance(first, date) else "?"
    name = (title or "?")[:40]
    return InvalidFile(
        Message(
            f"日程“{name}”（{when}）{zh}，文件没有导入。请在日历软件中更正，或改用 CSV。",
            f"The event “{name}” ({when}) {en}; nothing was imported. Correct it, or use CSV.",
        )
    )
