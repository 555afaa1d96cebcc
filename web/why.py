"""Why a deadline is when it is, for the pages: a sentence, marks on the way, squares, notes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from engine.deadlines.explanation import Audience, Change, Event, Explanation, Light
from engine.deadlines.life import PAUSE_REASONS
from engine.deadlines.why import CLOCK_STARTS
from engine.deadlines.why_days import Day
from engine.errors import Message
from engine.records.time import Deadline, DeadlineState
from engine.values import Value
from web.i18n import label, text
from web.lights import ICONS, Pill, pill, pill_at
from web.moments import OfficeTime
from web.why_strip import Strip, kind_words, strip_of

MOST_AHEAD = 4
"""Coming events that the small card shows; the full one shows all."""
MOST_BEHIND = 3
_ENDS = {
    DeadlineState.MET: ("done", "light.met"),
    DeadlineState.MET_LATE: ("red", "light.met_late"),
    DeadlineState.PAUSED: ("paused", "light.paused"),
    DeadlineState.EXTENDED: ("none", "light.extended"),
    DeadlineState.SUPERSEDED: ("none", "light.superseded"),
    DeadlineState.VOIDED: ("none", "light.voided"),
}


@dataclass(frozen=True)
class Mark:
    """A moment on the way. `kind` is past, ahead, due (missed) or due-ahead; `to` whom it reaches."""

    at: str
    words: str
    kind: str
    to: str = ""


@dataclass(frozen=True)
class LightLine:
    """A light's threshold. `state` is on, come or ahead."""

    light: str
    icon: str
    words: str
    threshold: str
    at: str
    state: str


@dataclass(frozen=True)
class EventLine:
    """What has happened or will, told for the full card."""

    at: str
    words: str
    action: str
    to: str
    note: str


@dataclass(frozen=True)
class Moment:
    """All that belongs to one instant."""

    at: str
    events: tuple[EventLine, ...]


@dataclass(frozen=True)
class DayLine:
    """A row of the list of days."""

    day: str
    weekday: str
    words: str
    note: str


@dataclass(frozen=True)
class HistoryLine:
    at: str
    who: str
    words: str
    detail: str


@dataclass(frozen=True)
class Card:
    """Everything that the pages say about one deadline; the small card shows a part of it."""

    explained: Explanation
    deadline: Deadline
    name: str
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
    teller = _Teller(time, units or {})
    return Card(
        explained=explained,
        deadline=deadline,
        name=deadline.name_en if time.language == "en" else deadline.name,
        limit=teller.said(explained.limit),
        trigger=teller.trigger(explained),
        sentence=_sentence(explained, teller),
        pill=_pill(explained, time),
        marks=tuple(_marks(explained, teller)),
        strip=strip_of(explained, time),
        days=tuple(_day(day, explained, time) for day in explained.span.days),
        totals=_totals(explained, time),
        notes=tuple(_notes(explained, teller)),
        lights=tuple(teller.light(light) for light in explained.lights),
        fired=teller.events(explained.fired, explained),
        next=teller.events(explained.next, explained),
        history=tuple(teller.change(change) for change in explained.history),
    )


class _Teller:
    """Says things in the reader's language and the office's time."""

    def __init__(self, time: OfficeTime, units: Mapping[str, str]) -> None:
        self.time = time
        self._units = units

    def t(self, key: str, /, **values: object) -> str:
        return text(key, self.time.language, **values)

    def said(self, message: Message) -> str:
        return message.in_language(self.time.language)

    def person(self, name: str | None) -> str:
        return name or self.t("why.system")

    def trigger(self, explained: Explanation) -> str:
        """`张三 · 登记`."""
        who = self.person(explained.started_by)
        if explained.start_event is CLOCK_STARTS:
            return who
        return self.t("why.by_event", who=who, event=self.said(explained.start_event))

    def audience(self, to: Sequence[Audience]) -> str:
        """`责任单位负责人、联席办`."""
        return self.t("common.comma").join(dict.fromkeys(self._one(one) for one in to))

    def _one(self, one: Audience) -> str:
        language = self.time.language
        known = label("audience", f"{one.role}_{one.at}" if one.at else one.role, language)
        if known not in {f"{one.role}_{one.at}", one.role}:
            return known
        role = label("role", one.role, language)
        if one.at in {"", "keeping", "any"}:
            return role
        where = self.t("why.at_unit") if one.at == "unit" else self._units.get(one.at, one.at)
        return self.t("why.role_at", where=where, role=role)

    def light(self, light: Light) -> LightLine:
        state = "on" if light.is_on else "come" if light.has_come else "ahead"
        words = self.said(light.words) if light.words else self.t(f"why.light_{light.light}")
        at = self.time.due_date(_second(light.at)) if light.light == "red" else self.time.instant(light.at)
        icon = light.icon or ICONS[light.light]
        return LightLine(light.light, icon, words, self.said(light.threshold), at, state)

    def events(self, events: Sequence[Event], explained: Explanation) -> tuple[Moment, ...]:
        """Those of one instant together."""
        lines = groupby((self.event(event, explained) for event in events), lambda line: line.at)
        return tuple(Moment(at, tuple(of_instant)) for at, of_instant in lines)

    def event(self, event: Event, explained: Explanation) -> EventLine:
        late = event.late_seconds or 0
        note = self.t("why.fired_late", span=self.time.span(late)) if late >= 60 else ""
        action = self.t(f"why.action_{event.action}") if event.action else ""
        return EventLine(self.when(event, explained), self.said(event.name), action, self.audience(event.to), note)

    def when(self, event: Event, explained: Explanation) -> str:
        """After the due instant, 00:00 is the end of a day; before it, the beginning of one."""
        is_after = event.kind == "due" or event.at >= explained.deadline.legal_due
        return self.time.due_date(_second(event.at)) if is_after else self.time.instant(event.at)

    def change(self, change: Change) -> HistoryLine:
        language = self.time.language
        details = [
            self.t("why.detail", name=label("why_detail", key, language), value=self.value(key, value))
            for key, value in change.detail.items()
            if not (change.event == "escalated" and key == "legal_due")
            if value not in (None, "", [], {}) and label("why_detail", key, language) != key
        ]
        return HistoryLine(
            self.time.instant(change.at),
            self.person(change.by),
            label("why_event", change.event, language),
            self.t("why.comma").join(details),
        )

    def value(self, key: str, value: Value) -> str:
        if isinstance(value, datetime):
            return self.time.due_date(value)
        if key == "reason" and value in PAUSE_REASONS:
            return self.said(PAUSE_REASONS[value])
        return str(value)


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


