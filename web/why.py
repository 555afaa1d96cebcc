"""Why a deadline is when it is, for the pages: a sentence, marks on the way, squares, notes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.deadlines.explanation import Explanation
from engine.deadlines.own import source_of
from engine.deadlines.why_days import Day
from engine.records.time import Deadline, DeadlineState
from web.i18n import text
from web.lights import Pill, pill, pill_at
from web.moments import OfficeTime
from web.why_lines import DayLine, HistoryLine, LightLine, Moment, Teller, second_of
from web.why_marks import Mark, marks_of
from web.why_strip import Strip, kind_words, strip_of

_ENDS = {
    DeadlineState.MET: ("done", "light.met"),
    DeadlineState.MET_LATE: ("red", "light.met_late"),
    DeadlineState.PAUSED: ("paused", "light.paused"),
    DeadlineState.EXTENDED: ("none", "light.extended"),
    DeadlineState.SUPERSEDED: ("none", "light.superseded"),
    DeadlineState.VOIDED: ("none", "light.voided"),
}


@dataclass(frozen=True)
class Card:
    """Everything that the pages say about one deadline; the small card shows a part of it."""

    explained: Explanation
    deadline: Deadline
    name: str
    source: str
    limit: str
    trigger: str
    sentence: str
    pill: Pill
    marks: tuple[Mark, ...]
    strip: Strip | None
    days: tuple[DayLine, ...]
    totals: str
    notes: tuple[str, ...]
    lights: tuple[LightLine, ...]
    fired: tuple[Moment, ...]
    next: tuple[Moment, ...]
    history: tuple[HistoryLine, ...]


def card_of(explained: Explanation, time: OfficeTime, units: Mapping[str, str] | None = None) -> Card:
    """The card of an explanation; `units` are names by code, for ladders that name one."""
    deadline = explained.deadline
    teller = Teller(time, units or {})
    return Card(
        explained=explained,
        deadline=deadline,
        name=deadline.name_en if time.language == "en" else deadline.name,
        source=teller.said(source_of(deadline)),
        limit=teller.said(explained.limit),
        trigger=teller.trigger(explained),
        sentence=_sentence(explained, teller),
        pill=_pill(explained, time),
        marks=tuple(marks_of(explained, teller)),
        strip=strip_of(explained, time),
        days=tuple(_day(day, explained, time) for day in explained.span.days),
        totals=_totals(explained, time),
        notes=tuple(_notes(explained, teller)),
        lights=tuple(teller.light(light) for light in explained.lights),
        fired=teller.events(explained.fired, explained),
        next=teller.events(explained.next, explained),
        history=tuple(teller.change(change) for change in explained.history),
    )


def _pill(explained: Explanation, time: OfficeTime) -> Pill:
    deadline = explained.deadline
    if deadline.state in _ENDS:
        return pill(*_ENDS[deadline.state], time)
    usual = pill_at(deadline.legal_due, deadline.blue_at, deadline.yellow_at, deadline.red_at, time)
    own = next((light for light in explained.lights if light.is_on), None)
    if own is None or own.light != usual.light:
        return usual
    words = own.words.in_language(time.language) if own.words else usual.words
    return Pill(usual.light, own.icon or usual.icon, words)


def _sentence(explained: Explanation, teller: Teller) -> str:
    """How the date follows from the start, in one breath."""
    deadline, time = explained.deadline, teller.time
    values = {
        "start": time.happened(deadline.started_at),
        "limit": teller.said(explained.limit),
        "raw": time.due_plain(second_of(deadline.raw_due)),
        "due": time.due_plain(second_of(deadline.legal_due)),
        "n": explained.span.counted,
    }
    if deadline.state is DeadlineState.PAUSED:
        since = next((pause.since for pause in explained.pauses if pause.until is None), deadline.started_at)
        return teller.t("why.said_paused", **values, since=time.happened(since))
    key = deadline.clock if deadline.clock in {"H", "P", "fixed"} else "days"
    said = teller.t(f"why.said_{key}", **values)
    return said + teller.t("why.said_rolled", **values) if explained.is_rolled else said


def _day(day: Day, explained: Explanation, time: OfficeTime) -> DayLine:
    words = kind_words(day, time)
    if day.day == explained.due_on:
        words = text("why.comma", time.language).join((words, text("why.kind_due", time.language)))
    weekday = text(f"day.weekday{day.day.weekday()}", time.language)
    return DayLine(day.day.isoformat(), weekday, words, day.note)


def _totals(explained: Explanation, time: OfficeTime) -> str:
    """`计入 5 日 · 不计 9 日 · 暂停 2 日`."""
    kinds = [day.kind for day in explained.span.days]
    counts = {
        "counted": explained.span.counted,
        "rest": kinds.count("rest"),
        "paused": kinds.count("paused"),
        "rolled": kinds.count("rolled"),
    }
    told = [
        text(f"why.total_{kind}", time.language, n=count)
        for kind, count in counts.items()
        if count or kind == "counted"
    ]
    return text("common.at", time.language).join(told)


def _notes(explained: Explanation, teller: Teller) -> Iterator[str]:
    deadline, time = explained.deadline, teller.time
    if explained.extension is not None:
        yield teller.t("why.note_extension", n=explained.extension.granted_days)
    for pause in explained.pauses:
        until = time.happened(pause.until) if pause.until else teller.t("why.until_now")
        yield teller.t(
            "why.note_pause", since=time.happened(pause.since), until=until, reason=teller.said(pause.words)
        )
    if deadline.target_due != deadline.legal_due and deadline.is_open:
        yield teller.t("why.target", target=time.due(deadline.target_due))
    if explained.provisional_years:
        years = teller.t("common.comma").join(str(year) for year in explained.provisional_years)
        yield teller.t("why.provisional", years=years)
