"""The lines of a deadline's card in the reader's language and the office's time. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from engine.deadlines.explanation import Audience, Change, Event, Explanation, Light
from engine.deadlines.life import GOINGS_BACK, PAUSE_REASONS
from engine.deadlines.why import CLOCK_STARTS
from engine.errors import Message
from engine.values import Value
from web.i18n import label, text
from web.lights import ICONS
from web.moments import OfficeTime


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


class Teller:
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
        at = self.time.due_date(second_of(light.at)) if light.light == "red" else self.time.instant(light.at)
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
        return self.time.due_date(second_of(event.at)) if is_after else self.time.instant(event.at)

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
        if key == "reason" and value in GOINGS_BACK:
            return label("why_back", value, self.time.language)
        return str(value)


def second_of(at: datetime) -> datetime:
    """To the second: red comes on a microsecond after due, and is told in the same line."""
    return (at + timedelta(milliseconds=1)).replace(microsecond=0)
