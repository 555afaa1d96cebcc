"""Why a deadline is when it is: the rule in words, the marks on the way, the days counted and left out.

Pure: the stored deadline and the calendar in, lines for the panel out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engine.clock.calendar import WorkCalendar
from engine.records.time import Deadline, DeadlineState
from web.i18n import text
from web.lights import Pill, pill, pill_at
from web.moments import ONE_DAY, OfficeTime

MOST_SQUARES = 21
"""Days shown as squares; a longer span is told in words alone."""


@dataclass(frozen=True)
class Mark:
    """A moment on the way. `kind` is past, ahead or due."""

    at: str
    words: str
    kind: str


@dataclass(frozen=True)
class DaySquare:
    """One day of the span. `kind` is counted, rest, makeup or due."""

    day: date
    kind: str


@dataclass(frozen=True)
class Why:
    """Everything that the panel says about one deadline."""

    deadline: Deadline
    name: str
    limit: str
    pill: Pill
    marks: tuple[Mark, ...]
    days: tuple[DaySquare, ...]
    notes: tuple[str, ...]


def why_of(deadline: Deadline, calendar: WorkCalendar, time: OfficeTime) -> Why:
    """The explanation of a deadline."""
    return Why(
        deadline=deadline,
        name=deadline.name_en if time.language == "en" else deadline.name,
        limit=limit_of(deadline, time),
        pill=_pill(deadline, time),
        marks=_marks(deadline, time),
        days=_days(deadline, calendar, time),
        notes=_notes(deadline, time),
    )


def limit_of(deadline: Deadline, time: OfficeTime) -> str:
    """`3 小时`, `15 日`, `5 个工作日`, or nothing where the date was set by a person."""
    if deadline.amount is None or deadline.clock not in {"H", "D", "W"}:
        return text("why.set_date", time.language)
    return text(f"why.limit_{deadline.clock}", time.language, n=deadline.amount)


def _pill(deadline: Deadline, time: OfficeTime) -> Pill:
    match deadline.state:
        case DeadlineState.RUNNING:
            return pill_at(deadline.legal_due, deadline.blue_at, deadline.yellow_at, deadline.red_at, time)
        case DeadlineState.MET:
            return pill("done", "light.met", time)
        case DeadlineState.MET_LATE:
            return pill("red", "light.met_late", time)
        case DeadlineState.PAUSED:
            return pill("none", "light.paused", time)
        case DeadlineState.EXTENDED:
            return pill("none", "light.extended", time)
        case DeadlineState.SUPERSEDED:
            return pill("none", "light.superseded", time)
        case DeadlineState.VOIDED:
            return pill("none", "light.voided", time)


def _marks(deadline: Deadline, time: OfficeTime) -> tuple[Mark, ...]:
    def mark(at: datetime, key: str, *, is_due: bool = False) -> Mark:
        words = text(key, time.language)
        if is_due:
            is_missed = time.now >= at and deadline.state is DeadlineState.RUNNING
            return Mark(time.due(at), words, "due" if is_missed else "due-ahead")
        return Mark(time.mark(at), words, "past" if time.now >= at else "ahead")

    marks = [mark(deadline.started_at, "why.started")]
    if deadline.state is DeadlineState.RUNNING:
        marks += [mark(deadline.blue_at, "why.blue"), mark(deadline.yellow_at, "why.yellow")]
    marks.append(mark(deadline.legal_due, "why.due", is_due=True))
    if deadline.ended_at is not None:
        key = "why.ended_void" if deadline.state is DeadlineState.VOIDED else "why.ended"
        marks.append(mark(deadline.ended_at, key))
    return tuple(marks)


def _days(deadline: Deadline, calendar: WorkCalendar, time: OfficeTime) -> tuple[DaySquare, ...]:
    if deadline.clock not in {"D", "W"}:
        return ()
    first = deadline.started_at.astimezone(time.zone).date() + ONE_DAY
    last = time.due_day(deadline.legal_due)
    if not 0 < (last - first).days + 1 <= MOST_SQUARES:
        return ()
    days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    return tuple(DaySquare(day, _kind(day, last, deadline.clock, calendar)) for day in days)


def _kind(day: date, last: date, clock: str, calendar: WorkCalendar) -> str:
    if day == last:
        return "due"
    if day.weekday() >= 5 and calendar.is_workday(day):
        return "makeup"
    if clock == "W" and not calendar.is_workday(day):
        return "rest"
    return "counted"


def _notes(deadline: Deadline, time: OfficeTime) -> tuple[str, ...]:
    notes = []
    if deadline.clock == "H":
        notes.append(text("why.hours_never_pause", time.language))
    if deadline.legal_due != deadline.raw_due:
        notes.append(text("why.rolled", time.language, raw=time.due(deadline.raw_due)))
    if deadline.target_due != deadline.legal_due:
        notes.append(text("why.target", time.language, target=time.due(deadline.target_due)))
    if deadline.provisional:
        notes.append(text("why.provisional", time.language))
    return tuple(notes)