def _sentence(explained: Explanation, teller: _Teller) -> str:
    """How the date follows from the start, in one breath."""
    deadline, time = explained.deadline, teller.time
    values = {
        "start": time.happened(deadline.started_at),
        "limit": teller.said(explained.limit),
        "raw": time.due_plain(_second(deadline.raw_due)),
        "due": time.due_plain(_second(deadline.legal_due)),
        "n": explained.span.counted,
    }
    if deadline.state is DeadlineState.PAUSED:
        since = next((pause.since for pause in explained.pauses if pause.until is None), deadline.started_at)
        return teller.t("why.said_paused", **values, since=time.happened(since))
    key = deadline.clock if deadline.clock in {"H", "P", "fixed"} else "days"
    said = teller.t(f"why.said_{key}", **values)
    return said + teller.t("why.said_rolled", **values) if explained.is_rolled else said


def _marks(explained: Explanation, teller: _Teller) -> Iterator[Mark]:
    """Start, what has happened lately, what comes next, the due instant, the end; in order, one line an instant."""
    deadline, time = explained.deadline, teller.time
    found: list[tuple[datetime, Mark]] = [
        (deadline.started_at, Mark(time.mark(deadline.started_at), teller.t("why.started"), "past"))
    ]
    told = [*_hanging(explained, explained.fired)[-MOST_BEHIND:], *_hanging(explained, explained.next)[:MOST_AHEAD]]
    instants = {_second(event.at) for event in told}
    if deadline.state is DeadlineState.RUNNING:
        for light in explained.lights[:2]:
            if _second(light.at) not in instants:
                kind = "past" if light.has_come else "ahead"
                found.append((light.at, Mark(time.mark(light.at), teller.said(light.threshold), kind)))
    for event in told:
        kind = "past" if event.at <= time.now else "ahead"
        at = time.due(_second(event.at)) if event.at >= deadline.legal_due else time.mark(event.at)
        found.append((_second(event.at), Mark(at, teller.said(event.name), kind, teller.audience(event.to))))
    if deadline.state is not DeadlineState.PAUSED:
        found.append((deadline.legal_due, _due_mark(deadline, teller)))
    if deadline.ended_at is not None:
        ended = "why.ended_void" if deadline.state is DeadlineState.VOIDED else "why.ended"
        found.append((deadline.ended_at, Mark(time.mark(deadline.ended_at), teller.t(ended), "past")))
    yield from _merged(found)


def _hanging(explained: Explanation, events: Sequence[Event]) -> list[Event]:
    """Rungs, and timers of the diagram but for the one that is the due instant itself."""
    due = explained.deadline.legal_due
    return [event for event in events if event.kind == "rung" or (event.kind == "timer" and event.at != due)]


def _due_mark(deadline: Deadline, teller: _Teller) -> Mark:
    is_missed = teller.time.now >= deadline.legal_due and deadline.state is DeadlineState.RUNNING
    at = teller.time.due(_second(deadline.legal_due))
    return Mark(at, teller.t("why.due"), "due" if is_missed else "due-ahead")


def _merged(found: list[tuple[datetime, Mark]]) -> Iterator[Mark]:
    """Marks of one instant become one line; the due instant's look wins."""
    found.sort(key=lambda pair: (_second(pair[0]), not pair[1].kind.startswith("due")))
    last: tuple[datetime, Mark] | None = None
    for at, mark in found:
        if last is not None and _second(last[0]) == _second(at):
            words = f"{last[1].words}；{mark.words}" if mark.words != last[1].words else mark.words
            to = "、".join(filter(None, dict.fromkeys((last[1].to, mark.to))))
            last = (at, Mark(last[1].at, words, last[1].kind, to))
            continue
        if last is not None:
            yield last[1]
        last = (at, mark)
    if last is not None:
        yield last[1]


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


def _notes(explained: Explanation, teller: _Teller) -> Iterator[str]:
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


def _second(at: datetime) -> datetime:
    """To the second: red comes on a microsecond after due, and is told in the same line."""
    return (at + timedelta(milliseconds=1)).replace(microsecond=0)
