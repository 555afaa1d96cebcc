"""An explanation as JSON: the keys of docs/reference/time.md, section "Why". Pure.

Instants are objects of `at` (ISO 8601 with the office's offset) and `written` (as the office writes it, with
24:00); days are ISO dates; texts that exist in both languages are objects of `zh` and `en`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.deadlines.explanation import Change, Event, Explanation, Extension, Light, Pause
from engine.deadlines.why_days import Day, due_day
from engine.errors import Message
from engine.values import Value

Json = dict[str, Any]


def to_json(explained: Explanation, zone: ZoneInfo) -> Json:
    """Plain JSON values in a stable order of keys."""
    told = _Told(zone)
    deadline, span = explained.deadline, explained.span
    return {
        "deadline_id": deadline.deadline_id,
        "case_id": deadline.case_id,
        "case_number": explained.case_number,
        "explained_at": told.instant(explained.now),
        "state": deadline.state.value,
        "light": explained.light,
        "rule": {
            "id": deadline.rule,
            "version": deadline.rule_version,
            "name": {"zh": deadline.name, "en": deadline.name_en},
            "source": deadline.source,
            "clock": deadline.clock,
            "amount": deadline.amount,
            "limit": told.words(explained.limit),
        },
        "start": {
            "instant": told.instant(deadline.started_at),
            "by": explained.started_by,
            "event": told.words(explained.start_event),
        },
        "dates": {
            "raw_due": told.due(deadline.raw_due),
            "legal_due": told.due(deadline.legal_due),
            "target_due": told.due(deadline.target_due),
            "rolled": explained.is_rolled,
            "ended": told.instant(deadline.ended_at) if deadline.ended_at else None,
        },
        "calendar": {"version": deadline.calendar_version, "provisional_years": list(explained.provisional_years)},
        "counted": span.counted,
        "days": [_day(day, span.due_on) for day in span.days],
        "hours": [
            {"number": hour.number, "from": told.instant(hour.since), "until": told.instant(hour.until)}
            for hour in explained.hours
        ],
        "pauses": [told.pause(pause) for pause in explained.pauses],
        "extension": told.extension(explained.extension) if explained.extension else None,
        "lights": [told.light(light) for light in explained.lights],
        "fired": [told.event(one) for one in explained.fired],
        "next": [told.event(one) for one in explained.next],
        "history": [told.change(change) for change in explained.history],
    }


def _day(day: Day, due_on: date | None) -> Json:
    return {
        "day": day.day.isoformat(),
        "kind": day.kind,
        "number": day.number,
        "workday": day.is_workday,
        "due": day.day == due_on,
        "extended": day.extended,
        "note": day.note,
    }


class _Told:
    """Writes in one office's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def instant(self, at: datetime) -> Json:
        local = at.astimezone(self._zone)
        return {"at": local.isoformat(), "written": f"{local:%Y-%m-%d %H:%M}"}

    def due(self, at: datetime) -> Json:
        """24:00 of a day, not 00:00 of the next."""
        local = at.astimezone(self._zone)
        day = due_day(at, self._zone)
        written = f"{day.isoformat()} 24:00" if day != local.date() else f"{local:%Y-%m-%d %H:%M}"
        return {"at": local.isoformat(), "written": written}

    def words(self, message: Message) -> Json:
        return {"zh": message.zh, "en": message.en}

    def pause(self, pause: Pause) -> Json:
        return {
            "from": self.instant(pause.since),
            "until": self.instant(pause.until) if pause.until else None,
            "reason": {"code": pause.reason, **self.words(pause.words)},
            "note": pause.note,
            "by": pause.by,
        }

    def extension(self, extension: Extension) -> Json:
        return {
            "original_due": self.due(extension.from_due) if extension.from_due else None,
            "days": extension.granted_days,
            "follows": extension.follows,
            "asked_by": extension.asked_by,
            "approved_by": extension.approved_by,
            "reason": extension.reason,
            "basis": extension.basis,
            "notice": extension.notice,
            "notice_served": self.instant(extension.served_at) if extension.served_at else None,
        }

    def light(self, light: Light) -> Json:
        return {
            "light": light.light,
            "instant": self.instant(light.at),
            "moment": light.moment,
            "threshold": self.words(light.threshold),
            "words": self.words(light.words) if light.words else None,
            "icon": light.icon,
            "has_come": light.has_come,
            "on": light.is_on,
        }

    def event(self, one: Event) -> Json:
        return {
            "instant": self.due(one.at) if one.kind == "due" else self.instant(one.at),
            "kind": one.kind,
            "name": self.words(one.name),
            "to": [{"role": audience.role, "at": audience.at} for audience in one.to],
            "action": one.action,
            "late_seconds": one.late_seconds,
        }

    def change(self, change: Change) -> Json:
        detail = {key: self._value(value) for key, value in change.detail.items()}
        return {"instant": self.instant(change.at), "event": change.event, "by": change.by, "detail": detail}

    def _value(self, value: Value) -> Any:
        match value:
            case datetime():
                return self.instant(value)
            case date():
                return value.isoformat()
            case timedelta():
                return value.total_seconds()
            case None | bool() | int() | float() | str():
                return value
            case dict():
                return {str(key): self._value(item) for key, item in value.items()}
            case list() | tuple():
                return [self._value(item) for item in value]
            case _:
                return str(value)
